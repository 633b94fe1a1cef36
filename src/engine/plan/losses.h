// What a call destroys for good, found out before it is sent.
#pragma once

#include <stop_token>
#include <string>
#include <vector>

#include "base/json.h"
#include "engine/cluster/cluster.h"
#include "engine/row/row.h"

namespace engine {

/// Clauses: "the VM with its disks and snapshots", "the unused disk and what is on it (unused0)". Where only
/// what is set now can tell, PVE is asked; where nobody can tell, the clause begins with "perhaps". Empty:
/// nothing.
std::vector<std::string> losses_of(const Row& row, const base::JsonObject& arguments, Cluster& cluster,
                                   const std::stop_token& stop);

}  // namespace engine
