// Remembers which kinds of guest a number or a name had lately.
#pragma once

#include <array>
#include <chrono>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/clock.h"
#include "engine/cluster/guest_kinds.h"

namespace engine {

/// Tells, without waiting for PVE, whether a caller may hear of a guest, even if the guest is gone. Safe from
/// many threads. Forgets a guest that no list has shown for twice the time kRecent.
class SeenGuests {
 public:
  /// Longer than the time between two reads of the same guest.
  static constexpr std::chrono::minutes kRecent{10};

  explicit SeenGuests(base::Clock& clock) : clock_(clock) {}
  SeenGuests(const SeenGuests&) = delete;
  SeenGuests& operator=(const SeenGuests&) = delete;

  void see(const pve::InventoryPtr& list);
  /// The kinds of the guests that `wanted` meant lately: a number, "100 (web01)", or a name in any case. A
  /// number has the kind that it had last; a name has the kinds of all guests that had it. Neither kind if no
  /// list has shown such a guest.
  GuestKinds recent_kinds(std::string_view wanted);

 private:
  /// When a list last showed a VM, and when a container.
  using Times = std::array<base::Clock::Steady, 2>;

  bool is_recent(base::Clock::Steady seen) const;
  void forget_old();

  base::Clock& clock_;
  std::mutex mutex_;
  pve::InventoryPtr last_;
  base::Clock::Steady taken_{};  ///< when `last_` was seen
  base::Clock::Steady cleaned_{};
  std::unordered_map<std::string, Times> seen_;
};

}  // namespace engine
