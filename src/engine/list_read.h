// Lists that PVE sends in pages, and lists that this server merges from all nodes.
#pragma once

#include "engine/step.h"

namespace engine {

/// Asks PVE for all items, at most 5000, if the call has a filter. The limit of the call then applies to the
/// items that match.
void raise_limit_for_filter(const Row& row, base::JsonObject& arguments, ServerArguments& for_server);

/// True if the call names no node and its row reads all nodes then.
bool reads_every_node(const Row& row, const base::JsonObject& arguments);

/// Reads the list of each node that is online, and merges them, newest item first (by the first column of the
/// row). A note names the nodes that did not answer.
mcp::Outcome read_every_node(Work& work, Checked checked);

}  // namespace engine
