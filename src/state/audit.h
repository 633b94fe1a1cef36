// The audit of changes in the database: one chain of records for all processes that use the state folder.
#pragma once

#include <atomic>
#include <cstdint>
#include <expected>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "guard/audit.h"
#include "state/audit_record.h"
#include "state/chain.h"
#include "state/database.h"
#include "state/record_key.h"

namespace state {

struct AuditOptions {
  Origin origin{};
  /// No change is sent that cannot be recorded. Otherwise changes go on, unrecorded, while there is no
  /// database and none can be made.
  bool required = false;
  /// How long records are kept, in days.
  std::int64_t days = 365;
  /// Gets each record on one line once it is on the disk: "audit 12:HASH {…}". Empty: no export.
  std::function<void(const std::string& line)> exported{};
  /// Gets, once, the sentence that changes are not recorded. May be empty.
  std::function<void(const std::string& sentence)> warn{};
  /// What the approval of the client's user is called: "elicitation", or how a command line asks.
  std::string asked_by = "elicitation";
};

/// Refers to what it is given. Safe from many threads and processes.
class AuditLog final : public guard::Audit {
 public:
  AuditLog(Database& database, const RecordKey& key, const base::Clock& clock, AuditOptions options);

  std::expected<Begun, std::string> begin(const guard::Attempt& attempt) override;
  std::optional<std::string> end(const Begun& begun, const guard::Ending& ending) override;

 private:
  std::expected<std::int64_t, DatabaseError> append(const std::string& record);
  std::int64_t now() const;

  Database& database_;
  const RecordKey& key_;
  const base::Clock& clock_;
  const AuditOptions options_;
  std::atomic<bool> warned_{false};
  std::atomic<std::int64_t> expired_at_{0};  ///< when records last expired, epoch milliseconds
};

/// Gives the records in their order to `take`, until that returns false. Of a folder without a database
/// there is none, and the error is `absent`.
std::expected<void, DatabaseError> read_audit(Database& database,
                                              const std::function<bool(const StoredRecord&)>& take);

struct Verified {
  std::vector<std::string> findings;  ///< the first of them; empty: the chain is whole
  std::int64_t count = 0;             ///< how many findings there are
  std::int64_t records = 0;
  std::int64_t expired = 0;  ///< the number of the last record that has expired; 0: none has
  Head head{};               ///< of the last record; its number is 0 without records
};

/// Checks the whole chain, and that `head` is in it.
std::expected<Verified, DatabaseError> verify_audit(Database& database, const RecordKey& key,
                                                    const std::optional<Head>& head);

}  // namespace state
