// What the datacenter configures beside guests, storages and users: notifications, mappings of hardware, SDN.
#pragma once

#include <cstdint>
#include <string>

#include "simulator/core/guest_state.h"

namespace simulator {

/// The endpoints and matchers that PVE ships.
const Named<Config>& builtin_notifications();

/// Mapped hardware by id; in `map` one line for each node.
struct Mappings {
  Named<Config> dir;
  Named<Config> pci;
  Named<Config> usb;
};

/// The files of SDN that take effect when they are applied.
struct SdnConfig {
  Named<Config> zones;
  Named<Config> vnets;
  Named<Config> subnets;  ///< by "ZONE-ADDRESS-LENGTH", with `vnet`; in `dhcp-range` one line for each range
  Named<Config> controllers;

  bool operator==(const SdnConfig&) const = default;
};

struct Sdn {
  SdnConfig staged;
  SdnConfig running;
  bool reloaded = true;  ///< the nodes have loaded what runs
  Named<Config> ipams = {{"pve", {{"type", "pve"}}}};
  Named<Config> dns;
  Named<Config> addresses;  ///< those that PVE's IPAM gave, by IP: zone, vnet, subnet, mac, gateway
  std::string lock;         ///< the token of the caller that locked SDN; empty: not locked
};

/// The cluster's accounts at certificate authorities, and how it answers their challenges.
struct Acme {
  Named<Config> accounts;  ///< contact, directory, tos, location, created
  Named<Config> plugins = {{"standalone", {{"type", "standalone"}}}};
};

}  // namespace simulator
