// Public keys as issuers publish them (RFC 7517, RFC 7518, RFC 8037).
#pragma once

#include <openssl/types.h>

#include <cstdint>
#include <expected>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace auth {

/// The signatures that are accepted. There is no symmetric one: a public key must never be a secret.
enum class Algorithm : std::uint8_t { Rs256, Es256, EdDsa };

struct Key {
  std::string kid;  ///< empty: none
  /// The one algorithm this key is for: its type decides, not the token.
  Algorithm algorithm = Algorithm::Rs256;
  std::shared_ptr<EVP_PKEY> key;
};

/// Reads a JWK set of at most 100 keys. Keys that cannot verify what we accept are left out: other types and
/// curves, another "use", "key_ops" or "alg", RSA below 2048 or above 8192 bits, points that are not on their
/// curve. The error is a clause: the text is not a key set, or none of its keys is usable.
std::expected<std::vector<Key>, std::string> parse_jwks(std::string_view text);

/// True when `signature`, as it stands in a JWS (ECDSA: r and s, 32 bytes each), is that of `text`.
bool verify(const Key& key, std::string_view text, std::string_view signature);

}  // namespace auth
