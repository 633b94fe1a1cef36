// The disks and addresses of a guest's configuration, in words.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/json.h"
#include "change/drive.h"

namespace engine {

/// Those with data: no CD, no cloud-init drive. In the order of their names.
std::vector<change::Drive> disks_of(const base::JsonObject& config);

/// "scsi0 local-lvm:vm-300-disk-0 (16 GiB), …"; of many the first four and how many more.
std::string disks_text(const std::vector<change::Drive>& disks);

/// "net0 BC:24:11:00:00:70, net1 …"
std::string macs_text(const base::JsonObject& config);

/// What is the same in a copy and may collide with its source: "onboot 1, tags app;lab, ipconfig0 ip=…".
std::string copied_text(const base::JsonObject& config);

}  // namespace engine
