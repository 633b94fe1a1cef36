#include "simulator/guest/guest_power.h"

#include <fmt/format.h>

#include "simulator/guest/guest_disk.h"
#include "simulator/guest/guest_hotplug.h"

namespace simulator {

std::optional<std::string> start_error(State& state, const Guest& guest) {
  const bool vm = guest.type == GuestType::Qemu;
  if (guest.is_template()) return fmt::format("you can't start a {} if it's a template", vm ? "vm" : "CT");
  const bool passes = guest.lock() == (vm ? "suspended" : "mounted");
  if (!passes) {
    if (auto locked = lock_error(guest)) return locked;
  }
  if (guest.running) return fmt::format("{} {} already running", noun(guest.type), guest.vmid);
  for (const auto& [key, disk] : disks_of(guest.type, guest.config)) {
    const auto storage = disk.storage();
    if (storage.empty()) continue;
    const auto* const place = state.storage(storage);
    if (place == nullptr) return fmt::format("storage '{}' does not exist", storage);
    if (!place->on(guest.node)) {
      return fmt::format("storage '{}' is not available on node '{}'", storage, guest.node);
    }
    if (state.volume(disk.volid, guest.node) == nullptr)
      return fmt::format("volume '{}' does not exist", disk.volid);
  }
  return device_error(state, guest);
}

}  // namespace simulator
