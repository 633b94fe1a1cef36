#include "state/passphrase.h"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <algorithm>
#include <bit>
#include <optional>
#include <utility>

#include "base/digest.h"
#include "base/json.h"
#include "base/json_read.h"
#include "base/random.h"
#include "base/text.h"
#include "state/private_file.h"

namespace state {
namespace {

constexpr std::string_view kName = "passphrase";
constexpr std::size_t kSaltBytes = 32;

struct Stored {
  ScryptCost cost;
  std::string salt;  ///< hexadecimal digits, used as they are
  base::Digest hash{};
};

/// A file that somebody has changed must not make this process take all memory, or hash for hours.
bool is_bearable(const ScryptCost& cost) {
  constexpr std::uint64_t kMostN = 1U << 20U;
  constexpr std::uint64_t kMostR = 16;
  constexpr std::uint64_t kMostP = 16;
  return cost.n >= 2 && cost.n <= kMostN && std::has_single_bit(cost.n) && cost.r >= 1 && cost.r <= kMostR &&
         cost.p >= 1 && cost.p <= kMostP;
}

std::optional<base::Digest> hash_of(std::string_view text, std::string_view salt, const ScryptCost& cost) {
  // OpenSSL counts the blocks of p too, and its own limit is 32 MiB.
  const auto memory = 128 * cost.r * (cost.n + cost.p + 2) + 4096;
  base::Digest hash{};
  const bool done =
      EVP_PBE_scrypt(text.data(), text.size(), reinterpret_cast<const unsigned char*>(salt.data()),
                     salt.size(), cost.n, cost.r, cost.p, memory, hash.data(), hash.size()) == 1;
  return done ? std::optional(hash) : std::nullopt;
}

std::optional<Stored> parse(std::string_view text) {
  const auto parsed = base::parse_json(text);
  if (!parsed) return std::nullopt;
  const auto* scrypt = base::object(*parsed, "scrypt");
  const auto whole = [&](std::string_view key) {
    return static_cast<std::uint64_t>(std::max<std::int64_t>(base::number(scrypt, key, 0), 0));
  };
  Stored stored{{whole("N"), whole("r"), whole("p")}, std::string(base::raw_text(scrypt, "salt")), {}};
  const auto hash = base::digest_from_hex(base::raw_text(scrypt, "hash"));
  if (!hash || stored.salt.empty() || !is_bearable(stored.cost)) return std::nullopt;
  stored.hash = *hash;
  return stored;
}

std::string unusable(const Folder& folder) {
  return fmt::format(
      "{} does not hold the hash of a passphrase. Remove it, and run `mcp-pve approve "
      "--set-passphrase`.",
      base::printable(passphrase_file(folder).string()));
}

/// Nothing if no passphrase is set.
std::expected<std::optional<Stored>, std::string> stored_in(const Folder& folder) {
  auto text = read_private(folder, kName);
  if (!text) return std::unexpected(std::move(text.error()));
  if (!*text) return std::nullopt;
  auto stored = parse(**text);
  if (!stored) return std::unexpected(unusable(folder));
  return stored;
}

}  // namespace

std::filesystem::path passphrase_file(const Folder& folder) { return folder.path / kName; }

std::expected<bool, std::string> has_passphrase(const Folder& folder) {
  const auto stored = stored_in(folder);
  if (!stored) return std::unexpected(stored.error());
  return stored->has_value();
}

std::expected<bool, std::string> is_passphrase(const Folder& folder, std::string_view text) {
  const auto stored = stored_in(folder);
  if (!stored) return std::unexpected(stored.error());
  if (!*stored || text.size() > kLongestPassphrase) return false;
  const auto hash = hash_of(text, (*stored)->salt, (*stored)->cost);
  if (!hash) return std::unexpected("the passphrase cannot be hashed: OpenSSL gives no scrypt here.");
  return base::equal_in_constant_time(*hash, (*stored)->hash);
}

std::expected<void, std::string> set_passphrase(const Folder& folder, std::string_view text,
                                                const ScryptCost& cost) {
  if (text.size() < kShortestPassphrase || text.size() > kLongestPassphrase)
    return std::unexpected(fmt::format("the passphrase has {} bytes, but must have {} to {}.", text.size(),
                                       kShortestPassphrase, kLongestPassphrase));
  const auto salt = base::to_hex(base::sha256(base::random_bytes(kSaltBytes)));
  const auto hash = hash_of(text, salt, cost);
  if (!hash || !is_bearable(cost))
    return std::unexpected("the passphrase cannot be hashed: OpenSSL gives no scrypt here.");
  const base::JsonObject scrypt{
      {"N", cost.n}, {"r", cost.r}, {"p", cost.p}, {"salt", salt}, {"hash", base::to_hex(*hash)}};
  return write_private(folder, kName, base::write_json(base::JsonObject{{"scrypt", scrypt}}) + "\n");
}

}  // namespace state
