#include "mcp/seal.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <stdexcept>
#include <utility>

#include "base/base64.h"
#include "base/random.h"

namespace mcp {
namespace {

constexpr std::size_t kKey = 32;

const unsigned char* bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

}  // namespace

Seal::Seal(std::function<std::string()> key) : source_(std::move(key)) {}
Seal::Seal() : source_([] { return base::random_bytes(kKey); }) {}
Seal::~Seal() { OPENSSL_cleanse(key_.data(), key_.size()); }

const std::string& Seal::key() const {
  // No call_once: the thread sanitizer hangs in the one after an exception.
  const std::scoped_lock lock(mutex_);
  if (key_.empty()) {
    auto key = source_();
    if (key.size() < kKey) throw std::runtime_error("the key for seals is too short");
    key_ = std::move(key);
  }
  return key_;
}

std::string Seal::mac(std::string_view purpose, std::string_view payload) const {
  // The length keeps the border between the two where it is.
  std::string text = std::to_string(purpose.size()) + ':';
  text += purpose;
  text += payload;
  std::array<unsigned char, EVP_MAX_MD_SIZE> out{};
  unsigned size = 0;
  if (HMAC(EVP_sha256(), key().data(), static_cast<int>(key().size()), bytes(text), text.size(), out.data(),
           &size) == nullptr)
    throw std::runtime_error("HMAC failed");
  return {reinterpret_cast<const char*>(out.data()), size};
}

std::string Seal::seal(std::string_view purpose, std::string_view payload) const {
  return base::base64url(payload) + "." + base::base64url(mac(purpose, payload));
}

std::optional<std::string> Seal::open(std::string_view purpose, std::string_view sealed) const {
  const auto dot = sealed.rfind('.');
  if (dot == std::string_view::npos) return std::nullopt;
  auto payload = base::from_base64url(sealed.substr(0, dot));
  const auto shown = base::from_base64url(sealed.substr(dot + 1));
  if (!payload || !shown) return std::nullopt;
  const auto wanted = mac(purpose, *payload);
  if (shown->size() != wanted.size() || CRYPTO_memcmp(shown->data(), wanted.data(), wanted.size()) != 0)
    return std::nullopt;
  return payload;
}

}  // namespace mcp
