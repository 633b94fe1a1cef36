// A Context with scripted answers, and functions that look up rows in the catalog.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "catalog/catalog.h"
#include "tool/tool.h"

namespace catalog_test {

/// Answers by path template; all other reads fail. Records the reads.
class FakeContext final : public tool::Context {
 public:
  FakeContext() = default;
  FakeContext(std::string_view path, std::string_view json) { answer(path, json); }

  void answer(std::string_view path, std::string_view json) {
    answers_[std::string(path)] = base::parse_json(json).value();
  }

  std::expected<base::Json, tool::ReadFailure> get(std::string_view path) override {
    reads.emplace_back(path);
    const auto found = answers_.find(std::string(path));
    if (found == answers_.end()) return std::unexpected(unseen);
    return found->second;
  }

  std::expected<std::string, tool::ReadFailure> staged(std::string_view path) override {
    reads.emplace_back(path);
    const auto found = changes.find(std::string(path));
    if (found == changes.end()) return std::unexpected(unseen);
    return found->second;
  }

  std::int64_t now() const override { return 1'780'000'000; }  // 2026-05-28 20:26:40 UTC

  std::map<std::string, std::string> changes;  ///< staged changes by path template
  tool::ReadFailure unseen{"Permission check failed", true};
  std::vector<std::string> reads;

 private:
  std::map<std::string, base::Json> answers_;
};

inline const tool::Tool* find(std::string_view name) {
  for (const auto& category : catalog::categories()) {
    for (const auto& tool : category.tools) {
      if (tool.name == name) return &tool;
    }
  }
  return nullptr;
}

/// Runs the row's prepare() on arguments under PVE's names. Returns them as compact JSON with sorted keys, or
/// "refused: " and the sentence.
inline std::string prepared(std::string_view name, tool::Context& context, std::string_view arguments) {
  const auto* tool = find(name);
  if (tool == nullptr || tool->prepare == nullptr) return "no such hook";
  auto object = base::parse_json(arguments).value().as_object();
  if (const auto result = tool->prepare(context, object); !result) return "refused: " + result.error();
  return base::write_json_sorted(base::Json(object));
}

}  // namespace catalog_test
