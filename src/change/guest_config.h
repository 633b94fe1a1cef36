// Changes of a VM's or a container's configuration.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "change/told.h"
#include "facts/facts.h"

namespace change {

/// A configuration as it is in force, and what waits for the guest's next start.
struct Config {
  base::JsonObject now;
  base::JsonObject pending;           ///< values to come
  std::vector<std::string> deleting;  ///< options to go
  bool known = false;                 ///< read, or derived from one that was
};

/// Of GET …/pending (a list of options) or GET …/config (an object, which does not tell what is pending).
/// Anything else is not known.
Config config(const base::Json& state);

/// Its name or hostname in force, not to be shown as it is; empty where none is known.
std::string_view name_of(const Config& config);

/// One update, by PVE's names as it was sent.
struct ConfigUpdate {
  const facts::Endpoint& endpoint;
  const base::JsonObject& arguments;
  const Config& before;
  const Config& after;
  /// Bytes by volume, for those whose line in the configuration has no size (unusedN); null where the storage
  /// has no such volume. Empty where nobody asked.
  base::JsonObject sizes{};
};

/// What it changed.
Told tell(const ConfigUpdate& update);

/// Of an update that failed: what it left in the configuration all the same, as pending values.
std::vector<std::string> left_behind(const Config& before, const Config& after);

/// What the configuration is after an update that is carried out at once. A volume that is to be made keeps
/// the form in which it was asked for.
Config expected(const base::JsonObject& arguments, const Config& before);

/// True when an update makes a volume, or imports one: PVE does that while the call waits, which may end
/// before.
bool makes_volume(const base::JsonObject& arguments);

/// The volumes that the update takes out of the configuration and whose size no line tells.
std::vector<std::string> volumes_to_size(const base::JsonObject& arguments, const Config& before);

}  // namespace change
