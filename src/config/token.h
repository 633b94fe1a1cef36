// The written forms of tokens.
#pragma once

#include <string>
#include <string_view>

namespace config {

/// user@realm!name by PVE's rules (PVE::Auth::Plugin, PVE::AccessControl).
bool is_token_id(std::string_view text);

/// Printable ASCII without blanks: what can stand in a header. PVE's own are UUIDs.
bool is_token_secret(std::string_view text);

/// Follows the name of a secret that is_token_secret refuses.
inline constexpr std::string_view kNoSecret =
    " must be one word of printable characters, such as 12345678-1234-1234-1234-123456789abc "
    "(its value is not shown).";

/// `text` with everything masked that may be a secret: UUIDs, what follows "!name=", passwords in URLs.
std::string without_secrets(std::string_view text);

}  // namespace config
