#include "cli/state_folder.h"

#include <unistd.h>

#include <optional>
#include <string>

#include "state/freeze.h"

namespace cli {

state::Surroundings surroundings_of(const config::Settings& settings, const Variables& variables) {
  return {.setting = settings.state_dir,
          .systemd = std::string(variables("STATE_DIRECTORY")),
          .xdg_state_home = std::string(variables("XDG_STATE_HOME")),
          .home = std::string(variables("HOME")),
          .root = ::geteuid() == 0};
}

Backend::Hold hold_of(const config::Settings& settings, const Variables& variables) {
  return [surroundings = surroundings_of(settings, variables)]() -> std::optional<std::string> {
    const auto folder = state::folder(surroundings);
    if (!folder) return std::nullopt;
    const auto freeze = state::frozen(*folder);
    return freeze ? std::optional(state::describe(*freeze, *folder)) : std::nullopt;
  };
}

}  // namespace cli
