// Names that end in .local, by multicast DNS (RFC 6762): the machine that has the name answers for itself.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "net/lookup/addresses.h"

namespace net {

/// Where the question goes; for tests another place.
struct MdnsGroup {
  std::string address = "224.0.0.251";  ///< IPv4
  std::uint16_t port = 5353;
};

/// Sends the question on each interface that can, once a second, until an answer arrives or `limit` has
/// passed. An answer's addresses follow RFC 6762 section 6.7: they come to the port that asked. IPv6
/// addresses that hold for one link only are left out. The error says only why. Safe to call from several
/// threads at once.
Addresses mdns_lookup(const std::string& host, std::chrono::milliseconds limit, const MdnsGroup& group = {});

}  // namespace net
