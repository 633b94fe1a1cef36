// Disks of guests: their lines in the configuration, and allocating, copying and freeing their volumes.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "simulator/core/storage_check.h"
#include "simulator/guest/guest.h"

namespace simulator {

/// Whether the key is that of a disk: scsi0, virtio3, ide2, efidisk0, … of a VM; rootfs, mp0, … of a
/// container.
bool is_disk_key(GuestType type, std::string_view key);

/// One disk line, "local:100/vm-100-disk-0.qcow2,size=1G".
struct Disk {
  std::string volid;  ///< also "none", "cdrom", or "STORAGE:SIZE" for a new volume
  Config options;

  bool is_cdrom() const;
  /// Empty if the volume is not on a storage of PVE.
  std::string_view storage() const;
  /// The size in bytes of "STORAGE:GIB", the form that asks for a new volume.
  std::optional<std::uint64_t> wanted() const;
  std::string text() const;
};

Disk parse_disk(GuestType type, std::string_view text);

struct KeyedDisk {
  std::string key;
  Disk disk;
};

/// The disks of a configuration in order of key, including CD-ROM drives.
std::vector<KeyedDisk> disks_of(GuestType type, const Config& config);

/// Whether PVE can take snapshots of the volume: it is qcow2, or on lvmthin, zfspool, rbd or btrfs.
bool can_snapshot(State& state, std::string_view volid);
/// Whether the volume can be the base of a linked clone.
bool can_clone(State& state, GuestType type, std::string_view volid, bool of_snapshot);

struct NewVolume {
  std::string volid;
  std::vector<std::string> log;  ///< the output of the storage's tools
};

/// Allocates a new, empty volume for the guest. An empty `format` means the storage's default.
NewVolume allocate(State& state, GuestType type, std::string_view storage, std::string_view node,
                   unsigned vmid, std::uint64_t size, std::string_view format, std::string_view parent = {});
/// The volume that allocate() would return now, without allocating it.
NewVolume planned(State& state, GuestType type, std::string_view storage, std::string_view node,
                  unsigned vmid, std::uint64_t size, std::string_view format);
/// The drive that carries cloud-init's settings, "vm-100-cloudinit": 4 MiB, one for each guest.
NewVolume allocate_cloudinit(State& state, std::string_view storage, std::string_view node, unsigned vmid,
                             std::string_view format);
/// A free name for a disk of the guest.
std::string new_volid(State& state, GuestType type, const Storage& storage, std::string_view node,
                      unsigned vmid, std::string_view format, std::string_view prefix = "vm");
void free_volume(State& state, std::string_view volid, std::string_view node);
/// Frees the volumes of the configuration's disks, but not the images in CD-ROM drives.
void free_volumes(State& state, GuestType type, const Config& config, std::string_view node);
/// The disk of a linked clone that still needs `volid`; empty if none does.
std::string used_by_clone(State& state, std::string_view volid);

/// PVE's refusal if the storage cannot take a disk: it is unknown, disabled, not on that node, or not for
/// that content.
std::optional<Answer> check_storage(State& state, GuestType type, std::string_view storage,
                                    std::string_view node);

/// The storage for the memory of a VM: the configured one, else a shared one, else that of the first disk.
std::string memory_storage(State& state, const Guest& guest);
/// Makes the volume for the memory of a VM, "local:130/vm-130-state-NAME.raw", and gives its id.
std::string save_memory(State& state, const Guest& guest, std::string_view storage, std::string_view name);

/// "1.0 GiB" as qemu's tools print it.
std::string readable(std::uint64_t bytes);

/// A key "unusedN" that is free.
std::string unused_key(const Config& config);

}  // namespace simulator
