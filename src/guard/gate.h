// What may run now: the server's policy, which can be exchanged while it runs, and the caller's.
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
#include "tool/tool.h"

namespace engine {

/// Why a tool may not run: a sentence, or the scopes with which the caller's token would do.
using Refusal = std::variant<std::string, mcp::InsufficientScope>;

/// The refusal's words, whichever it is.
const std::string& sentence(const Refusal& refusal);

/// "the token ci", or "the token of ann@idp": with scopes the identity is the user's, who may have many
/// tokens.
std::string token_of(const mcp::Caller& caller);

/// The scopes that reach this tier.
mcp::InsufficientScope lacking(tool::Tier tier, std::string message);

/// One for tools, resources and completions alike. Safe from many threads.
class Gate {
 public:
  explicit Gate(guard::Policy policy);

  /// From now on this policy of the server; calls that run already keep theirs.
  void set(guard::Policy policy);
  /// What the server and this caller allow; nothing when the caller's own words are unknown.
  std::optional<guard::Policy> allowed(const mcp::Caller& caller) const;
  /// Nothing as with allowed().
  std::optional<guard::TierLimit> tier_limit(const mcp::Caller& caller) const;
  /// Nothing when the caller may use the tool. The sentence names who limits: a setting of the server first,
  /// then the caller's own token, never another one. `subject` as in guard::Policy::refusal().
  std::optional<Refusal> refusal(const mcp::Caller& caller, const tool::Tool& tool, std::string_view category,
                                 std::string_view subject = {}) const;

 private:
  std::shared_ptr<const guard::Policy> server() const;

  mutable std::mutex mutex_;
  std::shared_ptr<const guard::Policy> policy_;
};

}  // namespace engine
