// Disks that a configuration asks for: new ones, imported ones, those of the firmware and of cloud-init.
#pragma once

#include "simulator/guest/guest_disk.h"

namespace simulator {

/// Where and for whom a disk is made.
struct Place {
  GuestType type = GuestType::Qemu;
  std::string_view node;
  unsigned vmid = 0;
};

/// Makes the volume that the line `asked` at `key` asks for ("local:8", "local:0,import-from=…",
/// "local:cloudinit"); a line that names a volume gets that one's size. The tools' words go to `log`.
Disk make_disk(State& state, const Place& place, std::string_view key, Disk asked,
               std::vector<std::string>& log);

/// Why PVE does not even try to import what the line names: no image, or a path; nothing when it names
/// nothing.
std::optional<Answer> refuse_import(State& state, std::string_view key, const Disk& asked);

/// Why the import fails once it is tried: "failed to stat '/var/lib/vz/import/none.raw'".
std::optional<std::string> import_error(State& state, std::string_view node, const Disk& asked);

}  // namespace simulator
