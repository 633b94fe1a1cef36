// Finds the guests, storages and users that a change touches, by its arguments.
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
  bool many = false;                 ///< PVE chooses the guests: all, those of a pool or of a node
};

/// `arguments` have PVE's names. The format in PVE's schema tells what a parameter names; the name tells it
/// for a parameter that the facts do not have. A volume belongs to the guest in its name, in any value except
/// notes and descriptions.
Touched touched_by(const Row& row, const base::JsonObject& arguments);

/// The number of a guest that the call makes: it has no state in PVE yet. 0: the call makes none, replaces
/// one, or leaves the number to PVE.
std::int64_t new_guest(const Row& row, const base::JsonObject& arguments);

}  // namespace engine
