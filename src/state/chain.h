// The chain of the audit: each record is authenticated together with its number and the record before it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/digest.h"

namespace state {

/// A record of the audit as it is stored.
struct StoredRecord {
  std::int64_t number = 0;  ///< from 1 on, without gaps
  std::string record;       ///< JSON
  std::string key;          ///< which key authenticates it: key_id()
  std::string mac;          ///< 32 bytes
};

/// The last record that has expired: the chain goes on from it.
struct Checkpoint {
  std::int64_t number = 0;
  std::int64_t at = 0;  ///< when it expired, epoch seconds
  std::string head;     ///< the record's mac
  std::string key;
  std::string mac;
};

/// The record with this number, as a line of the system's log named it.
struct Head {
  std::int64_t number = 0;
  std::string hash;  ///< 64 hexadecimal digits: the record's mac
};

/// "12:3f0c…"; nullopt for anything else.
std::optional<Head> parse_head(std::string_view text);

/// The hexadecimal digits of a mac.
std::string hash_text(std::string_view mac);

/// What the first record follows.
std::string chain_start();

/// Eight hexadecimal digits that tell the key from others, and nothing else about it.
std::string key_id(const base::Digest& key);

/// `before` is the mac of the record before it, or chain_start().
std::string record_mac(const base::Digest& key, std::int64_t number, std::string_view before,
                       std::string_view record);
/// Of all members but the last one.
std::string checkpoint_mac(const base::Digest& key, const Checkpoint& checkpoint);

/// Checks records in their order.
class ChainCheck {
 public:
  explicit ChainCheck(const base::Digest& key) : key_(key), id_(key_id(key)) {}

  /// Before the first record, if there is one.
  void begin(const Checkpoint& checkpoint);
  /// Call it before add(). `head` may be a record that has expired.
  void expect(Head head) { expected_ = std::move(head); }
  void add(const StoredRecord& stored);
  /// After the last record.
  void end();

  /// Sentences, the first kMost; empty: nothing was altered, inserted, reordered or removed.
  const std::vector<std::string>& findings() const { return findings_; }
  /// How many there are.
  std::int64_t count() const { return count_; }
  std::int64_t records() const { return records_; }
  /// Those that another key authenticates, which were not checked; they count as one finding.
  std::int64_t unchecked() const { return unchecked_; }
  /// The number of the last one; 0: none.
  std::int64_t last() const { return last_; }
  const std::string& head() const { return head_; }

  static constexpr std::size_t kMost = 20;

 private:
  void found(std::string sentence);

  const base::Digest key_;
  const std::string id_;
  std::optional<Head> expected_;
  std::vector<std::string> findings_;
  std::int64_t count_ = 0;
  std::int64_t records_ = 0;
  std::int64_t unchecked_ = 0;
  std::int64_t last_ = 0;
  std::string head_ = chain_start();
  std::string other_key_;
};

}  // namespace state
