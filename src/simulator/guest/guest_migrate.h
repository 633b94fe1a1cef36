// Guests on their way to another node.
#pragma once

#include "simulator/guest/guest.h"

namespace simulator {

/// The task in which HA moves the guest; `first` is the first line of its log.
void move_by_ha(State& state, Guest& guest, const std::string& target, std::string_view first);

/// GET …/migrate: what stands in the way, and where the guest may go.
Answer migrate_preconditions(Call& call, Guest& guest);
Answer migrate(Call& call);

/// Puts the guest and its local volumes on `target`. `storages` maps "old:new,other" as PVE's targetstorage.
void move_guest(State& state, Guest& guest, const std::string& target, std::string_view storages);

}  // namespace simulator
