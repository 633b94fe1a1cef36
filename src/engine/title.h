// Whose statistics an answer shows.
#pragma once

#include <string>

#include "engine/cluster/cluster.h"
#include "engine/cluster/target.h"
#include "engine/row/row.h"

namespace engine {

/// "web01 (VM 100)", "Node pve1", with the guest's name where it was looked up; empty for what is no
/// statistics. Anybody's text.
std::string title(const Row& row, const Target& target, Cluster& cluster);

}  // namespace engine
