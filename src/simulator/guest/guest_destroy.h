// The end of a guest, and what else changes its disks: templates, moving.
#pragma once

#include "simulator/guest/guest.h"

namespace simulator {

Answer destroy_vm(Call& call);
Answer destroy_container(Call& call);
Answer template_vm(Call& call);
Answer template_container(Call& call);
/// POST …/move_disk and …/move_volume to another storage.
Answer move_disk(Call& call, GuestType type);

/// Every trace that PVE removes with the guest: disks, snapshots' disks, ACLs, firewall; with `purge` also
/// backup jobs, replication and HA.
void erase_guest(State& state, unsigned vmid, bool purge, bool unreferenced);

}  // namespace simulator
