#include "auth/jwk.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

#include <algorithm>
#include <optional>

#include "base/base64.h"
#include "base/json.h"
#include "base/json_read.h"
#include "base/owned.h"

namespace auth {
namespace {

using Number = base::Owned<BIGNUM, BN_free>;
using Builder = base::Owned<OSSL_PARAM_BLD, OSSL_PARAM_BLD_free>;
using Parameters = base::Owned<OSSL_PARAM, OSSL_PARAM_free>;
using KeyContext = base::Owned<EVP_PKEY_CTX, EVP_PKEY_CTX_free>;
using DigestContext = base::Owned<EVP_MD_CTX, EVP_MD_CTX_free>;
using EcSignature = base::Owned<ECDSA_SIG, ECDSA_SIG_free>;
using SharedKey = std::shared_ptr<EVP_PKEY>;

constexpr std::size_t kMaxKeys = 100;
constexpr std::size_t kCoordinate = 32;
constexpr int kMinRsaBits = 2048;
constexpr int kMaxRsaBits = 8192;
constexpr std::size_t kMaxExponentBytes = 8;

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

Number number_of(std::string_view bytes) {
  return Number(BN_bin2bn(bytes_of(bytes), static_cast<int>(bytes.size()), nullptr));
}

SharedKey key_from(const char* type, OSSL_PARAM_BLD* builder) {
  const Parameters parameters(OSSL_PARAM_BLD_to_param(builder));
  const KeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
  EVP_PKEY* key = nullptr;
  if (!parameters || !context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, parameters.get()) != 1) {
    return nullptr;
  }
  return {key, EVP_PKEY_free};
}

std::optional<std::string> bytes_member(const base::JsonObject& jwk, std::string_view name) {
  const auto text = base::raw_text(jwk, name);
  return text.empty() ? std::nullopt : base::from_base64url(text);
}

SharedKey rsa_key(const base::JsonObject& jwk) {
  const auto modulus = bytes_member(jwk, "n");
  const auto exponent = bytes_member(jwk, "e");
  if (!modulus || !exponent || exponent->size() > kMaxExponentBytes) return nullptr;
  if (modulus->size() > kMaxRsaBits / 8 + 1) return nullptr;
  const auto n = number_of(*modulus);
  const auto e = number_of(*exponent);
  // With the exponent 1 everything is its own signature.
  if (!n || !e || BN_num_bits(n.get()) < kMinRsaBits || BN_num_bits(n.get()) > kMaxRsaBits ||
      BN_is_odd(n.get()) == 0 || BN_is_odd(e.get()) == 0 || BN_is_one(e.get()) == 1) {
    return nullptr;
  }
  const Builder builder(OSSL_PARAM_BLD_new());
  if (!builder || OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get()) != 1 ||
      OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get()) != 1) {
    return nullptr;
  }
  return key_from("RSA", builder.get());
}

SharedKey ec_key(const base::JsonObject& jwk) {
  const auto x = bytes_member(jwk, "x");
  const auto y = bytes_member(jwk, "y");
  if (!x || !y || x->size() != kCoordinate || y->size() != kCoordinate) return nullptr;
  const std::string point = '\x04' + *x + *y;  // uncompressed
  const Builder builder(OSSL_PARAM_BLD_new());
  if (!builder ||
      OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, "prime256v1", 0) != 1 ||
      OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size()) !=
          1) {
    return nullptr;
  }
  auto key = key_from("EC", builder.get());
  if (!key) return nullptr;
  const KeyContext context(EVP_PKEY_CTX_new_from_pkey(nullptr, key.get(), nullptr));
  return context && EVP_PKEY_public_check(context.get()) == 1 ? key : nullptr;
}

SharedKey ed25519_key(const base::JsonObject& jwk) {
  const auto x = bytes_member(jwk, "x");
  if (!x || x->size() != kCoordinate) return nullptr;
  EVP_PKEY* key = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, bytes_of(*x), x->size());
  return {key, EVP_PKEY_free};
}

// Whether a member that restricts the use of a key allows it; a member of the wrong type forbids it.
bool allows(const base::JsonObject& jwk, std::string_view name, std::string_view wanted) {
  const auto* member = jwk.if_contains(name);
  if (member == nullptr) return true;
  if (member->is_string()) return member->get_string() == wanted;
  return member->is_array() && std::ranges::any_of(member->get_array(), [&](const base::Json& item) {
           return item.is_string() && item.get_string() == wanted;
         });
}

std::optional<Key> key_of(const base::JsonObject& jwk) {
  if (!allows(jwk, "use", "sig") || !allows(jwk, "key_ops", "verify")) return std::nullopt;
  const auto type = base::raw_text(jwk, "kty");
  const auto curve = base::raw_text(jwk, "crv");
  Key key;
  std::string_view name;
  if (type == "RSA") {
    key.algorithm = Algorithm::Rs256;
    name = "RS256";
    key.key = rsa_key(jwk);
  } else if (type == "EC" && curve == "P-256") {
    key.algorithm = Algorithm::Es256;
    name = "ES256";
    key.key = ec_key(jwk);
  } else if (type == "OKP" && curve == "Ed25519") {
    key.algorithm = Algorithm::EdDsa;
    name = "EdDSA";
    key.key = ed25519_key(jwk);
  }
  if (!key.key || !allows(jwk, "alg", name)) return std::nullopt;
  key.kid = base::raw_text(jwk, "kid");
  return key;
}

// OpenSSL wants ECDSA's two numbers in DER.
std::string der_of(std::string_view raw) {
  auto r = number_of(raw.substr(0, kCoordinate));
  auto s = number_of(raw.substr(kCoordinate));
  const EcSignature signature(ECDSA_SIG_new());
  if (!r || !s || !signature || ECDSA_SIG_set0(signature.get(), r.get(), s.get()) != 1) return {};
  (void)r.release();
  (void)s.release();
  unsigned char* out = nullptr;
  const int size = i2d_ECDSA_SIG(signature.get(), &out);
  if (size <= 0) return {};
  std::string der(reinterpret_cast<char*>(out), static_cast<std::size_t>(size));
  OPENSSL_free(out);
  return der;
}

}  // namespace

std::expected<std::vector<Key>, std::string> parse_jwks(std::string_view text) {
  constexpr std::size_t kDepth = 8;
  const auto document = base::parse_json(text, kDepth);
  if (!document) return std::unexpected("is not JSON: " + document.error());
  const auto* list = base::ObjectView(*document).member("keys");
  if (list == nullptr || !list->is_array()) return std::unexpected("has no list \"keys\"");
  if (list->get_array().size() > kMaxKeys) return std::unexpected("has more than 100 keys");
  std::vector<Key> keys;
  for (const auto& jwk : base::objects(*list)) {
    if (auto key = key_of(jwk)) keys.push_back(std::move(*key));
  }
  if (keys.empty()) return std::unexpected("has no key for RS256, ES256 or EdDSA");
  return keys;
}

bool verify(const Key& key, std::string_view text, std::string_view signature) {
  std::string der;
  if (key.algorithm == Algorithm::Es256) {
    if (signature.size() != 2 * kCoordinate) return false;
    der = der_of(signature);
    signature = der;
  }
  const auto* digest = key.algorithm == Algorithm::EdDsa ? nullptr : EVP_sha256();
  const DigestContext context(EVP_MD_CTX_new());
  return context && EVP_DigestVerifyInit(context.get(), nullptr, digest, nullptr, key.key.get()) == 1 &&
         EVP_DigestVerify(context.get(), bytes_of(signature), signature.size(), bytes_of(text),
                          text.size()) == 1;
}

}  // namespace auth
