// Rows of /cluster/resources, which other lists contain too.
#pragma once

#include "simulator/core/call.h"

namespace simulator {

/// The row has `pool`, `tags`, `lock` and `hastate` only if they are set. The name is up to ten seconds old;
/// for a newer guest the row has no name, no figures and the status "unknown".
base::JsonObject guest_row(const State& state, const Guest& guest);
/// Without `full`, for callers without Sys.Audit on the node, the row has only the state.
base::JsonObject node_row(const State& state, const Node& node, bool full);
base::JsonObject storage_row(const State& state, const Storage& storage, const Node& node);

/// Whether the caller has a privilege to see the object of the row.
bool sees_guest(const Call& call, const Guest& guest);
bool sees_storage(const Call& call, const Storage& storage);

}  // namespace simulator
