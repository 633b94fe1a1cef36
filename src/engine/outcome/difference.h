// Reads the object of a change before and after it, so that the answer can say what the change did (change/).
#pragma once

#include <stop_token>
#include <string>

#include "base/json.h"
#include "change/description.h"
#include "engine/cluster/cluster.h"
#include "engine/row/row.h"
#include "pve/client.h"

namespace engine {

/// The object of a change, before the call is sent.
struct StateBefore {
  bool watched = false;      ///< false: the row's sentence says all, so nothing was read
  base::Json state;          ///< the answer of the row's GET; null if it could not be read
  base::JsonObject volumes;  ///< bytes by volume; null for a volume that does not exist any more
};

/// Reads the object with the server's rights: one GET, and one for each volume whose size the configuration
/// does not tell. `arguments` have PVE's names. Reads nothing if change/ does not know this kind of change.
StateBefore state_before(const Row& row, const base::JsonObject& arguments, const Cluster& cluster,
                         const std::stop_token& stop);

/// PVE's digest of what the change would replace; empty if the endpoint takes none, or if none was read.
std::string digest_of(const Row& row, const base::JsonObject& arguments, const StateBefore& before);

/// The name of a guest whose configuration changes, not yet safe to show. Empty for other changes.
std::string guest_named(const Row& row, const StateBefore& before);

/// Says what the change did. Empty if nothing could be read, or if there is nothing to say.
change::Description what_changed(const Row& row, const base::JsonObject& arguments, const StateBefore& before,
                                 const Cluster& cluster, const std::stop_token& stop);

/// Says what a failed or unanswered change of a guest's configuration left behind, or that it changed nothing
/// so far. Empty for other changes, and if PVE's refusal means that nothing was changed.
std::string leftovers_after_error(const Row& row, const base::JsonObject& arguments,
                                  const StateBefore& before, const pve::Error& error, const Cluster& cluster,
                                  const std::stop_token& stop);

}  // namespace engine
