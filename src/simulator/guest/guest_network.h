// The network cards of a guest as seen from inside it, with the MAC addresses of its configuration and an IP
// address each.
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

/// The cards in order of index. A card that uses DHCP has an address of the demo network.
std::vector<GuestNic> nics_of(const Guest& guest);

/// "192.0.2.100/24" as address and prefix length.
std::pair<std::string, unsigned> split_prefix(const std::string& cidr);

}  // namespace simulator
