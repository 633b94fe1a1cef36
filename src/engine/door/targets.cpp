#include "engine/door/targets.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <vector>

#include "base/near.h"
#include "base/text.h"
#include "pve/written_call.h"
#include "tool/demand.h"

namespace engine {
namespace {

using base::Method;

constexpr std::size_t kLongest = 500;
/// The category of endpoints that the facts lack. No token has it, so only callers without categories reach
/// them.
constexpr std::string_view kUnknown = "(unknown)";

/// True if a row makes the call with one of the values that it allows for a placeholder
/// (…/services/{service}/{command}).
bool makes(const Row& row, std::string_view path) {
  for (const auto& field : row.fields()) {
    if (!field.in_path || field.values.empty()) continue;
    const auto fits = [&](std::string_view value) {
      return tool::with_value(row.tool().call.path, field.wire, value) == path;
    };
    if (std::ranges::any_of(field.values, fits)) return true;
  }
  return false;
}

}  // namespace

CallTarget target_of(const Row& row) {
  const auto& tool = row.tool();
  auto demand = tool::demand(tool.call.method, tool.call.path);
  demand.tier = tool.tier;
  return {&row, &row, demand, {}, {}, {}};
}

Targets::Targets(std::span<const Row> rows, const facts::Facts& facts, Confirm confirm)
    : rows_(rows), facts_(facts), confirm_(confirm) {}

const Row* Targets::origin_of(Method method, std::string_view path) const {
  const auto counted = tool::same_call({method, path});
  const auto is_same = [&](const Row& row) {
    const auto& call = row.tool().call;
    return !call.path.empty() && call.method == counted.method &&
           (call.path == counted.path || makes(row, counted.path));
  };
  const auto found = std::ranges::find_if(rows_, is_same);
  return found == rows_.end() ? nullptr : &*found;
}

/// An endpoint without a tool belongs to the category of the tools that are about the same kind of object, so
/// that a token without this category does not reach it.
std::string_view Targets::category_of(Method method, std::string_view path, const Row* origin) const {
  if (origin != nullptr) return origin->category();
  const auto about = tool::about(method, path);
  const auto named = [&](auto is_alike) -> std::string_view {
    const auto found = std::ranges::find_if(rows_, [&](const Row& row) { return is_alike(row.about()); });
    return found == rows_.end() ? std::string_view{} : found->category();
  };
  auto category = named(
      [&](const tool::About& other) { return other.subject == about.subject && other.guest == about.guest; });
  if (category.empty())
    category = named([&](const tool::About& other) { return other.subject == about.subject; });
  if (category.empty() && about.guest != tool::GuestKind::None)
    category = named([&](const tool::About& other) { return other.guest == about.guest; });
  return category.empty() ? tool::category_of(about.subject) : category;
}

CallTarget Targets::of(Method method, std::string_view path) {
  auto key = fmt::format("{} {}", base::name(method), path);
  const std::scoped_lock lock(mutex_);
  auto found = endpoints_.find(key);
  if (found == endpoints_.end()) {
    const auto* origin = origin_of(method, path);
    const auto category = category_of(method, path, origin);
    found = endpoints_
                .emplace(std::move(key),
                         std::make_unique<EndpointRow>(method, path, origin, category, facts_, confirm_))
                .first;
  }
  const auto& made = *found->second;
  const bool of_guests = made.row().about().subject == tool::Subject::Guests;
  return {&made.row(), made.origin(), made.demand(), {}, of_guests ? "lxc" : "", {}};
}

std::expected<CallTarget, std::string> Targets::tool_named(std::string_view name) const {
  const auto found = std::ranges::find_if(rows_, [&](const Row& row) { return row.tool().name == name; });
  if (found == rows_.end()) {
    std::vector<std::string_view> names;
    for (const auto& row : rows_) names.push_back(row.tool().name);
    const auto near = base::nearest(name, names);
    return std::unexpected(fmt::format("target: there is no tool {}{}", base::printable(name, 60),
                                       near.empty() ? "" : fmt::format("; did you mean {}?", near)));
  }
  if (found->tool().door != tool::Door::None)
    return std::unexpected(fmt::format("target: {} calls a target and cannot be one", name));
  return target_of(*found);
}

std::string Targets::no_such(Method method, std::string_view path) const {
  std::vector<std::string_view> others;
  for (const auto other : {Method::Get, Method::Post, Method::Put, Method::Delete}) {
    if (other != method && facts_.route(other, path)) others.push_back(base::name(other));
  }
  if (others.empty()) return {};
  return fmt::format("target: PVE has no {} {}; it has {} there", base::name(method),
                     base::printable(path, 200), base::join(others, ", "));
}

std::expected<CallTarget, std::string> Targets::endpoint(Method method, std::string_view path) {
  const auto route = facts_.route(method, path);
  if (!route) {
    if (origin_of(method, path) != nullptr) return of(method, path);
    if (auto why = no_such(method, path); !why.empty()) return std::unexpected(std::move(why));
    base::JsonObject values;
    const auto general = pve::generalized(path, values);
    if (!general) return std::unexpected("target: " + general.error());
    auto row = std::make_shared<const EndpointRow>(method, *general, nullptr, kUnknown, facts_, confirm_);
    return CallTarget{&row->row(), nullptr, row->demand(), std::move(values), {}, row};
  }
  auto target = of(method, route->endpoint->path);
  for (const auto& [name, value] : route->values) {
    if (!pve::is_placeholder(value)) target.in_path[name] = value;
  }
  return target;
}

std::expected<CallTarget, std::string> Targets::find(std::string_view written) {
  const auto text = base::trim(written);
  if (text.empty() || text.size() > kLongest || base::has_control(text))
    return std::unexpected(
        fmt::format("target: must be the name of a tool, or METHOD and path, of at most {} bytes", kLongest));
  if (text.find(' ') == std::string_view::npos && text.starts_with("pve_")) return tool_named(text);
  auto endpoint = pve::read_call(text);
  if (!endpoint) return std::unexpected("target: " + endpoint.error());
  return this->endpoint(endpoint->method, endpoint->path);
}

}  // namespace engine
