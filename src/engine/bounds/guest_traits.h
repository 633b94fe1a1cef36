// What a guest is in PVE at this moment, for settings that mean guests by it.
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

/// Reads what terms ask for: name and tags from the guest's configuration, pools from /pools, the node from
/// the list of guests. /cluster/resources may be ten seconds old, so that no name or tag is taken from it.
/// For one call.
class GuestTraits {
 public:
  GuestTraits(const guard::Terms& terms, Cluster& cluster, const std::stop_token& stop)
      : terms_(terms), cluster_(cluster), stop_(stop) {}

  /// `node` where the caller of this function knows it; else empty. Nothing of a guest that does not exist on
  /// its node. The error is a clause: why it cannot be judged.
  std::expected<std::optional<guard::GuestTraits>, std::string> of(std::int64_t vmid, std::string node);

 private:
  using PoolsOfGuests = std::map<std::int64_t, std::vector<std::string>>;

  /// False: PVE has no such guest there.
  std::expected<bool, std::string> read_configuration(const pve::Guest& guest, guard::GuestTraits& traits);
  std::expected<void, std::string> read_pools();
  std::expected<void, std::string> read_pool(const std::string& id, PoolsOfGuests& pools);

  const guard::Terms& terms_;
  Cluster& cluster_;
  const std::stop_token& stop_;
  /// The pools of each guest, as far as terms name them.
  std::optional<PoolsOfGuests> pools_{};
};

}  // namespace engine
