// Finds out whether a change of the firewall could cut off PVE's web interface, and this server with it.
#pragma once

#include <stop_token>
#include <string>
#include <vector>

#include "base/json.h"
#include "engine/cluster/cluster.h"
#include "engine/row/row.h"

namespace engine {

/// Clauses such as "ports 8006 and 22 of the nodes, because the input policy would be DROP, …". Empty if the
/// change does not touch the firewall of the cluster or of a node, if that firewall is and stays off, or if
/// the change can only open it further. PVE accepts these ports from the local network of its nodes and from
/// the IP set management, whatever the rules say (pve-firewall, rules of the group management). Reads the
/// present options and rules; what cannot be read counts as cut off. Makes two GETs at most.
std::vector<std::string> cut_off_by(const Row& row, const base::JsonObject& arguments, Cluster& cluster,
                                    const std::stop_token& stop);

}  // namespace engine
