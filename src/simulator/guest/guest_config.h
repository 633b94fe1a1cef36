// Changing a guest's configuration.
#pragma once

#include "simulator/guest/guest.h"

namespace simulator {

/// PUT …/config: changes the configuration at once and returns null.
Answer update_config(Call& call);
/// POST …/config of a VM: does the same in a task.
Answer update_config_task(Call& call);
/// PUT …/snapshot/{snapname}/config: changes the snapshot's description.
Answer update_snapshot(Call& call);
/// PUT …/unlink: removes disks from the configuration.
Answer unlink_disks(Call& call, Guest& guest);

}  // namespace simulator
