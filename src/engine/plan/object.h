// The object of a change at one moment: which one it is, and what it is like.
#pragma once

#include <optional>
#include <stop_token>
#include <string>

#include "base/json.h"
#include "engine/cluster/cluster.h"
#include "engine/row/row.h"
#include "pve/client.h"

namespace engine {

struct Object {
  /// What makes it this one and no other, since numbers and names are given anew. Of a VM its number, node,
  /// uuid (smbios1) and time of creation (meta); of a container, which has neither, number, node, hostname,
  /// root volume and MAC addresses; of anything else the path of the call. Printable.
  base::JsonObject identity{};
  /// Differs when the object has changed; empty where PVE shows nothing that tells.
  std::string state{};
  /// PVE's own digest of a guest's configuration.
  std::string digest{};
  base::JsonObject config{};  ///< of a guest, else empty
  base::Json present{};       ///< the data of the GET that the row's About names; null: not read
  /// Why the guest's configuration, or the object itself, could not be read.
  std::optional<pve::Error> error{};
  std::string unread{};  ///< the path of the GET that failed so
};

/// Two GETs at most. `arguments` by PVE's names, with the node.
Object object_of(const Row& row, const base::JsonObject& arguments, Cluster& cluster,
                 const std::stop_token& stop);

/// "its uuid was A and is B"; clauses. Empty where all is the same.
std::string identity_difference(const base::JsonObject& before, const base::JsonObject& now);

}  // namespace engine
