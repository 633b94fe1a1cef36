// Disks of guests: their lines in the configuration, allocating, copying and freeing the volumes behind.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "simulator/guest/guest.h"

namespace simulator {

/// scsi0, virtio3, ide2, efidisk0, …; rootfs, mp0, ….
bool is_disk_key(GuestType type, std::string_view key);

/// One disk line, "local:100/vm-100-disk-0.qcow2,size=1G".
struct Disk {
  std::string volid;  ///< "none", "cdrom" and "STORAGE:SIZE" (to be allocated) too
  Config options;

  bool is_cdrom() const;
  /// "" when the volume lies on no storage of PVE.
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

/// Those of a configuration, in order of key; CD-ROM drives too.
std::vector<KeyedDisk> disks_of(GuestType type, const Config& config);

/// Files, each in a directory of its guest (dir, nfs, cifs, btrfs).
bool keeps_files(const Storage& storage);
/// qcow2, or on a storage that does it: lvmthin, zfspool, rbd, btrfs.
bool can_snapshot(State& state, std::string_view volid);
/// May be the base of a linked clone.
bool can_clone(State& state, GuestType type, std::string_view volid, bool of_snapshot);

struct NewVolume {
  std::string volid;
  std::vector<std::string> log;  ///< what the storage's tools print
};

/// A new, empty volume for the guest. `format` may be empty: the storage's default.
NewVolume allocate(State& state, GuestType type, std::string_view storage, std::string_view node,
                   unsigned vmid, std::uint64_t size, std::string_view format, std::string_view parent = {});
/// The same without making it: what allocate() would give now.
NewVolume planned(State& state, GuestType type, std::string_view storage, std::string_view node,
                  unsigned vmid, std::uint64_t size, std::string_view format);
/// The drive that carries cloud-init's settings, "vm-100-cloudinit": 4 MiB, one for each guest.
NewVolume allocate_cloudinit(State& state, std::string_view storage, std::string_view node, unsigned vmid,
                             std::string_view format);
/// A free name for a disk of the guest.
std::string new_volid(State& state, GuestType type, const Storage& storage, std::string_view node,
                      unsigned vmid, std::string_view format, std::string_view prefix = "vm");
void free_volume(State& state, std::string_view volid, std::string_view node);
/// The linked clone's disk that still needs `volid`; "" when none does.
std::string used_by_clone(State& state, std::string_view volid);

/// Why the storage cannot take a disk: unknown, disabled, not on that node, or not for that content.
std::optional<Answer> check_storage(State& state, GuestType type, std::string_view storage,
                                    std::string_view node);

/// Where the memory of a VM goes: the configured storage, a shared one, or that of the first disk.
std::string memory_storage(State& state, const Guest& guest);
/// Makes the volume for the memory of a VM, "local:130/vm-130-state-NAME.raw", and gives its id.
std::string save_memory(State& state, const Guest& guest, std::string_view storage, std::string_view name);

/// "1.0 GiB" as qemu's tools print it.
std::string readable(std::uint64_t bytes);

/// A key "unusedN" that is free.
std::string unused_key(const Config& config);

}  // namespace simulator
