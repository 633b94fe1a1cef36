#include "cli/simulation.h"

#include "base/text.h"
#include "config/file.h"
#include "facts/version.h"

namespace cli {

std::expected<simulator::Options, std::string> simulation_of(const config::Settings& settings,
                                                             const base::Clock& clock) {
  simulator::Options options;
  options.guests = settings.guests;
  if (const auto pve = facts::parse_version(settings.pve)) options.pve = *pve;
  if (settings.world.empty()) return options;
  const auto named = "PVE_SIMULATE_WORLD (--world) is \"" + base::printable(settings.world) + "\", but ";
  auto file = config::read_file(settings.world);
  if (!file) return std::unexpected(named + file.error().requirement + ".");
  options.world = std::move(file->text);
  if (const auto wrong = simulator::check_world(options, clock)) {
    return std::unexpected(named + "it describes no cluster: " + *wrong);
  }
  return options;
}

}  // namespace cli
