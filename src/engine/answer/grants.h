// Makes the commands that give the server's token missing privileges and take none away.
#pragma once

#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "engine/cluster/cluster.h"
#include "facts/rights.h"

namespace engine {

/// A privilege that is missing on an ACL path.
struct MissingRight {
  std::string path;
  std::string privilege;
  /// The privilege is also needed on all paths below, which may have ACL entries of their own.
  bool below = false;
};

struct Grants {
  /// Commands for root on a node, in this order, without duplicates. Commands that create a role come before
  /// those that use it. They grant no other privilege.
  std::vector<std::string> commands;
  /// Sentences to read before running the commands; empty if there are none.
  std::string caution;
};

/// Makes the commands for the missing rights. A role on a deeper path replaces the inherited ones, so the
/// commands name those too. Asks PVE for the token's own rights; a caller learns from this only what the
/// server may do. `fresh` reads again what was read within the last minute.
Grants grants_for(std::span<const MissingRight> lacks, Cluster& cluster, bool fresh,
                  const std::stop_token& stop);

/// The rights that the token lacks for the call, by the way that needs the fewest more. Empty if it lacks
/// none, if no right would help, or if PVE does not say what the token has.
std::vector<MissingRight> missing_rights(const std::vector<facts::Way>& ways, Cluster& cluster,
                                         const std::stop_token& stop);

}  // namespace engine
