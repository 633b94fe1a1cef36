// HMAC-SHA-256, and keys that are derived from another key.
#pragma once

#include <string_view>

#include "base/digest.h"

namespace base {

/// Throws std::runtime_error if OpenSSL fails.
Digest hmac_sha256(std::string_view key, std::string_view text);

/// HKDF-SHA-256 without salt. Each label gives another key, from which neither `key` nor the others can be
/// computed. Throws std::runtime_error if OpenSSL fails.
Digest derived_key(std::string_view key, std::string_view label);

/// The bytes of a digest, as text; it refers to the digest.
inline std::string_view bytes_of(const Digest& digest) {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

}  // namespace base
