// Why PVE said no, found out by asking it: more than the remedy that its words alone allow.
#pragma once

#include <stop_token>
#include <string>
#include <string_view>

#include "base/json.h"
#include "engine/cluster.h"

namespace engine {

/// What to do about `message`, PVE's refusal of a call with these arguments or the exit status of its task:
/// who holds a lock, which command grants a privilege, which name was meant. Empty where nothing more is
/// known than pve::remedy() says. Reads only; asks nothing unless the message is one of those.
std::string diagnose(std::string_view message, const base::JsonObject& arguments, Cluster& cluster,
                     const std::stop_token& stop);

/// The built-in role with the fewest rights that holds the privilege; empty when none but Administrator does.
std::string_view least_role(std::string_view privilege);

}  // namespace engine
