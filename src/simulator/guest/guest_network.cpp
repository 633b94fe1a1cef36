#include "simulator/guest/guest_network.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/number.h"
#include "base/text.h"
#include "simulator/core/call.h"

namespace simulator {
namespace {

bool is_mac(std::string_view text) {
  return text.size() == 17 && std::ranges::count(text, ':') == 5 &&
         text.find_first_not_of("0123456789abcdefABCDEF:") == std::string_view::npos;
}

/// The MAC address in lower case: a VM has "virtio=MAC", a container "hwaddr=MAC".
std::string mac_of(const Config& net) {
  for (const auto& [key, value] : net) {
    if (is_mac(value)) return base::lower_ascii(value);
  }
  return {};
}

/// The link-local address: the MAC address with its universal bit inverted, and ff:fe in the middle.
std::string link_local(std::string_view mac) {
  const auto octet = [&](std::size_t i) {
    return base::parse_hex<unsigned>(mac.substr(i * 3, 2)).value_or(0);
  };
  return fmt::format("fe80::{:x}:{:x}:{:x}:{:x}/64", ((octet(0) ^ 2U) << 8U) | octet(1),
                     (octet(2) << 8U) | 0xffU, 0xfe00U | octet(3), (octet(4) << 8U) | octet(5));
}

/// The address by DHCP. On the first card of guests 100 to 254 it ends with the VMID.
std::string lease(unsigned vmid, unsigned index) {
  if (index == 0 && vmid >= 100 && vmid <= 254) return fmt::format("192.0.2.{}/24", vmid);
  return fmt::format("10.{}.{}.{}/8", index * 16 + (vmid >> 16U) % 16, (vmid >> 8U) % 256, vmid % 256);
}

bool is_windows(const Guest& guest) { return get(guest.config, "ostype").starts_with("w"); }

std::string name_of(const Guest& guest, const Config& net, unsigned index) {
  if (guest.type == GuestType::Lxc) return std::string(get(net, "name"));
  if (!is_windows(guest)) return fmt::format("ens{}", 18 + index);
  return index == 0 ? "Ethernet" : fmt::format("Ethernet {}", index + 1);
}

/// The configured address, or "dhcp". A container has it in the network line; a VM has it from cloud-init,
/// and uses DHCP without it.
std::string wanted_address(const Guest& guest, const Config& net, unsigned index) {
  if (guest.type == GuestType::Lxc) return std::string(get(net, "ip"));
  const auto line = get(guest.config, fmt::format("ipconfig{}", index));
  return get(parse_properties(line), "ip", "dhcp");
}

GuestNic nic_of(const Guest& guest, unsigned index, std::string_view line) {
  const auto net = parse_properties(line);
  GuestNic nic{index, name_of(guest, net, index), mac_of(net), {}, {}};
  if (get(net, "link_down") == "1" || nic.mac.empty()) return nic;
  const auto wanted = wanted_address(guest, net, index);
  if (wanted == "dhcp") nic.ipv4 = lease(guest.vmid, index);
  if (wanted.find('/') != std::string::npos) nic.ipv4 = wanted;
  nic.ipv6 = link_local(nic.mac);
  return nic;
}

}  // namespace

std::vector<GuestNic> nics_of(const Guest& guest) {
  std::vector<GuestNic> nics;
  for (unsigned index = 0; index < 32; ++index) {
    const auto line = get(guest.config, fmt::format("net{}", index));
    if (!line.empty()) nics.push_back(nic_of(guest, index, line));
  }
  return nics;
}

std::pair<std::string, unsigned> split_prefix(const std::string& cidr) {
  const auto slash = cidr.find('/');
  auto length = slash == std::string::npos ? std::string_view{} : std::string_view(cidr).substr(slash + 1);
  return {cidr.substr(0, slash), base::take_number<unsigned>(length).value_or(0)};
}

}  // namespace simulator
