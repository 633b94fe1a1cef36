// Volume ids: what their names say, and where the volume lies.
#pragma once

#include <string>
#include <string_view>

#include "simulator/core/call.h"

namespace simulator {

struct VolumeName {
  std::string storage;
  std::string name;     ///< without the storage: "iso/debian.iso"
  std::string content;  ///< by its form; empty: it has none of PVE's
  unsigned vmid = 0;    ///< owner by its form; 0: none
};

VolumeName parse_volume_name(std::string_view volid);
/// "/var/lib/vz/template/iso/debian.iso", "/dev/pve/vm-100-disk-0", …
std::string volume_path(const Storage& storage, const VolumeName& name);
/// PVE's refusal of a name that has no content.
Answer unparsable(const Storage& storage, const VolumeName& name);

}  // namespace simulator
