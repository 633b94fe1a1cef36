// Rows of /cluster/resources, which other lists repeat.
#pragma once

#include "simulator/core/call.h"

namespace simulator {

/// With `pool`, `tags`, `lock`, `hastate` only when set. The name is of up to ten seconds ago; of a guest
/// that is newer the row has neither a name nor figures, and the status "unknown".
base::JsonObject guest_row(const State& state, const Guest& guest);
/// `full` is false for a caller without Sys.Audit on the node: the state only.
base::JsonObject node_row(const State& state, const Node& node, bool full);
base::JsonObject storage_row(const State& state, const Storage& storage, const Node& node);

/// Sys.Audit, VM.Audit, … on the object of the row.
bool sees_guest(const Call& call, const Guest& guest);
bool sees_storage(const Call& call, const Storage& storage);

}  // namespace simulator
