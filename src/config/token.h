// The written forms of tokens.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace config {

/// user@realm!name by PVE's rules (PVE::Auth::Plugin, PVE::AccessControl).
bool is_token_id(std::string_view text);

/// A token id whose name has one character; kShortTokenName is the message for it.
bool is_short_token_id(std::string_view text);
inline constexpr std::string_view kShortTokenName =
    "the name of an API token (after the exclamation mark) must have at least two characters";

/// Why a text is not a token id, as a clause that continues "X is "text", but "; nothing if it is one.
std::optional<std::string> token_id_misfit(std::string_view text);

/// Printable ASCII without blanks: what can stand in a header. PVE's own are UUIDs.
bool is_token_secret(std::string_view text);

/// 12345678-1234-1234-1234-123456789abc in either case: what PVE makes of secrets.
bool is_uuid(std::string_view text);

/// Follows the name of a secret that is_token_secret refuses.
inline constexpr std::string_view kNoSecret =
    " must be one word of printable characters, such as 12345678-1234-1234-1234-123456789abc "
    "(its value is not shown).";

/// `text` with everything masked that may be a secret: UUIDs, what follows "!name=", passwords in URLs.
std::string without_secrets(std::string_view text);

}  // namespace config
