// Drives of VMs and volumes of containers, parsed from a configuration.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "change/property.h"

namespace change {

/// Returns whether the option is a drive: scsi0, virtio3, ide2, efidisk0, tpmstate0; rootfs, mp0; unused0.
bool is_drive(std::string_view option);
bool is_unused(std::string_view option);

struct Drive {
  std::string option;  ///< the option's key
  std::string volume;  ///< "local-lvm:vm-100-disk-0", "none", "/dev/sdb", or "local-lvm:32" for a new volume
  std::vector<Property> parts;

  bool empty() const { return volume.empty(); }
  bool is_cd() const;
  /// Returns whether this is a cloud-init drive, existing or new ("local-lvm:cloudinit").
  bool is_cloud_init() const;
  /// Returns whether the volume is on a storage of PVE, not a path of the host or an empty drive.
  bool on_storage() const;
  /// Returns whether PVE will create the volume: "STORAGE:GIB", an import, or a new cloud-init drive.
  bool to_be_made() const;
  std::string_view storage() const;
  /// Returns the value of import-from; empty without one.
  std::string_view source() const;
  /// Returns the guest's number in the volume's name.
  std::optional<std::int64_t> owner() const;
  /// Returns the size, or the requested size, as "32 GiB"; empty if the line has neither.
  std::string size() const;
};

Drive drive(std::string_view option, std::string_view text);

/// Converts PVE's "32G" to "32 GiB" and "925185M" to "903.5 GiB"; empty if the text is not a size.
std::string size_in_words(std::string_view size);

}  // namespace change
