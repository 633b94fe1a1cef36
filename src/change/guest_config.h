// Describes changes of a VM's or a container's configuration.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "change/description.h"
#include "facts/facts.h"

namespace change {

/// A configuration in force, and the changes that are pending until the guest's next start.
struct Config {
  base::JsonObject now;
  base::JsonObject pending;           ///< values that the next start will set
  std::vector<std::string> deleting;  ///< options that the next start will remove
  bool known = false;                 ///< false: the configuration could not be read
};

/// Reads an answer of GET …/pending (a list of options) or GET …/config (an object, without pending changes).
/// Other values give known == false.
Config config(const base::Json& state);

/// Returns the name or hostname in force, which may contain control characters; empty if it is not known.
std::string_view name_of(const Config& config);

/// One update as sent, under PVE's names.
struct ConfigUpdate {
  const facts::Endpoint& endpoint;
  const base::JsonObject& arguments;
  const Config& before;
  const Config& after;
  /// Sizes in bytes of volumes whose line in the configuration has no size (unusedN); null if the storage has
  /// no such volume. Empty if they were not read.
  base::JsonObject sizes{};
};

/// Describes what the update changed.
Description describe(const ConfigUpdate& update);

/// Returns the pending values that a failed update left in the configuration: a description for each option.
std::map<std::string, std::string> remaining_pending(const Config& before, const Config& after);

/// Returns the configuration after an update that takes effect at once. A volume that PVE will create keeps
/// the requested form.
Config expected(const base::JsonObject& arguments, const Config& before);

/// Returns true if the update creates or imports a volume: PVE does so before it answers, and the call may
/// time out first.
bool makes_volume(const base::JsonObject& arguments);

/// Returns the volumes that the update removes from the configuration and whose size no line contains.
std::vector<std::string> volumes_to_size(const base::JsonObject& arguments, const Config& before);

}  // namespace change
