// What refers to an object that is about to be destroyed.
#pragma once

#include <stop_token>
#include <string>
#include <vector>

#include "base/json.h"
#include "engine/cluster/cluster.h"
#include "engine/plan/object.h"
#include "engine/row/row.h"

namespace engine {

/// Of a guest that is deleted: its snapshots, backup jobs, HA, replication, pool and linked clones. Of a
/// storage: the backup jobs that write to it, and the guests with volumes on it. Of a user: its API tokens
/// and groups. Clauses, printable; empty of other changes. Reads with the server's rights; what cannot be
/// read is left out, and the last clause then says so.
std::vector<std::string> dependents_of(const Row& row, const base::JsonObject& arguments,
                                       const Object& object, Cluster& cluster, const std::stop_token& stop);

}  // namespace engine
