// Volumes as configurations name them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"

namespace insight {

struct VolumeId {
  std::string key;      ///< of the configuration: "scsi0"
  std::string storage;  ///< "local-lvm"
  std::string name;     ///< without the folder or the base image before it: "vm-100-disk-0"
  std::string text;     ///< the whole: "local-lvm:base-9-disk-0/vm-100-disk-0"
};

/// The volume of "storage:folder/name"; nothing of what has no storage.
std::vector<VolumeId> volume_of(std::string_view key, std::string_view volid);
/// Every volume that a configuration (or a snapshot's) names: disks, their state, unused ones, mount points.
std::vector<VolumeId> volumes_in(const base::JsonObject& config);

}  // namespace insight
