// The simulated cluster must not be taken for a real one.
#pragma once

#include "engine/row/output.h"
#include "seam/tools.h"

namespace engine {

/// The result of a change; where the cluster is simulated it says so at its end, in text and structure.
mcp::Result mark_simulated(mcp::Result result, const Style& style);
/// The same where there is a result.
mcp::Outcome mark_simulated(mcp::Outcome outcome, const Style& style);

}  // namespace engine
