// Base64 (RFC 4648), strict.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace base {

/// With padding.
void append_base64(std::string_view bytes, std::string& out);
/// The alphabet for URLs, without padding.
std::string base64url(std::string_view bytes);

/// Nothing for anything but what the writers above would have written: no other characters, no white space,
/// no missing or surplus padding, no stray bits.
std::optional<std::string> from_base64(std::string_view text);
std::optional<std::string> from_base64url(std::string_view text);

}  // namespace base
