#include "simulator/access/totp.h"

#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>

namespace simulator {
namespace {

std::optional<std::string> from_base32(std::string_view text) {
  constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  text = text.substr(0, text.find_last_not_of('=') + 1);
  std::string bytes;
  std::uint32_t bits = 0;
  unsigned count = 0;
  for (const char letter : text) {
    const auto value = kAlphabet.find(letter);
    if (value == std::string_view::npos) return std::nullopt;
    bits = (bits << 5U) | static_cast<std::uint32_t>(value);
    count += 5;
    if (count < 8) continue;
    count -= 8;
    bytes += static_cast<char>((bits >> count) & 0xffU);
  }
  if (bytes.empty()) return std::nullopt;
  return bytes;
}

}  // namespace

std::int64_t totp_step(std::int64_t now) { return now / 30; }

std::optional<std::string> totp_code(std::string_view secret, std::int64_t step) {
  const auto key = from_base32(secret);
  if (!key) return std::nullopt;
  std::array<unsigned char, 8> counter{};
  for (std::size_t i = 0; i < counter.size(); ++i)
    counter.at(i) = static_cast<unsigned char>((static_cast<std::uint64_t>(step) >> (56 - 8 * i)) & 0xffU);
  std::array<unsigned char, EVP_MAX_MD_SIZE> hash{};
  unsigned size = 0;
  if (::HMAC(EVP_sha1(), key->data(), static_cast<int>(key->size()), counter.data(), counter.size(),
             hash.data(), &size) == nullptr)
    return std::nullopt;
  // RFC 4226, 5.3: the low four bits of the last byte say where the number begins.
  const std::size_t at = hash.at(size - 1) & 0x0fU;
  std::uint32_t number = hash.at(at) & 0x7fU;
  for (std::size_t i = 1; i < 4; ++i) number = (number << 8U) | hash.at(at + i);
  return fmt::format("{:06}", number % 1'000'000U);
}

}  // namespace simulator
