// Reads the traits of a guest that settings select guests by.
#pragma once

#include <cstdint>
#include <expected>
#include <map>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "engine/cluster/cluster.h"
#include "guard/terms.h"

namespace engine {

/// Reads what the terms of a setting need: name and tags from the guest's configuration, pools from /pools,
/// the node from the list of guests. Does not take names and tags from /cluster/resources, because these may
/// be ten seconds old. For one call.
class GuestTraits {
 public:
  GuestTraits(const guard::Terms& terms, Cluster& cluster, const std::stop_token& stop)
      : terms_(terms), cluster_(cluster), stop_(stop) {}

  /// Of a guest whose kind and node the call says. Returns nullopt if PVE has no such guest there: PVE then
  /// refuses the call. The error is a clause that says why the traits could not be read.
  std::expected<std::optional<guard::GuestTraits>, std::string> of(const pve::Guest& guest);
  /// Of a guest of which only the number is known; it must be in the list of guests.
  std::expected<guard::GuestTraits, std::string> of(std::int64_t vmid);

 private:
  using PoolsOfGuests = std::map<std::int64_t, std::vector<std::string>>;

  /// Returns false if PVE has no such guest there.
  std::expected<bool, std::string> read_configuration(const pve::Guest& guest, guard::GuestTraits& traits);
  std::expected<void, std::string> read_pools();
  std::expected<void, std::string> read_pool(const std::string& id, PoolsOfGuests& pools);

  const guard::Terms& terms_;
  Cluster& cluster_;
  const std::stop_token& stop_;
  /// The pools of each guest; only pools that the terms name.
  std::optional<PoolsOfGuests> pools_{};
};

}  // namespace engine
