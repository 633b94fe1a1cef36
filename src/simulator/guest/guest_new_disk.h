// New disks of a configuration: empty ones, imported ones, those of the firmware and of cloud-init.
#pragma once

#include "simulator/guest/guest_disk.h"

namespace simulator {

/// The guest and the node of a new disk.
struct Place {
  GuestType type = GuestType::Qemu;
  std::string_view node;
  unsigned vmid = 0;
};

/// Allocates the volume that the line `asked` of `key` asks for ("local:8", "local:0,import-from=…",
/// "local:cloudinit"), or adds the size of the volume that the line names. Adds the output of the storages'
/// tools to `log`.
Disk make_disk(State& state, const Place& place, std::string_view key, Disk asked,
               std::vector<std::string>& log);

/// PVE's refusal to start an import: the source is not an image, or is a path. Nullopt if the line imports
/// nothing.
std::optional<Answer> refuse_import(State& state, std::string_view key, const Disk& asked);

/// The error of an import in the worker: "failed to stat '/var/lib/vz/import/none.raw'". Nullopt if it works,
/// or if the line imports nothing.
std::optional<std::string> import_error(State& state, std::string_view node, const Disk& asked);

}  // namespace simulator
