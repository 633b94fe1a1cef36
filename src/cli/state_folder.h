// The state folder of this process, and what is in it that stops changes.
#pragma once

#include <optional>
#include <string>
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

/// Of root, which uses its own folder although there is a service with another one: a line that says how to
/// run the command for the service. Otherwise empty.
std::string about_service(const state::Surroundings& surroundings, const state::Folder& folder,
                          std::string_view command);

/// Why the folder cannot be used, as "its state folder /x cannot be made": it is missing, and the process may
/// not make it, or there is none (nullopt). Empty if it can be used.
std::string unusable(const std::optional<state::Folder>& folder);

/// Whether the file system of the folder has no free block for this user.
bool is_full(const state::Folder& folder);

/// Looks each time whether changes are frozen in the state folder; opens nothing before. Never holds a change
/// if there is no folder.
Backend::Hold hold_of(const config::Settings& settings, const Variables& variables);

}  // namespace cli
