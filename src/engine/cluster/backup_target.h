// Finds the guests of a backup, and the node that they are on.
#pragma once

#include <expected>
#include <stop_token>
#include <string>

#include "engine/cluster/target.h"

namespace engine {

/// For a row whose vmid is a list of guests: replaces names by numbers, and fills in the node of the guests.
/// Refuses guests on several nodes, because PVE would skip all but those of one node without an error.
/// Returns the errors of find_target().
std::expected<Target, std::string> find_backup_node(const Row& row, Target target, Cluster& cluster,
                                                    const guard::MayUse& may, const std::stop_token& stop);

}  // namespace engine
