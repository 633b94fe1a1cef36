#include "engine/door/endpoint_row.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "facts/irreversible.h"
#include "facts/purposes.h"

namespace engine {
namespace {

using base::Method;
using tool::Effect;

std::string name_of(Method method, std::string_view path) {
  return fmt::format("{} {}", base::name(method), path);
}

/// What the call is for, or the call itself where that is not known.
std::string title_of(Method method, std::string_view path) {
  const auto purpose = facts::purpose(method, path);
  return purpose.empty() ? name_of(method, path) : std::string(purpose);
}

/// The end of a sentence about the call: its purpose in brackets.
std::string reason_of(Method method, std::string_view path) {
  const auto purpose = facts::purpose(method, path);
  return purpose.empty() ? std::string() : fmt::format(" ({})", purpose);
}

Effect effect_of(Method method, const facts::Endpoint* endpoint) {
  if (method == Method::Get) return Effect::None;
  if (endpoint == nullptr || method != Method::Post) return Effect::Destructive;
  return facts::harmless(method, endpoint->path).empty() ? Effect::Destructive : Effect::Additive;
}

/// The parameters that every call needs; the row takes all others too.
tool::Params params_of(std::string_view path, const facts::Endpoint* endpoint) {
  std::vector<std::string_view> names;
  for (const auto name : tool::path_names(path)) names.push_back(name);
  if (endpoint != nullptr) {
    for (const auto& parameter : endpoint->parameters) {
      if (parameter.required && !parameter.indexed && std::ranges::find(names, parameter.name) == names.end())
        names.push_back(parameter.name);
    }
  }
  tool::Params params;
  for (const auto name : names) params.add({.name = name});
  return params;
}

bool has_pages(const facts::Endpoint* endpoint) {
  return endpoint != nullptr &&
         (endpoint->parameter("limit") != nullptr || endpoint->parameter("start") != nullptr);
}

tool::Demand demand_of(Method method, std::string_view path, const Row* origin, const facts::Facts& facts) {
  if (origin == nullptr && facts.find(method, path) == nullptr) return tool::demand_of_unknown(method, path);
  auto demand = tool::demand(method, path);
  if (origin != nullptr) demand.tier = origin->tool().tier;
  return demand;
}

}  // namespace

tool::Tool EndpointRow::made(Method method, const Row* origin, const facts::Facts& facts) const {
  const auto* endpoint = facts.find(method, path_);
  const bool same = origin != nullptr && origin->tool().call.path == path_;
  tool::Tool tool = same ? origin->tool() : tool::Tool{};
  tool.name = name_;
  tool.tier = demand_.tier;
  tool.open = true;
  if (same) return tool;
  tool.title = tool.description = title_;
  tool.effect = effect_of(method, endpoint);
  tool.call = {method, path_};
  tool.about = tool::about(method, path_);
  tool.params = params_of(path_, endpoint);
  if (method == Method::Get) {
    tool.view.kind = tool::View::Kind::Any;
    tool.view.noun = "items";
    tool.offers = has_pages(endpoint) ? tool::kSelect : tool::kSelect | tool::kPage;
    return tool;
  }
  tool.starts_task = endpoint != nullptr && endpoint->starts_task;
  // The other form of the same call takes the same corrections.
  if (origin != nullptr &&
      tool::about(origin->tool().call.method, origin->tool().call.path).action == tool.about.action)
    tool.prepare = origin->tool().prepare;
  tool.doing = doing_;
  tool.done = done_;
  return tool;
}

EndpointRow::EndpointRow(Method method, std::string_view path, const Row* origin, std::string_view category,
                         const facts::Facts& facts, Confirm confirm)
    : origin_(origin),
      demand_(demand_of(method, path, origin, facts)),
      path_(path),
      name_(name_of(method, path)),
      title_(title_of(method, path)),
      doing_("Doing " + name_ + reason_of(method, path)),
      done_(name_ + " {was} done" + reason_of(method, path)),
      tool_(made(method, origin, facts)),
      row_(tool_, category, facts, confirm) {}

}  // namespace engine
