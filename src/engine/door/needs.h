// Which privileges an endpoint needs, and which of them the server's API token lacks.
#pragma once

#include <stop_token>
#include <string>

#include "engine/cluster/cluster.h"
#include "facts/facts.h"
#include "guard/may_use.h"

namespace engine {

/// One line: "Needs VM.Audit on /vms/{vmid}. The API token lacks it." A path with a variable is judged by all
/// that is below it. Does not say what the token lacks if PVE does not tell, and not to a caller who may not
/// list the ACL.
std::string needs_text(const facts::Endpoint& endpoint, Cluster& cluster, const guard::MayUse& may,
                       const std::stop_token& stop);

}  // namespace engine
