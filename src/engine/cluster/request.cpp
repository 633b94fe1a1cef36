#include "engine/cluster/request.h"

#include <algorithm>
#include <utility>

#include "engine/check/value.h"
#include "pve/path.h"

namespace engine {
namespace {

void add(std::string_view name, const base::Json& value, pve::Parameters& out) {
  if (value.is_null()) return;
  if (const auto* items = value.if_array()) {
    for (const auto& item : *items) out.emplace_back(name, base::wire_text(item));
  } else {
    out.emplace_back(name, base::wire_text(value));
  }
}

}  // namespace

std::string argument_text(const base::JsonObject& arguments, std::string_view name) {
  const auto* value = arguments.if_contains(name);
  const bool is_text = value != nullptr && !value->is_null() && !value->is_structured();
  return is_text ? base::wire_text(*value) : std::string{};
}

std::expected<std::string, std::string> path(std::string_view path_template,
                                             const base::JsonObject& arguments) {
  return pve::fill_path(path_template, [&](std::string_view name) { return argument_text(arguments, name); });
}

std::expected<pve::Call, std::string> request(const tool::Endpoint& endpoint,
                                              const base::JsonObject& arguments) {
  auto filled = path(endpoint.path, arguments);
  if (!filled) return std::unexpected(std::move(filled.error()));
  const auto in_path = tool::path_names(endpoint.path);
  pve::Call call{endpoint.method, *std::move(filled), {}};
  for (const auto& member : arguments) {
    if (std::ranges::find(in_path, std::string_view(member.key())) == in_path.end())
      add(member.key(), member.value(), call.parameters);
  }
  return call;
}

}  // namespace engine
