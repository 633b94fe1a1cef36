// Which guests a backup means, and on which node they are.
#pragma once

#include <expected>
#include <stop_token>
#include <string>

#include "engine/cluster/target.h"

namespace engine {

/// Of a row whose vmid is a list of guests: numbers in the place of names, and the node that all are on, or
/// PVE would skip those of the others in silence. Errors as find_target() has them.
std::expected<Target, std::string> find_backup_node(const Row& row, Target target, Cluster& cluster,
                                                    const MayUse& may, const std::stop_token& stop);

}  // namespace engine
