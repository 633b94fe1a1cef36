// Names the object whose statistics an answer shows.
#pragma once

#include <string>

#include "engine/cluster/cluster.h"
#include "engine/cluster/target.h"
#include "engine/row/row.h"

namespace engine {

/// "web01 (VM 100)" or "Node pve1", with the guest's name if it is known. Empty for a row without statistics.
/// Contains PVE's text, so it is not safe to show as it is.
std::string title(const Row& row, const Target& target, Cluster& cluster);

}  // namespace engine
