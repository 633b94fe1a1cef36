// Which guests a caller may be told of.
#pragma once

#include "guard/gate.h"
#include "pve/inventory.h"

namespace engine {

/// The kinds of guest that a caller may list. Of the others no name, no node and no kind enters a sentence.
struct GuestKinds {
  bool vms = true;
  bool containers = true;

  bool all() const { return vms && containers; }
  bool has(const pve::Guest& guest) const { return guest.container ? containers : vms; }
};

/// Who may list the cluster's resources lists both.
GuestKinds listed_kinds(const MayUse& may);

}  // namespace engine
