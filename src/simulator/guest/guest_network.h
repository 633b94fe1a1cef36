// The network cards of a guest as seen from inside it: the same MACs as in its configuration, and an address
// each.
#pragma once

#include <string>
#include <vector>

#include "simulator/core/guest_state.h"

namespace simulator {

struct GuestNic {
  unsigned index = 0;  ///< of netN
  std::string name;    ///< "ens18", "eth0", "Ethernet"
  std::string mac;     ///< in lower case
  std::string ipv4;    ///< "192.0.2.100/24"; empty: none
  std::string ipv6;    ///< link-local, "fe80::…/64"; empty: none
};

/// In order of index. A card with DHCP has the lease that the demo network gives to this guest.
std::vector<GuestNic> nics_of(const Guest& guest);

/// "192.0.2.100/24" as address and prefix length.
std::pair<std::string, unsigned> split_prefix(const std::string& cidr);

}  // namespace simulator
