// The kinds of values that the completion of arguments knows.
#pragma once

#include <cstdint>

namespace tool {

enum class Completes : std::uint8_t {
  None,
  Node,           ///< a node's name
  Guest,          ///< a guest's number, its name, or both: "100 (web01)"
  Storage,        ///< a storage's id
  BackupStorage,  ///< the id of a storage that can hold backups
  Snapshot,       ///< a snapshot's name
  Pool,           ///< a resource pool's id
  User,           ///< "root@pam"
  Upid,           ///< a task's id
};

}  // namespace tool
