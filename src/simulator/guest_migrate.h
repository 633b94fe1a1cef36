// Guests on their way to another node.
#pragma once

#include "simulator/guest.h"

namespace simulator {

/// GET …/migrate: what stands in the way, and where the guest may go.
Answer migrate_preconditions(Call& call, GuestType type);
Answer migrate_vm(Call& call);
Answer migrate_container(Call& call);

/// Puts the guest and its local volumes on `target`. `storages` maps "old:new,other" as PVE's targetstorage.
void move_guest(State& state, Guest& guest, const std::string& target, std::string_view storages);

}  // namespace simulator
