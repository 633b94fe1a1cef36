// What the tests of prompts stand on: tools that are made up.
#pragma once

#include <fmt/format.h>

#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "seam/tools.h"

namespace prompt_test {

/// Tools of which each answers as it is told, "ok" else.
class FakeTools final : public mcp::Tools {
 public:
  std::vector<mcp::ToolDescription> list(const mcp::Caller& caller) override {
    std::vector<mcp::ToolDescription> all;
    for (const auto name : caller.tier&& of_token ? *of_token : names)
      all.push_back({name, name, "", "{}", {}, {}});
    return all;
  }
  mcp::Outcome call(const mcp::Call& call) override {
    {
      const std::scoped_lock lock(mutex_);
      called.push_back(fmt::format("{} {}", call.name, base::write_json(base::Json(call.arguments))));
    }
    const auto found = answers.find(call.name);
    return found == answers.end() ? text("ok") : found->second(call);
  }

  static mcp::Outcome text(std::string text, bool is_error = false) {
    return mcp::Result{{mcp::Text{std::move(text)}}, {}, is_error};
  }

  std::vector<std::string_view> names = {"pve_one", "pve_two", "pve_three", "pve_spare", "pve_fix"};
  std::optional<std::vector<std::string_view>> of_token;  ///< for a caller with a tier
  std::map<std::string, std::function<mcp::Outcome(const mcp::Call&)>, std::less<>> answers;
  std::vector<std::string> called;

 private:
  std::mutex mutex_;
};

/// A caller waits until it is stopped.
inline mcp::Outcome hang(const mcp::Call& call) {
  std::mutex mutex;
  std::condition_variable_any changed;
  std::unique_lock lock(mutex);
  changed.wait(lock, call.stop, [] { return false; });
  return FakeTools::text("The call was cancelled.", true);
}

}  // namespace prompt_test
