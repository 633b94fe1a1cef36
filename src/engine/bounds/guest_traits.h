// Reads the traits of a guest that settings select guests by.
#pragma once

#include <cstdint>
#include <expected>
#include <map>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "guard/terms.h"
#include "pve/client.h"
#include "pve/inventory_cache.h"

namespace engine {

/// Reads what the terms of a setting need: name and tags from the guest's configuration, pools from /pools,
/// the node from the list of guests. Does not take names and tags from /cluster/resources, because these may
/// be ten seconds old. For one call and one thread.
class GuestTraits {
 public:
  using PoolsOfGuests = std::map<std::int64_t, std::vector<std::string>>;

  GuestTraits(guard::Wanted wanted, pve::Client& client, pve::InventoryCache& inventory,
              const std::stop_token& stop)
      : wanted_(std::move(wanted)), client_(client), inventory_(inventory), stop_(stop) {}

  /// Of a guest whose kind and node the call says. Returns nullopt if PVE has no such guest there: PVE then
  /// refuses the call. The error is a clause that says why the traits could not be read.
  std::expected<std::optional<guard::GuestTraits>, std::string> of(const pve::Guest& guest);
  /// Of a guest of which only the number is known; it must be in the list of guests.
  std::expected<guard::GuestTraits, std::string> of(std::int64_t vmid);
  /// As of(vmid); a guest that is not in the list has no trait but its number.
  std::expected<guard::GuestTraits, std::string> of_number(std::int64_t vmid);
  /// The pools of each guest; only pools that are wanted, and those below them.
  std::expected<const PoolsOfGuests*, std::string> pools();

 private:
  /// Returns false if PVE has no such guest there.
  std::expected<bool, std::string> read_configuration(const pve::Guest& guest, guard::GuestTraits& traits);
  std::expected<std::optional<guard::GuestTraits>, std::string> in_list(std::int64_t vmid);
  std::expected<void, std::string> read_pool(const std::string& id, PoolsOfGuests& pools);

  const guard::Wanted wanted_;
  pve::Client& client_;
  pve::InventoryCache& inventory_;
  const std::stop_token& stop_;
  std::optional<PoolsOfGuests> pools_{};
};

}  // namespace engine
