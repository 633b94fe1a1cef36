// Access tokens in the form of JWTs: taken apart (RFC 7515) and their claims checked (RFC 7519, RFC 9068, RFC
// 8725).
#pragma once

#include <chrono>
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "auth/jwk.h"
#include "auth/location.h"
#include "base/clock.h"

namespace auth {

inline constexpr std::size_t kMaxToken = std::size_t{16} << 10U;

/// A compact JWS, decoded and not verified.
struct Jws {
  Algorithm algorithm = Algorithm::Rs256;
  std::optional<std::string> kid;
  std::string_view signed_text;  ///< into the token
  std::string payload;           ///< JSON, not yet read
  std::string signature;
};

/// At most kMaxToken bytes: three parts of strict base64url, a header with alg RS256, ES256 or EdDSA, no
/// crit, and a typ that is JWT, at+jwt or absent. The error is a sentence without anything of the token.
std::expected<Jws, std::string> parse_jws(std::string_view token);

struct Claims {
  std::string subject;  ///< printable, at most 255 bytes
  std::vector<std::string> scopes;
};

/// The claims that a token must have for this server to accept it.
struct Expectation {
  std::string_view issuer;
  const Location& resource;
  /// Further accepted audiences.
  std::span<const std::string> audiences;
  base::Clock::Wall now;
};

/// Checks iss, aud (a slash at its end does not matter), exp, nbf, iat and sub and reads scope and scp. For
/// verified payloads only: the error, a sentence, may name the claims.
std::expected<Claims, std::string> check_claims(std::string_view payload, const Expectation& expected);

}  // namespace auth
