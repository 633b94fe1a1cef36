#include "engine/cluster/guest_kinds.h"

namespace engine {

GuestKinds listed_kinds(const guard::MayUse& may) {
  if (may({base::Method::Get, "/cluster/resources"})) return {};
  return {may({base::Method::Get, "/nodes/{node}/qemu"}), may({base::Method::Get, "/nodes/{node}/lxc"})};
}

}  // namespace engine
