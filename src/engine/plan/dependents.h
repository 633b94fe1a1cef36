// Finds what refers to an object that is about to be destroyed.
#pragma once

#include <stop_token>
#include <string>
#include <vector>

#include "base/json.h"
#include "engine/cluster/cluster.h"
#include "engine/plan/object.h"
#include "engine/row/row.h"

namespace engine {

/// For a guest that is deleted: its snapshots, backup jobs, HA, replication, pool and linked clones. For a
/// storage: the backup jobs that write to it, and the guests with volumes on it. For a user: its API tokens
/// and groups. Returns printable clauses; none for other changes. Reads with the server's rights; the last
/// clause names what could not be read.
std::vector<std::string> dependents_of(const Row& row, const base::JsonObject& arguments,
                                       const Object& object, Cluster& cluster, const std::stop_token& stop);

}  // namespace engine
