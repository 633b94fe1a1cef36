// The cluster's inventory, read on demand: GET /cluster/resources.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <expected>
#include <mutex>
#include <set>
#include <stop_token>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "pve/client.h"
#include "pve/inventory.h"

namespace pve {

/// Remembers the inventory for three seconds; concurrent callers share one request. Safe from many threads;
/// owns nothing it is given.
class InventoryCache {
 public:
  InventoryCache(Client& client, base::Clock& clock) : client_(client), clock_(clock) {}
  InventoryCache(const InventoryCache&) = delete;
  InventoryCache& operator=(const InventoryCache&) = delete;

  std::expected<InventoryPtr, Error> get(const std::stop_token& stop) { return newer_than(nullptr, stop); }
  /// An inventory other than `seen`, which turned out to be wrong.
  std::expected<InventoryPtr, Error> newer_than(const InventoryPtr& seen, const std::stop_token& stop);
  /// Read after this call began: neither a remembered inventory nor a request under way is used.
  std::expected<InventoryPtr, Error> now(const std::stop_token& stop);
  /// What is remembered, if it is still young enough; nullptr otherwise. Never waits.
  InventoryPtr remembered();
  /// Whether a list has had a node of this name, however long ago. Never waits.
  bool knows_node(std::string_view name);
  /// Forgets the inventory, because a change by this server may have made it wrong.
  void forget();

 private:
  bool young() const;
  std::expected<InventoryPtr, Error> ask(std::unique_lock<std::mutex>& lock, const std::stop_token& stop);

  Client& client_;
  base::Clock& clock_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  bool asking_ = false;
  std::uint64_t forgotten_ = 0;  ///< how often
  std::uint64_t asked_ = 0;      ///< how often
  std::uint64_t kept_ = 0;       ///< which of these questions the remembered answer is to
  InventoryPtr list_;
  std::set<std::string, std::less<>> nodes_;
  base::Clock::Steady taken_{};
};

}  // namespace pve
