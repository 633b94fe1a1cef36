// Why PVE said no, found out by asking it: more than the remedy that its words alone allow.
#pragma once

#include <stop_token>
#include <string>
#include <string_view>

#include "base/json.h"
#include "engine/cluster/cluster.h"
#include "guard/gate.h"

namespace engine {

/// What to do about PVE's refusal of a call with these arguments (by PVE's names): who holds a lock, which
/// commands grant what it lacks (of a 403 only), which name was meant. Empty where nothing more is known than
/// its words tell (remedies.h). Believed are PVE's own sentences as a whole, never what it repeats of the
/// arguments. Reads only, with the server's rights: of each kind only what a tool lists that the caller may
/// use, and which rights the server itself has.
std::string diagnose(const pve::Error& error, const pve::Call& call, const base::JsonObject& arguments,
                     Cluster& cluster, const MayUse& may, const std::stop_token& stop);

/// The same of the exit status of a task, which others may have shaped: it grants nothing.
std::string diagnose_end(std::string_view exit_status, const base::JsonObject& arguments, Cluster& cluster,
                         const MayUse& may, const std::stop_token& stop);

}  // namespace engine
