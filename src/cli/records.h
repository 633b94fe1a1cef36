// What a server remembers of changes: the plans it has shown, and the audit.
#pragma once

#include <optional>
#include <string>

#include "base/clock.h"
#include "cli/backend.h"
#include "config/settings.h"
#include "guard/plans.h"
#include "state/audit.h"
#include "state/database.h"
#include "state/plans.h"
#include "state/record_key.h"

namespace cli {

/// Opens nothing before the first change. Must outlive the toolbox that uses it.
class Records {
 public:
  /// `asked_by` as in state::AuditOptions.
  Records(const config::Settings& settings, const Variables& variables, const base::Clock& clock,
          std::string asked_by);

  guard::Plans& plans() { return is_off_ ? static_cast<guard::Plans&>(own_plans_) : stored_plans_; }
  /// nullptr: changes are not recorded.
  guard::Audit* audit() { return is_audited_ ? &audit_ : nullptr; }

 private:
  const bool is_off_;  ///< PVE_AUDIT=off, and no other process has to find the plans
  const bool is_audited_;
  state::Database database_;
  state::RecordKey key_;
  guard::PlansInProcess own_plans_;
  state::StoredPlans stored_plans_;
  state::AuditLog audit_;
};

/// What the audit of these settings does; `problem` if it does not record changes.
struct AuditStatus {
  bool problem = false;
  bool stops_changes = false;
  std::string text;  ///< a clause, and the remedy on its own line
};

/// Makes nothing.
AuditStatus audit_status(const config::Settings& settings, const Variables& variables);

}  // namespace cli
