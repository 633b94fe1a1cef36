#include "engine/gate.h"

#include <fmt/format.h>

#include <array>
#include <utility>
#include <vector>

namespace engine {
namespace {

constexpr std::array<std::string_view, 3> kScopes = {"pve:read", "pve:execute", "pve:full"};

/// The caller's own limit; nothing when its tier is none that this server knows.
std::optional<guard::Policy> own(const mcp::Caller& caller) {
  guard::Policy policy;
  if (caller.tier) {
    const auto tier = tool::tier_named(*caller.tier);
    if (!tier) return std::nullopt;
    policy.tier = *tier;
  }
  policy.categories = caller.categories;
  return policy;
}

mcp::InsufficientScope lacking(const tool::Tool& tool) {
  const auto last = static_cast<std::size_t>(tool.tier);
  return {
      std::vector<std::string>(kScopes.begin(), kScopes.begin() + static_cast<std::ptrdiff_t>(last) + 1),
      fmt::format("{} needs the scope {}, which this token was not granted.", tool.name, kScopes.at(last))};
}

}  // namespace

const std::string& sentence(const Refusal& refusal) {
  if (const auto* scope = std::get_if<mcp::InsufficientScope>(&refusal)) return scope->message;
  return std::get<std::string>(refusal);
}

Gate::Gate(guard::Policy policy) : policy_(std::make_shared<const guard::Policy>(std::move(policy))) {}

void Gate::set(guard::Policy policy) {
  auto next = std::make_shared<const guard::Policy>(std::move(policy));
  const std::scoped_lock lock(mutex_);
  policy_.swap(next);
}

std::shared_ptr<const guard::Policy> Gate::server() const {
  const std::scoped_lock lock(mutex_);
  return policy_;
}

std::optional<guard::Policy> Gate::allowed(const mcp::Caller& caller) const {
  const auto limit = own(caller);
  if (!limit) return std::nullopt;
  return *server() & *limit;
}

std::optional<Refusal> Gate::refusal(const mcp::Caller& caller, const tool::Tool& tool,
                                     std::string_view category) const {
  const auto limit = own(caller);
  if (!limit) return "The caller's access tier is not one this server knows.";
  const auto policy = server();
  auto no = (*policy & *limit).refusal(tool, category);
  if (!no) return std::nullopt;
  if (caller.scopes.empty() || limit->tier >= tool.tier) return *std::move(no);
  // Would the caller's categories and the server do without the caller's tier?
  const auto wider = *policy & guard::Policy{tool::Tier::Full, limit->categories};
  if (wider.refusal(tool, category)) return *std::move(no);
  return lacking(tool);
}

}  // namespace engine
