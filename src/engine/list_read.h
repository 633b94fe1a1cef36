// Lists of which PVE sends a page: what to ask so that a filter sees all of them, and lists of all nodes.
#pragma once

#include "engine/step.h"

namespace engine {

/// Where there is a filter, PVE is asked for all that it has, at most 5000 items, and the caller's limit goes
/// for what matches.
void raise_limit_for_filter(const Row& row, base::JsonObject& arguments, ServerArguments& for_server);

/// True for a call that names no node where its row reads every node then.
bool reads_every_node(const Row& row, const base::JsonObject& arguments);

/// Such a call: one list, the newest first (by the row's first column), that says what it lacks.
mcp::Outcome read_every_node(Work& work, Checked checked);

}  // namespace engine
