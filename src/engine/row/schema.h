// What a client is told of a tool: inputSchema, description, hints.
#pragma once

#include "engine/row/output.h"
#include "engine/row/row.h"
#include "seam/tools.h"

namespace engine {

/// JSON Schema 2020-12 as every host takes it: each `type` is one word, there is no $ref, anyOf or oneOf,
/// arrays have items, enumerations are of strings. A guest is a string, and a number is taken all the same.
/// The schema does not say that nothing else is taken: a write takes PVE's other
/// parameters too, and a read names the nearest valid one when it refuses.
base::JsonObject input_schema(const Row& row);

/// Of the structuredContent that render() makes.
base::JsonObject output_schema(const tool::Tool& tool);

mcp::Annotations annotations(const tool::Tool& tool);

/// The views in it point into the row's tool. Only the structured output has a schema.
mcp::ToolDescription describe(const Row& row, Output output = Output::Text);

}  // namespace engine
