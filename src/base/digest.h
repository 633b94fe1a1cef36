// Digests: SHA-256, in hexadecimal, compared.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace base {

using Digest = std::array<unsigned char, 32>;

Digest sha256(std::string_view bytes);

/// 64 hexadecimal digits, lower case.
std::string to_hex(const Digest& digest);

/// 64 hexadecimal digits of either case.
std::optional<Digest> digest_from_hex(std::string_view text);

/// Takes the same time wherever the texts differ.
bool equal_in_constant_time(const Digest& a, const Digest& b);

}  // namespace base
