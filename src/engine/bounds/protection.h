// Refuses changes of what PVE_PROTECT selects, and rollbacks of guests that PVE itself protects.
#pragma once

#include <optional>
#include <stop_token>
#include <string>

#include "base/json.h"
#include "engine/cluster/cluster.h"
#include "engine/row/row.h"
#include "guard/may_use.h"

namespace engine {

/// Returns a clause that says why the change must not be sent, or nullopt if it may be sent. Reads the
/// present state from PVE, and refuses what it cannot read. PVE enforces its own flag `protection`, except
/// for a rollback, so this function checks it then. Reads nothing if nothing is protected and the call is not
/// a rollback.
std::optional<std::string> protected_by(const Row& row, const base::JsonObject& arguments, Cluster& cluster,
                                        const guard::MayUse& may, const std::stop_token& stop);

}  // namespace engine
