// The devices of the host in a guest's configuration: bridges, and mappings of PCI and USB devices.
#pragma once

#include "simulator/guest/guest.h"

namespace simulator {

/// Why the guest cannot start with its devices or its number of CPUs; nullopt if it can.
std::optional<std::string> device_error(State& state, const Guest& guest);

/// Why the running guest cannot apply the new value at once, so that PVE keeps it as pending. Nullopt if it
/// can, and for options that always wait for the next start.
std::optional<std::string> hotplug_error(State& state, const Guest& guest, std::string_view key,
                                         std::string_view value);

}  // namespace simulator
