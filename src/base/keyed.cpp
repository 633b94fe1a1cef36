#include "base/keyed.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/kdf.h>
#include <openssl/params.h>

#include <array>
#include <memory>
#include <stdexcept>
#include <string>

namespace base {
namespace {

const unsigned char* octets(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

struct Free {
  void operator()(EVP_KDF* kdf) const { EVP_KDF_free(kdf); }
  void operator()(EVP_KDF_CTX* context) const { EVP_KDF_CTX_free(context); }
};

}  // namespace

Digest hmac_sha256(std::string_view key, std::string_view text) {
  Digest out{};
  unsigned size = 0;
  if (HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), octets(text), text.size(), out.data(),
           &size) == nullptr ||
      size != out.size())
    throw std::runtime_error("HMAC failed");
  return out;
}

Digest derived_key(std::string_view key, std::string_view label) {
  const std::unique_ptr<EVP_KDF, Free> kdf(EVP_KDF_fetch(nullptr, "HKDF", nullptr));
  const std::unique_ptr<EVP_KDF_CTX, Free> context(kdf ? EVP_KDF_CTX_new(kdf.get()) : nullptr);
  // OpenSSL takes parameters as changeable memory, but reads them only.
  std::string hash = "SHA256";
  std::string from(key);
  std::string info(label);
  const std::array parameters{
      OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, hash.data(), 0),
      OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, from.data(), from.size()),
      OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, info.data(), info.size()),
      OSSL_PARAM_construct_end()};
  Digest out{};
  const bool done = context && EVP_KDF_derive(context.get(), out.data(), out.size(), parameters.data()) == 1;
  OPENSSL_cleanse(from.data(), from.size());
  if (!done) throw std::runtime_error("HKDF failed");
  return out;
}

}  // namespace base
