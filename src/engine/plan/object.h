// The object of a change at one moment: its identity and its state.
#pragma once

#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

#include "base/json.h"
#include "engine/cluster/cluster.h"
#include "engine/row/row.h"
#include "pve/client.h"

namespace engine {

struct Object {
  /// Tells the object from others that get its number or name later. For a VM: number, node, uuid (smbios1)
  /// and time of creation (meta). For a container, which has neither: number, node, hostname, root volume and
  /// MAC addresses. For other objects: the path of the call. Printable.
  base::JsonObject identity{};
  /// Differs after a change of the object; empty if PVE shows nothing to compare.
  std::string state{};
  /// PVE's digest of a guest's configuration.
  std::string digest{};
  base::JsonObject config{};  ///< for a guest, else empty
  base::Json present{};       ///< the answer to the GET that the row's About names; null: not read
  /// PVE's list of staged changes of a node's network, a unified diff; empty for other objects.
  std::string staged{};
  /// Why the guest's configuration, or the object, could not be read.
  std::optional<pve::Error> error{};
  std::string unread{};  ///< the path of the GET that failed
};

/// Makes two GETs at most. `arguments` have PVE's names, and contain the node.
Object object_of(const Row& row, const base::JsonObject& arguments, Cluster& cluster,
                 const std::stop_token& stop);

/// The identity alone: one GET for a guest that is there, else none.
base::JsonObject identity_of(const Row& row, const base::JsonObject& arguments, Cluster& cluster,
                             const std::stop_token& stop);

/// "VM 118 (web01) on pve1", or the path of the call for what is not a guest. `guest` is "118 (web01)", or
/// empty.
std::string object_text(const base::JsonObject& identity, std::string_view guest);

/// Clauses such as "its uuid was A and is B". Empty if the identities are the same.
std::string identity_difference(const base::JsonObject& before, const base::JsonObject& now);

}  // namespace engine
