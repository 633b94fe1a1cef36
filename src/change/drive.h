// Drives of VMs and volumes of containers, as their lines in a configuration have them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "change/property.h"

namespace change {

/// scsi0, virtio3, ide2, efidisk0, tpmstate0; rootfs, mp0; unused0.
bool is_drive(std::string_view option);
bool is_unused(std::string_view option);

struct Drive {
  std::string option;  ///< its key
  std::string volume;  ///< "local-lvm:vm-100-disk-0", "none", "/dev/sdb", or "local-lvm:32" to be made
  std::vector<Property> parts;

  bool empty() const { return volume.empty(); }
  bool is_cd() const;
  /// The drive with cloud-init's settings, also "local-lvm:cloudinit" to be made.
  bool is_cloud_init() const;
  /// On a storage of PVE, not a path of the host or an empty drive.
  bool on_storage() const;
  /// "STORAGE:GIB", an import, or a cloud-init drive: PVE makes a new volume.
  bool to_be_made() const;
  std::string_view storage() const;
  /// What import-from names; empty where nothing is imported.
  std::string_view source() const;
  /// The number of the guest in the volume's name.
  std::optional<std::int64_t> owner() const;
  /// "32 GiB" by its size, or by the size that it is to have; empty where the line does not tell.
  std::string size() const;
};

Drive drive(std::string_view option, std::string_view text);

/// "32 GiB" of PVE's "32G", "903.5 GiB" of "925185M"; empty when it is no size.
std::string size_in_words(std::string_view size);

}  // namespace change
