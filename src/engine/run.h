// One call of one row: arguments, preparation, request, answer.
#pragma once

#include <stop_token>

#include "engine/arguments.h"
#include "engine/row.h"
#include "engine/toolbox.h"

namespace engine {

/// The row may run for this caller; its arguments are not yet checked.
mcp::Result run(const Row& row, const base::JsonObject& given, const Limits& limits, const Cluster& cluster,
                const std::stop_token& stop);

}  // namespace engine
