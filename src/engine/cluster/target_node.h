// The nodes that a call names, against those that the cluster has.
#pragma once

#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

#include "base/json.h"
#include "engine/cluster/cluster.h"
#include "engine/row/row.h"
#include "guard/may_use.h"

namespace engine {

/// Whether `said` is the node's name in another case, or with its domain: "PVE1", "pve1.example.com".
bool is_node(std::string_view said, std::string_view name);

/// Writes the names of nodes as the cluster does, and fills in {node} where it is missing and one node alone
/// is online. PVE would look a wrong name up in the DNS and ask whoever has it. A list of the cluster is
/// asked for only where a name was in none before; where it cannot be read, the names stay. The error is a
/// sentence for the model; nodes are named to who may list them.
std::optional<std::string> normalize_nodes(const Row& row, base::JsonObject& arguments, Cluster& cluster,
                                           const MayUse& may, const std::stop_token& stop);

}  // namespace engine
