#include "auth/signing.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>

#include <stdexcept>
#include <vector>

#include "base/base64.h"

namespace test {
namespace {

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

std::string text_of(const std::vector<unsigned char>& bytes) { return {bytes.begin(), bytes.end()}; }

}  // namespace

Signer::Signer(EVP_PKEY* key) : key_(key, EVP_PKEY_free) {
  if (key == nullptr) throw std::runtime_error("no key");
}

Signer Signer::rsa(unsigned bits) {
  return Signer(EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", std::size_t{bits}));
}
Signer Signer::ec(const char* group) { return Signer(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", group)); }
Signer Signer::ed25519() { return Signer(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519")); }

std::string Signer::algorithm() const {
  const int type = EVP_PKEY_get_base_id(key_.get());
  return type == EVP_PKEY_RSA ? "RS256" : type == EVP_PKEY_EC ? "ES256" : "EdDSA";
}

std::string Signer::number(const char* name) const {
  BIGNUM* value = nullptr;
  if (EVP_PKEY_get_bn_param(key_.get(), name, &value) != 1) throw std::runtime_error(name);
  std::vector<unsigned char> bytes(static_cast<std::size_t>(BN_num_bytes(value)));
  // Coordinates keep their leading noughts.
  if (EVP_PKEY_get_base_id(key_.get()) == EVP_PKEY_EC)
    bytes.resize(static_cast<std::size_t>((EVP_PKEY_get_bits(key_.get()) + 7) / 8));
  BN_bn2binpad(value, bytes.data(), static_cast<int>(bytes.size()));
  BN_free(value);
  return base::base64url(text_of(bytes));
}

std::string Signer::jwk(const std::string& kid, const std::string& more) const {
  std::string text = R"({"kid":")" + kid + R"(",)";
  switch (EVP_PKEY_get_base_id(key_.get())) {
    case EVP_PKEY_RSA:
      text += R"("kty":"RSA","n":")" + number(OSSL_PKEY_PARAM_RSA_N) + R"(","e":")" +
              number(OSSL_PKEY_PARAM_RSA_E);
      break;
    case EVP_PKEY_EC:
      text += R"("kty":"EC","crv":")" +
              std::string(EVP_PKEY_get_bits(key_.get()) == 256 ? "P-256" : "P-384") + R"(","x":")" +
              number(OSSL_PKEY_PARAM_EC_PUB_X) + R"(","y":")" + number(OSSL_PKEY_PARAM_EC_PUB_Y);
      break;
    default: {
      std::vector<unsigned char> bytes(32);
      std::size_t size = bytes.size();
      EVP_PKEY_get_raw_public_key(key_.get(), bytes.data(), &size);
      text += R"("kty":"OKP","crv":"Ed25519","x":")" + base::base64url(text_of(bytes));
    }
  }
  return text + "\"" + more + "}";
}

std::string Signer::sign_der(std::string_view text) const {
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  const auto* digest = algorithm() == "EdDSA" ? nullptr : EVP_sha256();
  std::size_t size = 0;
  EVP_DigestSignInit(context.get(), nullptr, digest, nullptr, key_.get());
  EVP_DigestSign(context.get(), nullptr, &size, bytes_of(text), text.size());
  std::vector<unsigned char> bytes(size);
  EVP_DigestSign(context.get(), bytes.data(), &size, bytes_of(text), text.size());
  bytes.resize(size);
  return text_of(bytes);
}

std::string Signer::sign(std::string_view text) const {
  const auto der = sign_der(text);
  if (algorithm() != "ES256") return der;
  const auto* at = bytes_of(der);
  const std::unique_ptr<ECDSA_SIG, decltype(&ECDSA_SIG_free)> signature(
      d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size())), ECDSA_SIG_free);
  std::vector<unsigned char> raw(64);
  BN_bn2binpad(ECDSA_SIG_get0_r(signature.get()), raw.data(), 32);
  BN_bn2binpad(ECDSA_SIG_get0_s(signature.get()), raw.data() + 32, 32);
  return text_of(raw);
}

std::string Signer::pem() const {
  const std::unique_ptr<BIO, decltype(&BIO_free)> bio(BIO_new(BIO_s_mem()), BIO_free);
  PEM_write_bio_PUBKEY(bio.get(), key_.get());
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &data);
  return {data, static_cast<std::size_t>(size)};
}

std::string Signer::token(const std::string& header, const std::string& payload) const {
  const auto text = base::base64url(header) + "." + base::base64url(payload);
  return text + "." + base::base64url(sign(text));
}

std::string hmac_token(const std::string& header, const std::string& payload, const std::string& secret) {
  const auto text = base::base64url(header) + "." + base::base64url(payload);
  std::vector<unsigned char> mac(32);
  unsigned size = 32;
  HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()), bytes_of(text), text.size(), mac.data(),
       &size);
  return text + "." + base::base64url(text_of(mac));
}

const Signer& rsa_signer() {
  static const Signer kSigner = Signer::rsa();
  return kSigner;
}
const Signer& ec_signer() {
  static const Signer kSigner = Signer::ec();
  return kSigner;
}
const Signer& ed_signer() {
  static const Signer kSigner = Signer::ed25519();
  return kSigner;
}

}  // namespace test
