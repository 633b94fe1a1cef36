#include "guard/gate.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "base/text.h"

namespace guard {
namespace {

constexpr std::array<std::string_view, 3> kScopes = {"pve:read", "pve:execute", "pve:full"};

/// The limit that the caller's token sets; nullopt if this server does not know its tier.
std::optional<Policy> own(const mcp::Caller& caller) {
  Policy policy;
  if (caller.tier) {
    const auto tier = tool::tier_named(*caller.tier);
    if (!tier) return std::nullopt;
    policy.tier = *tier;
  }
  policy.categories = caller.categories;
  return policy;
}

std::string_view scope_of(tool::Tier tier) { return kScopes.at(static_cast<std::size_t>(tier)); }

std::string tier_clause(const mcp::Caller& caller, tool::Tier own, tool::Tier needed) {
  if (!caller.scopes.empty())
    return fmt::format("{} was not granted the scope {}", token_of(caller), scope_of(needed));
  return fmt::format("{} has the access tier {} (set in the file of PVE_HTTP_TOKENS)", token_of(caller),
                     tool::name(own));
}

bool contains(const std::optional<std::vector<std::string>>& list, std::string_view item) {
  return list && std::ranges::find(*list, item) != list->end();
}

std::string category_clause(const mcp::Caller& caller) {
  const std::vector<std::string_view> names(caller.categories->begin(), caller.categories->end());
  return fmt::format("{} has {}{}", token_of(caller),
                     names.empty() ? "no categories" : "the categories " + base::join(names, ","),
                     caller.scopes.empty() ? " (set in the file of PVE_HTTP_TOKENS)" : "");
}

/// Why the policy of the server or the caller's token refuses the tool.
std::optional<Refusal> refused(const mcp::Caller& caller, const Policy& server, const tool::Tool& tool,
                               std::string_view category, std::string_view subject) {
  const auto limit = own(caller);
  if (!limit) return "This server does not know the caller's access tier.";
  auto by_server = server.refusal(tool, category, subject);
  if (subject.empty()) subject = tool.name;
  if (!limit->refusal(tool, category)) {
    if (by_server) return *std::move(by_server);
    return std::nullopt;
  }
  const bool by_tier = tool.tier > limit->tier;
  const auto clause = by_tier ? tier_clause(caller, limit->tier, tool.tier) : category_clause(caller);
  if (by_server) return fmt::format("{} Also {}.", *by_server, clause);
  if (!by_tier) return fmt::format("{} belongs to the category {}; {}.", subject, category, clause);
  // More scopes do not add categories.
  if (!caller.scopes.empty() && !Policy{tool::Tier::Full, limit->categories}.refusal(tool, category)) {
    return lacking(tool.tier, fmt::format("{} needs the scope {}, which this bearer token was not granted.",
                                          subject, scope_of(tool.tier)));
  }
  return fmt::format("{} needs the access tier {}; {}.", subject, tool::name(tool.tier), clause);
}

}  // namespace

const std::string& sentence(const Refusal& refusal) {
  if (const auto* scope = std::get_if<mcp::InsufficientScope>(&refusal)) return scope->message;
  return std::get<std::string>(refusal);
}

std::string token_of(const mcp::Caller& caller) {
  if (caller.identity.empty()) return "the caller's bearer token";
  return fmt::format("the bearer token {}{}", caller.scopes.empty() ? "" : "of ",
                     base::printable(caller.identity, 100));
}

mcp::InsufficientScope lacking(tool::Tier tier, std::string message) {
  const auto count = static_cast<std::ptrdiff_t>(tier) + 1;
  return {std::vector<std::string>(kScopes.begin(), kScopes.begin() + count), std::move(message)};
}

Gate::Gate(Policy policy) : policy_(std::make_shared<const Policy>(std::move(policy))) {}

void Gate::set(Policy policy) {
  auto next = std::make_shared<const Policy>(std::move(policy));
  const std::scoped_lock lock(mutex_);
  policy_.swap(next);
}

std::shared_ptr<const Policy> Gate::server() const {
  const std::scoped_lock lock(mutex_);
  return policy_;
}

std::optional<Policy> Gate::allowed(const mcp::Caller& caller) const {
  const auto limit = own(caller);
  if (!limit) return std::nullopt;
  return *server() & *limit;
}

std::optional<Refusal> Gate::refusal(const mcp::Caller& caller, const tool::Tool& tool,
                                     std::string_view category, std::string_view subject) const {
  return refused(caller, *server(), tool, category, subject);
}

std::optional<Refusal> Gate::refusal_behind_door(const mcp::Caller& caller, const tool::Tool& tool,
                                                 std::string_view category, const tool::Demand& demand,
                                                 std::string_view subject) const {
  auto policy = *server();
  const bool exec = contains(policy.categories, tool::kExec) &&
                    (!caller.categories || contains(caller.categories, tool::kExec));
  policy.categories.reset();
  policy.allow.clear();
  if (auto no = refused(caller, policy, tool, category, subject)) return no;
  if (!demand.exec || exec) return std::nullopt;
  return fmt::format(
      "{} runs commands in a guest or types into it, so PVE_CATEGORIES, and the categories of the caller's "
      "token if it has any, must name {}.",
      subject.empty() ? tool.name : subject, tool::kExec);
}

std::optional<TierLimit> Gate::tier_limit(const mcp::Caller& caller) const {
  using tool::Tier;
  const auto limit = own(caller);
  if (!limit) return std::nullopt;
  const auto of_server = server()->tier;
  TierLimit found{std::min(of_server, limit->tier), {}, false};
  if (of_server < Tier::Full) found.reason = fmt::format("PVE_ACCESS_TIER is {}", tool::name(of_server));
  if (limit->tier < Tier::Full) {
    if (!found.reason.empty()) found.reason += ", and ";
    found.reason += tier_clause(caller, limit->tier, Tier::Full);
    found.scope_would_do = !caller.scopes.empty() && of_server == Tier::Full;
  }
  return found;
}

}  // namespace guard
