// The state folder of this process, and what is in it that stops changes.
#pragma once

#include "cli/backend.h"
#include "config/settings.h"
#include "state/folder.h"

namespace cli {

state::Surroundings surroundings_of(const config::Settings& settings, const Variables& variables);

/// Looks each time whether changes are frozen in the state folder; opens nothing before. Never holds a change
/// if there is no folder.
Backend::Hold hold_of(const config::Settings& settings, const Variables& variables);

}  // namespace cli
