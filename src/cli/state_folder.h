// The state folder of this process, and what is in it that stops changes.
#pragma once

#include <string_view>

#include "cli/backend.h"
#include "config/settings.h"
#include "state/folder.h"

namespace cli {

/// The sentence about a command that needs a state folder and has none.
inline constexpr std::string_view kNoFolder =
    "there is no state folder, because neither PVE_STATE_DIR nor HOME is set. Set PVE_STATE_DIR to the state "
    "folder of the servers.";

state::Surroundings surroundings_of(const config::Settings& settings, const Variables& variables);

/// Looks each time whether changes are frozen in the state folder; opens nothing before. Never holds a change
/// if there is no folder.
Backend::Hold hold_of(const config::Settings& settings, const Variables& variables);

}  // namespace cli
