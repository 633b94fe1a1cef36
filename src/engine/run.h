// Runs one call of one row: checks the arguments, prepares and sends the request, renders the answer.
#pragma once

#include "engine/check/arguments.h"
#include "engine/cluster/cluster.h"
#include "engine/row/row.h"
#include "guard/gate.h"
#include "seam/tools.h"

namespace engine {

/// The caller must be allowed to use the row; the arguments are not checked yet. Finds the node of the target
/// and, for a heavy row, waits for a slot on that node. Waits for the end of a task that the call starts, at
/// most Options::wait, unless the call becomes a Task. `limits` are those of the caller.
mcp::Outcome run(const Row& row, const Limits& limits, Cluster& cluster, const mcp::Call& call);

}  // namespace engine
