// Who calls over HTTP, or why the caller is refused.
#pragma once

#include <array>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace auth {

/// A caller that has proven who it is. Absent tier and categories: those of the server.
struct Principal {
  /// For logs, and as the key of what belongs to the caller: a static token's name, or "sub@issuer-host".
  /// Printable; a static token's name has no '@', so the two kinds cannot meet.
  std::string identity;
  std::optional<std::string> tier;
  std::optional<std::vector<std::string>> categories;
  /// The OAuth scopes that were granted, including unknown ones; empty for static tokens.
  std::vector<std::string> scopes;
  /// The terms of the caller's own PVE_SCOPE, beside that of the server; Words::scope_misfit accepts them.
  /// Absent: none of its own.
  std::optional<std::vector<std::string>> scope{};
};

/// The answer to a caller that is refused.
struct Denied {
  unsigned status = 401;  ///< 400, 401, 403 or 503
  /// The whole value of WWW-Authenticate; empty: no such header (503).
  std::string challenge;
  /// For people: the body and the log. Never holds the token.
  std::string sentence;
};

/// The words of the product that this folder does not know by itself. The views must stay valid.
struct Words {
  std::array<std::string_view, 3> tiers;  ///< lowest first
  std::vector<std::string_view> categories;
  /// What is wrong with the terms of a scope: a clause that names the term. nullopt: nothing.
  std::function<std::optional<std::string>(std::span<const std::string> terms)> scope_misfit{};
};

}  // namespace auth
