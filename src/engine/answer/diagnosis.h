// Finds out why PVE refused a call by asking PVE, and says more than the remedy for PVE's words alone.
#pragma once

#include <stop_token>
#include <string>
#include <string_view>

#include "base/json.h"
#include "engine/cluster/cluster.h"
#include "guard/gate.h"

namespace engine {

/// Says what to do about PVE's refusal of a call with these arguments (by PVE's names): which task holds a
/// lock, which commands grant the rights that are lacking (status 403 only), which name was probably meant.
/// Empty if nothing more is known than PVE's words tell (remedies.h). Trusts only whole sentences of PVE,
/// never what PVE repeats of the arguments. Only reads, with the server's rights, and shows only what the
/// caller's tools list and which rights the server has.
std::string diagnose(const pve::Error& error, const pve::Call& call, const base::JsonObject& arguments,
                     Cluster& cluster, const guard::MayUse& may, const std::stop_token& stop);

/// The same for the exit status of a task. Never advises to grant rights, because others may have shaped the
/// text.
std::string diagnose_end(std::string_view exit_status, const base::JsonObject& arguments, Cluster& cluster,
                         const guard::MayUse& may, const std::stop_token& stop);

}  // namespace engine
