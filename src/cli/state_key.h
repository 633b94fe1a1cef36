// The secret behind seals: states of requests and ids of tasks.
#pragma once

#include <string>

#include "cli/backend.h"
#include "config/settings.h"

namespace cli {

/// The key that is set, or the one in the file `key` of the state folder, which is made at the first use, for
/// its user alone. If the file cannot be used, returns a key for this
/// process alone and warns that task ids end with the process.
std::string state_key(const config::Settings& settings, const Variables& variables);

}  // namespace cli
