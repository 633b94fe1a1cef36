// Decides what a caller may run now, by the caller's token and by the server's policy, which can be exchanged
// while the server runs.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "guard/may_use.h"
#include "guard/parameters.h"
#include "guard/policy.h"
#include "seam/request.h"
#include "tool/demand.h"
#include "tool/tool.h"

namespace guard {

/// Why a tool may not run: a sentence, or the scopes that the caller's token lacks.
using Refusal = std::variant<std::string, mcp::InsufficientScope>;

/// The sentence of the refusal.
const std::string& sentence(const Refusal& refusal);

/// "the bearer token ci", or "the bearer token of ann@idp" if the token has scopes: the identity is then a
/// user's, who may have many tokens.
std::string token_of(const mcp::Caller& caller);

/// The scopes that reach this tier.
mcp::InsufficientScope lacking(tool::Tier tier, std::string message);

/// One gate serves tools, resources and completion. Safe from many threads.
class Gate {
 public:
  explicit Gate(Policy policy);

  /// Applies this policy of the server from now on. Running calls keep the old one.
  void set(Policy policy);
  /// What the server and the caller's token both allow; nullopt if the token's tier is unknown.
  std::optional<Policy> allowed(const mcp::Caller& caller) const;
  /// nullopt if the token's tier is unknown.
  std::optional<TierLimit> tier_limit(const mcp::Caller& caller) const;
  /// Returns nullopt if the caller may use the tool. The sentence names what limits the caller: a setting of
  /// the server first, then the caller's own token, never another token. `subject`: see
  /// Policy::refusal().
  std::optional<Refusal> refusal(const mcp::Caller& caller, const tool::Tool& tool, std::string_view category,
                                 std::string_view subject = {}) const;
  /// As refusal(), for what a tool of the category api calls. The server's categories do not limit it, but
  /// for tool::kExec; the tiers, PVE_TOOLS_DENY and the categories of the caller's token do.
  std::optional<Refusal> refusal_behind_door(const mcp::Caller& caller, const tool::Tool& tool,
                                             std::string_view category, const tool::Demand& demand,
                                             std::string_view subject = {}) const;

 private:
  std::shared_ptr<const Policy> server() const;

  mutable std::mutex mutex_;
  std::shared_ptr<const Policy> policy_;
};

}  // namespace guard
