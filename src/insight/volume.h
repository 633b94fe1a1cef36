// Volumes that configurations name.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"

namespace insight {

struct VolumeId {
  std::string key;      ///< the option in the configuration: "scsi0"
  std::string storage;  ///< "local-lvm"
  std::string name;     ///< without its folder or base image: "vm-100-disk-0"
  std::string text;     ///< the complete text: "local-lvm:base-9-disk-0/vm-100-disk-0"
};

/// Returns the volume of "storage:folder/name"; an empty list if the text names no storage.
std::vector<VolumeId> volume_of(std::string_view key, std::string_view volid);
/// Returns every volume that a configuration or a snapshot's configuration names: disks, saved states, unused
/// ones, mount points.
std::vector<VolumeId> volumes_in(const base::JsonObject& config);

}  // namespace insight
