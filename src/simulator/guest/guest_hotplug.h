// The host's devices that a guest names: bridges, and mappings of PCI and USB devices.
#pragma once

#include "simulator/guest/guest.h"

namespace simulator {

/// Why the guest cannot start with the devices that it names, or with so many CPUs; nothing when it can.
std::optional<std::string> device_error(State& state, const Guest& guest);

/// Why the running guest cannot take the new value of the option at once; PVE keeps it as pending then.
/// Nothing when it can, and for options that wait for the next start anyway.
std::optional<std::string> hotplug_error(State& state, const Guest& guest, std::string_view key,
                                         std::string_view value);

}  // namespace simulator
