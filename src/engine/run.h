// One call of one row: arguments, preparation, request, answer.
#pragma once

#include "engine/check/arguments.h"
#include "engine/cluster/cluster.h"
#include "engine/row/row.h"
#include "guard/gate.h"
#include "seam/tools.h"

namespace engine {

/// The row may run for this caller; its arguments are not yet checked. Finds the target's node, waits for the
/// node's turn if the row is heavy, and for the end of a task that the call starts, as long as the cluster's
/// options say; of a call that may become a Task only for its beginning. `limits` are the caller's.
mcp::Outcome run(const Row& row, const Limits& limits, Cluster& cluster, const mcp::Call& call);

}  // namespace engine
