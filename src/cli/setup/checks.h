// Checks of the answers that are settings: those of the settings themselves.
#pragma once

#include <optional>
#include <string>

#include "cli/setup/interview.h"
#include "config/settings.h"

namespace cli {

/// Puts the value of the question's setting into `settings`. The error is a sentence that names the flag.
std::optional<std::string> apply_setting(Topic topic, const std::string& value, config::Settings& settings);

/// The same as a check; an empty value is valid.
Check check_of(Topic topic);

}  // namespace cli
