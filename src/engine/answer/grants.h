// What gives the server's token the privileges that it lacks, and takes nothing away.
#pragma once

#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "engine/cluster/cluster.h"
#include "facts/rights.h"

namespace engine {

/// A privilege on an ACL path.
struct MissingRight {
  std::string path;
  std::string privilege;
  /// Wanted on all that is below the path too, where entries of the token's own may rule otherwise.
  bool below = false;
};

struct Grants {
  /// For root on a node, in this order, each once. Those that make a role come before those that give it.
  /// They bring no other privilege than the wanted ones.
  std::vector<std::string> commands;
  /// What to know before they are run: sentences; empty when there is nothing.
  std::string caution;
};

/// A role on a deeper path replaces those that are inherited there, so the commands name these too. Asks PVE
/// about the token's own rights: what it answers tells a caller nothing but what this server may do. `fresh`
/// asks again what was read within the last minute.
Grants grants_for(std::span<const MissingRight> lacks, Cluster& cluster, bool fresh,
                  const std::stop_token& stop);

/// What the token lacks of the way to call that asks for the least more; empty where it lacks nothing, where
/// no right would do, or where PVE does not say what it has.
std::vector<MissingRight> missing_rights(const std::vector<facts::Way>& ways, Cluster& cluster,
                                         const std::stop_token& stop);

}  // namespace engine
