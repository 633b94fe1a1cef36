// What the settings may name, from the folders that define it.
#pragma once

#include "config/settings.h"

namespace cli {

/// Its words live as long as the process.
const config::Known& known();

}  // namespace cli
