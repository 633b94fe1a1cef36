// Selects the backups that a retention keeps.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "simulator/core/state.h"

namespace simulator {

struct PruneMark {
  const Volume* volume = nullptr;
  std::string mark;  ///< keep, remove, protected, renamed
};

/// Marks the backups on the storage by `retention` ("keep-last=3,keep-daily=7"; empty or keep-all keeps
/// everything). The result is in the order of their ids. `vmid` 0 means all guests; `type` is "qemu", "lxc"
/// or, for both, empty.
std::vector<PruneMark> prune_marks(const State& state, const Storage& storage, std::string_view node,
                                   std::string_view retention, unsigned vmid, std::string_view type);

/// "qemu" or "lxc" by the name of a backup; "unknown" otherwise.
std::string_view backup_type(const Volume& volume);

}  // namespace simulator
