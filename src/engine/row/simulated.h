// The simulated cluster must not be taken for a real one.
#pragma once

#include "engine/row/output.h"
#include "seam/tools.h"

namespace engine {

/// The result of a change; where the cluster is simulated it says so at its end, in text and structure.
mcp::Result marked(mcp::Result result, const Style& style);
/// The same where there is a result.
mcp::Outcome marked(mcp::Outcome outcome, const Style& style);

}  // namespace engine
