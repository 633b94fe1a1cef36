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
  std::set<std::int64_t> sources{};  ///< only read: cloned, backed up, restored from, imported from, left out
  std::set<std::string> storages{};  ///< whose definition or volumes are changed or pruned
  std::set<std::string> users{};     ///< whose account, API tokens, second factors or rights are changed
  std::set<std::string> groups{};    ///< of users: their rights are changed
  std::string realm{};               ///< whose users are changed
  bool many = false;                 ///< PVE chooses the guests: all, those of a pool or of a node
  std::string pool{};                ///< with `many`: PVE chooses the guests of this pool
  bool prunes = false;               ///< a backup that changes its guests only by pruning their backups
  std::string path{};                ///< of the host, as a disk: nothing tells the guest that owns it
};

/// `arguments` have PVE's names. The format in PVE's schema tells what a parameter names; the name tells it
/// for a parameter that the facts do not have. A volume belongs to the guest in its name, in any value except
/// notes and descriptions.
Touched touched_by(const Row& row, const base::JsonObject& arguments);

/// True if the call ends the backups that run on its node.
bool stops_backups(const Row& row, const base::JsonObject& arguments);

/// The number of a guest that the call makes: it has no state in PVE yet. 0: the call makes none, replaces
/// one, or leaves the number to PVE.
std::int64_t new_guest(const Row& row, const base::JsonObject& arguments);

}  // namespace engine
