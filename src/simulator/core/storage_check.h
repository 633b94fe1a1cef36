// PVE's checks of a storage that every area needs.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "simulator/core/state.h"

namespace simulator {

/// Whether the storage keeps volumes as files, in a directory for each guest.
bool keeps_files(const Storage& storage);

/// PVE's error if the node cannot use the storage (PVE::Storage::storage_check_enabled): it does not exist,
/// is disabled, or is not on that node. Else nullopt.
std::optional<std::string> storage_error(State& state, std::string_view id, std::string_view node);

}  // namespace simulator
