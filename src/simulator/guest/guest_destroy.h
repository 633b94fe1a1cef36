// Destroying guests, turning them into templates, and moving their disks.
#pragma once

#include "simulator/guest/guest.h"

namespace simulator {

Answer destroy_guest(Call& call);
Answer make_template(Call& call, Guest& guest);
/// POST …/move_disk of a VM and …/move_volume of a container: moves a disk to another storage.
Answer move_disk(Call& call, Guest& guest);

/// Removes the guest with its disks, its snapshots' disks, its ACLs and its firewall. `purge` also removes it
/// from backup jobs, replication and HA; `unreferenced` also frees its volumes that no configuration names.
void erase_guest(State& state, unsigned vmid, bool purge, bool unreferenced);

}  // namespace simulator
