// The OAuth scopes of this server, one for each tier.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace auth {

/// Lowest first, in the order of Words::tiers; a higher one includes the lower ones.
inline constexpr std::array<std::string_view, 3> kScopes = {"pve:read", "pve:execute", "pve:full"};

/// Begins a scope that is a term of the caller's own PVE_SCOPE: "pve:scope:tag:web".
inline constexpr std::string_view kTermScope = "pve:scope:";

/// The terms among the scopes; nothing when there is none.
std::optional<std::vector<std::string>> terms_in(std::span<const std::string> scopes);

/// The index of the highest known scope in kScopes and Words::tiers; nothing when none is known.
std::optional<std::size_t> highest(std::span<const std::string> scopes);

/// Every scope up to the one with this index.
std::vector<std::string_view> scopes_up_to(std::size_t index);

}  // namespace auth
