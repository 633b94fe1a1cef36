// Guests as the API shows them: rows of lists, status, configuration, pending changes, snapshots.
#pragma once

#include "simulator/guest/guest.h"

namespace simulator {

/// A row of /nodes/{node}/qemu or /lxc. `full` adds the members that only the QEMU process knows.
base::JsonObject guest_row(const State& state, const Guest& guest, bool full);
/// `lines` of a configuration with PVE's types: integers and booleans of the schema as numbers, everything
/// else (memory of a VM, cpulimit) as text.
base::JsonObject typed(GuestType type, const Config& lines);

Answer list_guests(Call& call);
Answer guest_status(Call& call, Guest& guest);
Answer guest_config(Call& call, Guest& guest);
Answer guest_pending(Call& call, Guest& guest);
Answer guest_feature(Call& call, Guest& guest);
Answer container_interfaces(Call& call, Guest& guest);

Answer list_snapshots(Call& call, Guest& guest);
Answer snapshot_config(Call& call, Guest& guest);

}  // namespace simulator
