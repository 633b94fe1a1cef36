// Network addresses of guests: from their configuration and as the guests report them.
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"

namespace insight {

struct Address {
  std::string card;  ///< "net0", or the interface's name in the guest
  std::string text;  ///< MAC address in capitals, or IP address without its prefix
  bool mac = false;
};

/// Returns the MAC addresses and fixed IP addresses of netN and ipconfigN.
std::vector<Address> addresses_in(const base::JsonObject& config);
/// Returns the addresses that the guest agent reports, or PVE for a container, without loopback and
/// link-local addresses.
std::vector<Address> addresses_reported(const base::Json& data);
/// Returns whether the configuration enables the guest agent.
bool has_agent(const base::JsonObject& config);

/// An address to search for: complete, a part of one, or a network that contains it.
struct Wanted {
  enum class Kind { Mac, Ip } kind = Kind::Ip;
  std::string text;             ///< the address; for a network its base address
  bool whole = true;            ///< false: the beginning of a MAC address, or a part of an IP address
  std::optional<int> prefix{};  ///< the prefix length of a network, in bits

  /// Returns the first of `addresses` that matches; nullptr if none does.
  const Address* first(const std::vector<Address>& addresses) const;
  /// Returns true if several guests may match.
  bool several() const { return !whole || prefix.has_value(); }
};

/// Parses a MAC address ("bc:24:11", "BC-24-11-00-00-64"), an IP address ("192.0.2.7", "2001:db8::7"), a part
/// of one that begins and ends with whole numbers or is its beginning ("10.0.", "10.0.*", "2001:db8:"), or a
/// network ("10.0.0.0/8"). Returns nullopt for other text. The error is a clause about an invalid network.
std::expected<std::optional<Wanted>, std::string> wanted_address(std::string_view query);

}  // namespace insight
