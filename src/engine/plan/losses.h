// Finds out what a call would destroy for good, before it is sent.
#pragma once

#include <stop_token>
#include <string>
#include <vector>

#include "base/json.h"
#include "engine/cluster/cluster.h"
#include "engine/row/row.h"

namespace engine {

/// Clauses such as "the VM with its disks and snapshots" or "the unused disk and what is on it (unused0)".
/// Asks PVE for the present settings if the loss depends on them. A clause begins with "perhaps" if the loss
/// is uncertain. Empty if nothing is destroyed.
std::vector<std::string> losses_of(const Row& row, const base::JsonObject& arguments, Cluster& cluster,
                                   const std::stop_token& stop);

}  // namespace engine
