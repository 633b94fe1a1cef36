#include "cli/state_folder.h"

#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>
#include <optional>
#include <string>
#include <system_error>

#include "base/text.h"
#include "state/freeze.h"

namespace cli {

namespace {

/// The folder, or the lowest one above it that exists.
std::filesystem::path nearest_present(std::filesystem::path path) {
  while (::access(path.c_str(), F_OK) != 0 && path.has_relative_path()) path = path.parent_path();
  return path;
}

}  // namespace

state::Surroundings surroundings_of(const config::Settings& settings, const Variables& variables) {
  return {.setting = settings.state_dir,
          .systemd = std::string(variables("STATE_DIRECTORY")),
          .xdg_state_home = std::string(variables("XDG_STATE_HOME")),
          .home = std::string(variables("HOME")),
          .root = ::geteuid() == 0};
}

std::string about_service(const state::Surroundings& surroundings, const state::Folder& folder,
                          std::string_view command) {
  auto service = surroundings;
  service.xdg_state_home.clear();
  service.home.clear();
  const auto other = state::folder(service);
  if (!surroundings.root || !other || other->path == folder.path) return "";
  return fmt::format("\nThe service has its own folder {0}: run PVE_STATE_DIR={0} mcp-pve {1} for it.",
                     base::printable(other->path.string()), command);
}

std::string unusable(const std::optional<state::Folder>& folder) {
  if (!folder) return "it has no state folder: HOME is not set";
  const auto present = nearest_present(folder->path);
  if (present == folder->path || ::access(present.c_str(), W_OK | X_OK) == 0) return "";
  return fmt::format("its state folder {} cannot be made", base::printable(folder->path.string()));
}

bool is_full(const state::Folder& folder) {
  std::error_code error;
  const auto space = std::filesystem::space(nearest_present(folder.path), error);
  return !error && space.available == 0;
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
