// Marks results of the simulated cluster, so that nobody mistakes it for a real one.
#pragma once

#include "engine/row/output.h"
#include "seam/tools.h"

namespace engine {

/// Adds to the result of a change, in text and structure, that the cluster is simulated. Returns other
/// clusters' results unchanged.
mcp::Result mark_simulated(mcp::Result result, const Style& style);
/// The same for an outcome that has a result.
mcp::Outcome mark_simulated(mcp::Outcome outcome, const Style& style);

}  // namespace engine
