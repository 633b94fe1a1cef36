// Which kinds of guest numbers and names have lately been.
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

/// For who must say without waiting whether somebody may hear of a guest, one that has just gone among them.
/// Safe from many threads; remembers no more than PVE has told in twice the time.
class SeenGuests {
 public:
  /// Longer than between any two looks at the same guest.
  static constexpr std::chrono::minutes kRecent{10};

  explicit SeenGuests(base::Clock& clock) : clock_(clock) {}
  SeenGuests(const SeenGuests&) = delete;
  SeenGuests& operator=(const SeenGuests&) = delete;

  void see(const pve::InventoryPtr& list);
  /// The kinds of all that `wanted` has meant: a number, "100 (web01)", or a name whatever its case. A number
  /// is what it was last; of a name every guest that had it counts. Neither kind when nobody has seen any.
  GuestKinds recent_kinds(std::string_view wanted);

 private:
  /// When a VM, and when a container, was seen last.
  using Times = std::array<base::Clock::Steady, 2>;

  bool is_recent(base::Clock::Steady seen) const;
  void forget_old();

  base::Clock& clock_;
  std::mutex mutex_;
  pve::InventoryPtr last_;
  base::Clock::Steady taken_{};  ///< when `last_` was
  base::Clock::Steady cleaned_{};
  std::unordered_map<std::string, Times> seen_;
};

}  // namespace engine
