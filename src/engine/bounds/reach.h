// Adds to what a change names what it reaches by PVE's present state: members, companions, volumes, users.
#pragma once

#include <cstdint>
#include <expected>
#include <set>
#include <stop_token>
#include <string>

#include "base/json.h"
#include "engine/bounds/touched.h"
#include "engine/cluster/cluster.h"
#include "engine/row/row.h"

namespace engine {

/// Finds what a call touches beyond its arguments. Reads PVE through `client`, which may show more than
/// `cluster.client` does. Each function reads nothing if the call cannot reach more. The errors are clauses
/// that say what could not be read; what PVE does not have reaches nothing, because PVE refuses the change
/// then. For one call and one thread; owns nothing that it is given.
class Reach {
 public:
  Reach(const Row& row, const base::JsonObject& arguments, Cluster& cluster, pve::Client& client,
        const std::stop_token& stop)
      : row_(row), arguments_(arguments), cluster_(cluster), client_(client), stop_(stop) {}

  /// True if the call changes a backup job, an HA rule or an HA group that exists.
  bool changes_list() const;
  /// What the job, rule or group touches that the call changes: the call need not name its guests. All of
  /// them are in `guests`.
  std::expected<Touched, std::string> members();
  /// The guests of a pool.
  std::expected<std::set<std::int64_t>, std::string> of_pool(const std::string& pool);
  /// The guests that HA moves along with those that the call moves, because a rule keeps them together.
  std::expected<std::set<std::int64_t>, std::string> companions(const std::set<std::int64_t>& guests);
  /// The storages with volumes that the call destroys with its guest, or with the keys that it deletes.
  std::expected<std::set<std::string>, std::string> emptied_storages();
  /// The users of the groups and of the realm in `touched`.
  std::expected<std::set<std::string>, std::string> users(const Touched& touched);

 private:
  /// `data`; null if PVE does not have it.
  std::expected<base::Json, std::string> read(const std::string& what, const std::string& path,
                                              pve::Parameters parameters = {});
  std::expected<void, std::string> add_companions(std::int64_t vmid, std::set<std::int64_t>& found);
  bool moves_guests() const;
  std::expected<std::set<std::string>, std::string> storages_on_disks();
  std::expected<void, std::string> add_snapshots(const pve::Guest& guest, std::set<std::string>& storages);

  const Row& row_;
  const base::JsonObject& arguments_;
  Cluster& cluster_;
  pve::Client& client_;
  const std::stop_token& stop_;
};

}  // namespace engine
