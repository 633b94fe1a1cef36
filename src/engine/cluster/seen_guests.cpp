#include "engine/cluster/seen_guests.h"

#include "base/text.h"
#include "engine/words/guest_name.h"

namespace engine {
namespace {

constexpr auto kNever = base::Clock::Steady::min();

/// No guest's name begins with '#', so numbers and names do not collide.
std::string number_key(std::int64_t vmid) { return "#" + std::to_string(vmid); }

}  // namespace

bool SeenGuests::is_recent(base::Clock::Steady seen) const {
  return seen != kNever && clock_.steady() - seen <= kRecent;
}

void SeenGuests::forget_old() {
  if (clock_.steady() - cleaned_ < kRecent) return;
  cleaned_ = clock_.steady();
  std::erase_if(seen_,
                [&](const auto& item) { return !is_recent(item.second[0]) && !is_recent(item.second[1]); });
}

void SeenGuests::see(const pve::InventoryPtr& list) {
  const std::scoped_lock lock(mutex_);
  const auto now = clock_.steady();
  if (list == nullptr || (list == last_ && now - taken_ < kRecent / 2)) return;
  last_ = list;
  taken_ = now;
  forget_old();
  for (const auto& guest : list->guests) {
    const std::size_t kind = guest.container ? 1 : 0;
    auto& number = seen_[number_key(guest.vmid)];
    number = {kNever, kNever};
    number[kind] = now;
    if (guest.name.empty()) continue;
    seen_.try_emplace(base::lower_ascii(guest.name), Times{kNever, kNever}).first->second[kind] = now;
  }
}

GuestKinds SeenGuests::recent_kinds(std::string_view wanted) {
  const auto number = guest_number(wanted);
  const std::scoped_lock lock(mutex_);
  GuestKinds kinds{false, false};
  for (const auto& key : {number ? number_key(*number) : std::string{}, base::lower_ascii(wanted)}) {
    const auto found = seen_.find(key);
    if (found == seen_.end()) continue;
    kinds.vms = kinds.vms || is_recent(found->second[0]);
    kinds.containers = kinds.containers || is_recent(found->second[1]);
  }
  return kinds;
}

}  // namespace engine
