// What a client is told of a tool: inputSchema, description, hints.
#pragma once

#include "engine/row.h"
#include "mcp/tools.h"

namespace engine {

/// JSON Schema 2020-12 without $ref. A read refuses what it does not list; a write takes PVE's other
/// parameters too, so it leaves additionalProperties out.
base::JsonObject input_schema(const Row& row);

mcp::Annotations annotations(const tool::Tool& tool);

/// The views in it point into the row's tool.
mcp::ToolDescription describe(const Row& row);

}  // namespace engine
