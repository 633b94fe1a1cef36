// Network addresses of guests: as their configuration has them and as they report them.
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"

namespace insight {

struct Address {
  std::string card;  ///< "net0", or the guest's own name of it
  std::string text;  ///< MAC address in capitals, or IP address without its prefix
  bool mac = false;
};

/// MAC addresses and fixed IP addresses of netN and ipconfigN.
std::vector<Address> addresses_in(const base::JsonObject& config);
/// What the guest agent, or PVE for a container, answers. Without loopback and link-local addresses.
std::vector<Address> addresses_reported(const base::Json& data);
/// Whether the agent is switched on in the configuration.
bool has_agent(const base::JsonObject& config);

/// An address that is looked for: whole, a part of it, or a network that it is in.
struct Wanted {
  enum class Kind { Mac, Ip } kind = Kind::Ip;
  std::string text;             ///< of a network its address
  bool whole = true;            ///< else the beginning of a MAC address, or part of an IP address
  std::optional<int> prefix{};  ///< of a network, in bits

  /// The first of `addresses` that it is; nullptr where none.
  const Address* first(const std::vector<Address>& addresses) const;
  /// True when several guests may have such an address.
  bool several() const { return !whole || prefix.has_value(); }
};

/// What looks like a MAC address ("bc:24:11", "BC-24-11-00-00-64"), an IP address ("192.0.2.7",
/// "2001:db8::7"), a part of one that begins and ends with whole numbers or is its beginning ("10.0.",
/// "10.0.*", "2001:db8:"), or a network ("10.0.0.0/8"); nothing else does. The error is a clause about a
/// network that is none.
std::expected<std::optional<Wanted>, std::string> wanted_address(std::string_view query);

}  // namespace insight
