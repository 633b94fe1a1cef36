#include "engine/request.h"

#include <utility>

#include "engine/value.h"
#include "pve/path.h"

namespace engine {
namespace {

bool in_path(std::string_view path_template, std::string_view name) {
  for (auto at = path_template.find(name); at != std::string_view::npos;
       at = path_template.find(name, at + 1)) {
    const auto end = at + name.size();
    if (at > 0 && path_template[at - 1] == '{' && end < path_template.size() && path_template[end] == '}') {
      return true;
    }
  }
  return false;
}

void add(std::string_view name, const base::Json& value, pve::Parameters& out) {
  if (value.is_null()) return;
  if (const auto* items = value.if_array()) {
    for (const auto& item : *items) out.emplace_back(name, base::wire_text(item));
  } else {
    out.emplace_back(name, base::wire_text(value));
  }
}

}  // namespace

std::expected<std::string, std::string> path(std::string_view path_template,
                                             const base::JsonObject& arguments) {
  return pve::fill_path(path_template, [&](std::string_view name) {
    const auto* value = arguments.if_contains(name);
    return value == nullptr ? std::string() : base::wire_text(*value);
  });
}

std::expected<pve::Call, std::string> request(const tool::Endpoint& endpoint,
                                              const base::JsonObject& arguments) {
  auto filled = path(endpoint.path, arguments);
  if (!filled) return std::unexpected(std::move(filled.error()));
  pve::Call call{endpoint.method, *std::move(filled), {}};
  for (const auto& member : arguments) {
    if (!in_path(endpoint.path, member.key())) add(member.key(), member.value(), call.parameters);
  }
  return call;
}

}  // namespace engine
