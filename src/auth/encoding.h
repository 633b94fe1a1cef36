// The encodings of tokens: base64url (RFC 4648, section 5), hexadecimal, SHA-256.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace auth {

using Digest = std::array<unsigned char, 32>;

/// Without padding.
std::string to_base64url(std::string_view bytes);

/// Strict: no padding, no blank, no other character, and no bits set behind the last byte, so that one value
/// has one text.
std::optional<std::string> from_base64url(std::string_view text);

Digest sha256(std::string_view bytes);

/// 64 hexadecimal digits, lower case.
std::string to_hex(const Digest& digest);

/// 64 hexadecimal digits of either case.
std::optional<Digest> digest_from_hex(std::string_view text);

/// In a time that does not depend on what is equal.
bool equal_in_constant_time(const Digest& a, const Digest& b);

}  // namespace auth
