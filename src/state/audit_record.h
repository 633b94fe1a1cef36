// One record of the audit as JSON, and back.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/json.h"
#include "guard/audit.h"

namespace state {

/// Where a change came from, which the seam does not know.
struct Origin {
  std::string cluster;  ///< PVE's address, or "simulated"
  std::string user;     ///< whose process it is
};

/// What a record says. Of a record that somebody altered, any member may be empty or nonsense.
struct AuditRecord {
  std::int64_t at = 0;  ///< epoch milliseconds
  std::int64_t of = 0;  ///< an outcome: the number of its attempt; 0: an attempt
  Origin origin{};
  guard::Attempt attempt{};
  std::string result{};  ///< an outcome: "done", "running", "failed", "refused", "not sent" or "unknown"
  guard::Ending ending{};
};

/// Compact JSON with the members in a fixed order.
std::string attempt_text(const guard::Attempt& attempt, const Origin& origin, std::int64_t at);
std::string outcome_text(std::int64_t attempt, const guard::Ending& ending, std::int64_t at);

/// nullopt for what is not a record. Texts are as they are in the record.
std::optional<AuditRecord> parse_record(std::string_view text);

/// Only the time; 0 if it is not a record.
std::int64_t time_of_record(std::string_view text);

}  // namespace state
