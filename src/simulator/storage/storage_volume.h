// Volume ids: the parts of their names, and the paths of the volumes.
#pragma once

#include <string>
#include <string_view>

#include "simulator/core/call.h"

namespace simulator {

struct VolumeName {
  std::string storage;
  std::string name;     ///< without the storage: "iso/debian.iso"
  std::string content;  ///< by the form of the name; empty if PVE does not know that form
  unsigned vmid = 0;    ///< owner by the form of the name; 0: none
};

VolumeName parse_volume_name(std::string_view volid);
/// "/var/lib/vz/template/iso/debian.iso", "/dev/pve/vm-100-disk-0", …
std::string volume_path(const Storage& storage, const VolumeName& name);
/// PVE's refusal of a name without a content type.
Answer unparsable(const Storage& storage, const VolumeName& name);

}  // namespace simulator
