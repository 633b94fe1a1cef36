// Migrating guests to another node.
#pragma once

#include "simulator/guest/guest.h"

namespace simulator {

/// Starts the task in which HA moves the guest. `first` is the first line of its log.
void move_by_ha(State& state, Guest& guest, const std::string& target, std::string_view first);

/// GET …/migrate: the nodes to which the guest can migrate, and the disks and devices that prevent it.
Answer migrate_preconditions(Call& call, Guest& guest);
Answer migrate(Call& call);

/// Moves the guest and its local volumes to `target`. `storages` is a map such as "old:new,other", as in
/// PVE's `targetstorage`.
void move_guest(State& state, Guest& guest, const std::string& target, std::string_view storages);

}  // namespace simulator
