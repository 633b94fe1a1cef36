// What no call may change: what PVE_PROTECT means, and a guest that PVE itself protects.
#pragma once

#include <optional>
#include <stop_token>
#include <string>

#include "base/json.h"
#include "engine/cluster/cluster.h"
#include "engine/row/row.h"

namespace engine {

/// Why the change must not be sent, a clause; nothing when it may. Judged by what PVE says at this moment;
/// what cannot be judged must not be sent. PVE's own flag `protection` is PVE's to enforce, but for a
/// rollback, which PVE allows. Reads nothing where nothing is protected and the call is no rollback.
std::optional<std::string> protected_by(const Row& row, const base::JsonObject& arguments, Cluster& cluster,
                                        const std::stop_token& stop);

}  // namespace engine
