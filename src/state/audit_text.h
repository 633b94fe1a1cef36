// The audit as people read it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "state/audit_record.h"
#include "state/chain.h"

namespace state {

/// Which changes to show. Empty members select all.
struct AuditFilter {
  std::optional<std::int64_t> since{};  ///< epoch seconds, inclusive
  std::optional<std::int64_t> until{};  ///< epoch seconds, exclusive
  std::string caller{};                 ///< these three with * for any text
  std::string object{};  ///< fits any member that identifies the object: a number, a name, a path
  std::string tool{};
};

bool selects(const AuditFilter& filter, const AuditRecord& attempt);

/// A change in lines, each of them printable, the last one with a line break. `outcome` is nullptr while
/// there is none.
std::string change_text(std::int64_t number, const AuditRecord& attempt, const AuditRecord* outcome);

/// {"number":…,"hash":…, and the members of the record}, without a line break.
std::string record_json(const StoredRecord& stored);

}  // namespace state
