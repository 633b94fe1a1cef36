// Describes the disks and network addresses in a guest's configuration.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/json.h"
#include "change/drive.h"

namespace engine {

/// The disks that hold data, sorted by name; no CDs and no cloud-init drives.
std::vector<change::Drive> disks_of(const base::JsonObject& config);

/// "scsi0 local-lvm:vm-300-disk-0 (16 GiB), …". Lists four disks at most, and counts the others.
std::string disks_text(const std::vector<change::Drive>& disks);

/// "net0 BC:24:11:00:00:70, net1 …"
std::string macs_text(const base::JsonObject& config);

/// The settings that a copy shares with its source and that may collide: "onboot 1, tags app;lab, ipconfig0
/// ip=…".
std::string copied_text(const base::JsonObject& config);

}  // namespace engine
