// Which cluster the settings want simulated.
#pragma once

#include <expected>
#include <string>

#include "base/clock.h"
#include "config/settings.h"
#include "simulator/cluster.h"

namespace cli {

/// Reads and checks the file of the world. The error is a sentence with setting, file and remedy.
std::expected<simulator::Options, std::string> simulation_of(const config::Settings& settings,
                                                             const base::Clock& clock);

}  // namespace cli
