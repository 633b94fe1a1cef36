// The secret behind seals: states of requests and ids of tasks.
#pragma once

#include <string>

#include "cli/backend.h"
#include "config/settings.h"

namespace cli {

/// The key that is set, or the one in $XDG_STATE_HOME/mcp-pve/key (~/.local/state without that variable),
/// which is made at the first use, for its user alone. Where that cannot be, a key of this process, and a
/// warning: ids of tasks then end with it.
std::string state_key(const config::Settings& settings, const Variables& variables);

}  // namespace cli
