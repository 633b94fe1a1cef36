#include "state/chain.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/keyed.h"
#include "base/number.h"
#include "base/text.h"

namespace state {
namespace {

constexpr std::size_t kDigits = 64;

/// Eight bytes, the highest first.
void append(std::string& text, std::int64_t number) {
  for (int shift = 56; shift >= 0; shift -= 8)
    text += static_cast<char>(static_cast<std::uint64_t>(number) >> static_cast<unsigned>(shift) & 0xFFU);
}

/// Records and checkpoints begin differently, so that the mac of one never fits the other.
std::string beginning(std::string_view kind, std::int64_t number) {
  std::string text(kind);
  text += '\0';
  append(text, number);
  return text;
}

std::string mac_of(const base::Digest& key, std::string_view text) {
  return std::string(base::bytes_of(base::hmac_sha256(base::bytes_of(key), text)));
}

/// Takes the same time wherever they differ.
bool is_equal(std::string_view a, std::string_view b) {
  base::Digest first{};
  base::Digest second{};
  if (a.size() != first.size() || b.size() != second.size()) return false;
  std::ranges::copy(a, first.begin());
  std::ranges::copy(b, second.begin());
  return base::equal_in_constant_time(first, second);
}

std::string missing(std::int64_t first, std::int64_t last) {
  return first == last ? fmt::format("Record {} is missing.", first)
                       : fmt::format("Records {} to {} are missing.", first, last);
}

}  // namespace

std::optional<Head> parse_head(std::string_view text) {
  const auto colon = text.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const auto number = base::parse_number<std::int64_t>(text.substr(0, colon));
  const auto digest = base::digest_from_hex(text.substr(colon + 1));
  if (!number || *number < 1 || !digest) return std::nullopt;
  return Head{*number, base::to_hex(*digest)};
}

std::string hash_text(std::string_view mac) {
  base::Digest digest{};
  if (mac.size() != digest.size()) return std::string(kDigits, '?');
  std::ranges::copy(mac, digest.begin());
  return base::to_hex(digest);
}

std::string chain_start() { return std::string(sizeof(base::Digest), '\0'); }

std::string key_id(const base::Digest& key) {
  return base::to_hex(base::hmac_sha256(base::bytes_of(key), "id")).substr(0, 8);
}

std::string record_mac(const base::Digest& key, std::int64_t number, std::string_view before,
                       std::string_view record) {
  auto text = beginning("record", number);
  // Of one that is not 32 bytes the record would begin elsewhere.
  text += mac_of(key, before);
  text += record;
  return mac_of(key, text);
}

std::string checkpoint_mac(const base::Digest& key, const Checkpoint& checkpoint) {
  auto text = beginning("checkpoint", checkpoint.number);
  append(text, checkpoint.at);
  text += checkpoint.head;
  return mac_of(key, text);
}

void ChainCheck::found(std::string sentence) {
  ++count_;
  if (findings_.size() < kMost) findings_.push_back(std::move(sentence));
}

void ChainCheck::begin(const Checkpoint& checkpoint) {
  if (checkpoint.key != id_) {
    other_key_ = checkpoint.key;
    ++unchecked_;
  } else if (!is_equal(checkpoint.mac, checkpoint_mac(key_, checkpoint))) {
    found("The checkpoint behind which records have expired was altered.");
  }
  last_ = checkpoint.number;
  head_ = checkpoint.head;
  if (expected_ && expected_->number <= last_)
    found(fmt::format("Record {} has expired, so it cannot be compared. Take a newer line of the log.",
                      expected_->number));
}

void ChainCheck::add(const StoredRecord& stored) {
  ++records_;
  if (stored.number > last_ + 1) found(missing(last_ + 1, stored.number - 1));
  if (stored.number <= last_) found(fmt::format("Record {} was inserted.", stored.number));
  if (stored.key != id_) {
    other_key_ = stored.key;
    ++unchecked_;
  } else if (!is_equal(stored.mac, record_mac(key_, stored.number, head_, stored.record))) {
    found(fmt::format("Record {} was altered, or another record was before it.", stored.number));
  }
  if (expected_ && stored.number == expected_->number && hash_text(stored.mac) != expected_->hash)
    found(fmt::format("The hash of record {} differs from the one in the log.", stored.number));
  last_ = std::max(last_, stored.number);
  head_ = stored.mac;
}

void ChainCheck::end() {
  if (unchecked_ > 0)
    found(
        fmt::format("{} of the records were written with another key ({}) and were not checked. Set "
                    "PVE_STATE_KEY to the one of the servers.",
                    unchecked_, base::printable(other_key_, 20)));
  if (expected_ && expected_->number > last_)
    found(fmt::format("The newest records are missing: the log has record {}, and the audit ends with {}.",
                      expected_->number, last_));
}

}  // namespace state
