#include "engine/guest_kinds.h"

#include <algorithm>
#include <iterator>
#include <memory>
#include <vector>

namespace engine {

GuestKinds listed_kinds(const MayUse& may) {
  if (may({base::Method::Get, "/cluster/resources"})) return {};
  return {may({base::Method::Get, "/nodes/{node}/qemu"}), may({base::Method::Get, "/nodes/{node}/lxc"})};
}

pve::GuestList of_kinds(const pve::GuestList& list, const GuestKinds& kinds) {
  if (kinds.all()) return list;
  auto some = std::make_shared<std::vector<pve::Guest>>();
  std::ranges::copy_if(*list, std::back_inserter(*some), [&](const auto& guest) { return kinds.has(guest); });
  return some;
}

}  // namespace engine
