// What a change touches: the guests, storages and users that its arguments name.
#pragma once

#include <cstdint>
#include <set>
#include <string>

#include "base/json.h"
#include "engine/row/row.h"

namespace engine {

struct Touched {
  std::set<std::int64_t> guests{};   ///< changed: the guest of the path, members of a pool, an HA resource
  std::set<std::int64_t> sources{};  ///< only read: cloned, backed up, restored from, imported from
  std::set<std::string> storages{};  ///< whose definition or volumes are changed or pruned
  std::set<std::string> users{};     ///< whose account, API tokens or second factors are changed
  bool many = false;                 ///< PVE itself picks the guests: all, of a pool, of a node
};

/// `arguments` by PVE's names. What a parameter names follows from the format that PVE's schema gives it, and
/// of a parameter that the facts do not have from its name. A volume belongs to the guest in its name,
/// wherever it stands in a value but notes and descriptions.
Touched touched_by(const Row& row, const base::JsonObject& arguments);

}  // namespace engine
