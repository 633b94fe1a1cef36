// Describes a tool to clients: inputSchema, description and hints.
#pragma once

#include "engine/row/output.h"
#include "engine/row/row.h"
#include "seam/tools.h"

namespace engine {

/// Makes a JSON Schema 2020-12 in the form that every MCP host accepts: `type` is one word, there is no $ref,
/// anyOf or oneOf, arrays have items, and enumerations have strings only. A guest has the type string; calls
/// with a number work too. The schema allows additional properties: a write accepts PVE's other parameters,
/// and a read refuses an unknown one with the nearest valid name.
base::JsonObject input_schema(const Row& row);

/// The schema of the structuredContent that render() makes.
base::JsonObject output_schema(const tool::Tool& tool);

mcp::Annotations annotations(const tool::Tool& tool);

/// The views in the description refer to the row's tool. Has an output schema only for structured output.
mcp::ToolDescription describe(const Row& row, Output output = Output::Text);

}  // namespace engine
