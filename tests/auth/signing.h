// Keys of an issuer, and tokens signed with them.
#pragma once

#include <openssl/types.h>

#include <memory>
#include <string>
#include <string_view>

namespace test {

class Signer {
 public:
  static Signer rsa(unsigned bits = 2048);
  static Signer ec(const char* group = "prime256v1");
  static Signer ed25519();

  /// The JWK of the public key; `more` are further members: `,"use":"sig"`.
  std::string jwk(const std::string& kid, const std::string& more = "") const;
  /// As in a JWS.
  std::string sign(std::string_view text) const;
  /// ECDSA as OpenSSL writes it.
  std::string sign_der(std::string_view text) const;
  /// "RS256", "ES256", "EdDSA"
  std::string algorithm() const;
  /// The public key in PEM: what a confused HS256 would take as its secret.
  std::string pem() const;

  /// Header and payload as they are, signed.
  std::string token(const std::string& header, const std::string& payload) const;

 private:
  explicit Signer(EVP_PKEY* key);
  std::string number(const char* name) const;

  std::shared_ptr<EVP_PKEY> key_;
};

std::string hmac_token(const std::string& header, const std::string& payload, const std::string& secret);

/// One RSA, one EC and one Ed25519 key for all tests: making them takes time.
const Signer& rsa_signer();
const Signer& ec_signer();
const Signer& ed_signer();

}  // namespace test
