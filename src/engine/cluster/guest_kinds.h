// The kinds of guest that a sentence may tell a caller about.
#pragma once

#include "guard/gate.h"
#include "pve/inventory.h"

namespace engine {

/// The kinds of guest that a caller may list. A sentence must not contain the name, the node or the kind of
/// any other guest.
struct GuestKinds {
  bool vms = true;
  bool containers = true;

  bool all() const { return vms && containers; }
  bool has(const pve::Guest& guest) const { return guest.container ? containers : vms; }
};

/// A caller who may list the cluster's resources may list both kinds.
GuestKinds listed_kinds(const guard::MayUse& may);

}  // namespace engine
