// The end of a guest, and what else changes its disks: templates, moving.
#pragma once

#include "simulator/guest/guest.h"

namespace simulator {

Answer destroy_guest(Call& call);
Answer make_template(Call& call, Guest& guest);
/// POST …/move_disk and …/move_volume to another storage.
Answer move_disk(Call& call, Guest& guest);

/// Every trace that PVE removes with the guest: disks, snapshots' disks, ACLs, firewall; with `purge` also
/// backup jobs, replication and HA.
void erase_guest(State& state, unsigned vmid, bool purge, bool unreferenced);

}  // namespace simulator
