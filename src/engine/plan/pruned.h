// Finds the backups that a call would prune.
#pragma once

#include <stop_token>
#include <string>
#include <vector>

#include "base/json.h"
#include "engine/cluster/cluster.h"
#include "engine/row/row.h"

namespace engine {

/// Clauses such as "local:backup/vzdump-qemu-100-….vma (2026-05-01)", the oldest first, 20 at most and the
/// number of the others. PVE computes them: GET /nodes/{node}/storage/{storage}/prunebackups. A backup that
/// is made first counts too, so one more of each guest may go; a clause says that. Empty for a call that
/// prunes nothing, or whose guests it does not name.
std::vector<std::string> pruned_by(const Row& row, const base::JsonObject& arguments, Cluster& cluster,
                                   const std::stop_token& stop);

}  // namespace engine
