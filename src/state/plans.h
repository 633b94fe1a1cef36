// The plans in the database: any process that uses the state folder accepts their ids, and a person can
// approve them from another one.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "guard/plans.h"
#include "state/database.h"
#include "state/record_key.h"

namespace state {

enum class Decision : std::uint8_t {
  Open,
  Approved,
  Rejected,
  Spent,  ///< a call has used the id
};

/// As `mcp-pve plans` shows one. Texts are printable and without secrets.
struct Plan {
  std::string id;
  std::string caller;  ///< empty: the user of a process on stdio
  std::string tool;
  std::string object;
  std::string text;
  std::int64_t issued = 0;  ///< epoch seconds
  std::int64_t until = 0;   ///< epoch seconds
  Decision decision = Decision::Open;
  std::string by;       ///< the person that decided
  std::int64_t at = 0;  ///< when, epoch seconds; 0: nobody has decided
};

/// The plans that a call can still use or that were rejected, until their time is over; the oldest first.
/// Empty without a database, which this does not make.
std::expected<std::vector<Plan>, DatabaseError> list_plans(Database& database, std::int64_t now);

/// One plan whose time is not over, also a spent one; nothing if there is none.
std::expected<std::optional<Plan>, DatabaseError> find_plan(Database& database, std::string_view id,
                                                            std::int64_t now);

/// Writes the decision of `by`, Approved or Rejected, if the plan is open, or approved and rejected now.
/// Returns the plan as it was before; nothing if there is none whose time is not over.
std::expected<std::optional<Plan>, DatabaseError> decide_plan(Database& database, std::string_view id,
                                                              Decision decision, std::string_view by,
                                                              std::int64_t now);

/// Where there is no database and none can be made, the plans live in another home.
class StoredPlans final : public guard::Plans {
 public:
  /// The ids are for one cluster. `otherwise` is the other home; nullptr: no id is issued without a database.
  StoredPlans(Database& database, const RecordKey& key, const base::Clock& clock, std::string cluster,
              guard::Plans* otherwise)
      : database_(database), key_(key), clock_(clock), cluster_(std::move(cluster)), otherwise_(otherwise) {}

  std::expected<std::string, std::string> issue(const guard::Planned& planned,
                                                const guard::PlanText& shown) override;
  std::expected<Spent, std::string> spend(std::string_view id, const guard::Planned& now,
                                          Needs needs) override;
  std::string reach() const override;
  bool are_shared() const override;

 private:
  /// Calls and states are kept as hashes under a key, because they may hold passwords.
  struct Hashes {
    base::Digest call;
    base::Digest state;
  };

  std::expected<Hashes, std::string> hashes(const guard::Planned& planned) const;
  std::int64_t now() const;

  Database& database_;
  const RecordKey& key_;
  const base::Clock& clock_;
  const std::string cluster_;
  guard::Plans* const otherwise_;
};

}  // namespace state
