// Changing a guest's configuration.
#pragma once

#include "simulator/guest/guest.h"

namespace simulator {

/// PUT of a VM's or container's configuration: at once, null.
Answer update_config(Call& call);
/// POST of a VM's configuration: the same as a task.
Answer update_config_task(Call& call);
/// PUT of a snapshot's description.
Answer update_snapshot(Call& call);
/// PUT …/unlink: takes disks out of the configuration.
Answer unlink_disks(Call& call, Guest& guest);

}  // namespace simulator
