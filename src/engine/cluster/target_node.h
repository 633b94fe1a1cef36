// Checks the nodes that a call names against the nodes of the cluster.
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

/// True if `said` is the node's name in another case, or with a domain: "PVE1", "pve1.example.com".
bool is_node(std::string_view said, std::string_view name);

/// Replaces names of nodes by those that the cluster uses, and fills in {node} if it is missing and only one
/// node is online. PVE would look up a wrong name in the DNS and send the call to that host. Reads the list
/// of the cluster only if no earlier list had the name, and leaves the names as they are if the list cannot
/// be read. The error is a sentence for the model; it lists the nodes only to callers who may list them.
std::optional<std::string> normalize_nodes(const Row& row, base::JsonObject& arguments, Cluster& cluster,
                                           const guard::MayUse& may, const std::stop_token& stop);

}  // namespace engine
