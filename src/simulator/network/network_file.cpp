#include "simulator/network/network_file.h"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <set>

#include "base/ascii.h"
#include "base/text.h"
#include "simulator/core/call.h"

namespace simulator {
namespace {

/// Whether PVE takes the interface for a physical card by its name: "eno1", "enp3s0", "eth0", "nic1".
bool physical(std::string_view name) {
  if (name.find_first_of(":.") != std::string_view::npos) return false;
  if (name.starts_with("en") || name.starts_with("ib")) return name.size() > 2;
  for (const std::string_view prefix : {"eth", "nic", "if"}) {
    if (name.starts_with(prefix)) return base::is_digits(name.substr(prefix.size()));
  }
  return false;
}

/// The type that PVE reads back. PVE derives it from the name if the file does not have it.
std::string type_after_reading(std::string_view iface, std::string_view written) {
  if (written == "bond") {
    return iface.starts_with("bond") && base::is_digits(iface.substr(4)) ? "bond" : "unknown";
  }
  if (written == "eth" && !physical(iface)) return "unknown";
  return std::string(written);
}

void fold_address(Config& section, std::string_view suffix, std::string_view widest) {
  const auto address = fmt::format("address{}", suffix);
  const auto netmask = fmt::format("netmask{}", suffix);
  const auto cidr = fmt::format("cidr{}", suffix);
  if (!has(section, address) && has(section, cidr)) section[address] = section[cidr];
  section.erase(cidr);
  auto value = std::string(get(section, address));
  if (value.empty()) {
    section.erase(address);
    return;
  }
  const auto slash = value.find('/');
  std::string bits;
  if (slash != std::string::npos) {
    bits = value.substr(slash + 1);
    value.resize(slash);
  } else {
    const auto mask = get(section, netmask);
    bits = base::is_digits(mask)  ? std::string(mask)
           : mask_bits(mask) >= 0 ? std::to_string(mask_bits(mask))
                                  : "";
  }
  section[address] = value;
  if (!bits.empty()) section[netmask] = bits;
  section[cidr] = fmt::format("{}/{}", value, bits.empty() ? std::string(widest) : bits);
}

void drop_family(Config& section, std::string_view suffix) {
  for (const std::string_view key : {"address", "netmask", "gateway", "cidr"}) {
    if (const auto found = section.find(fmt::format("{}{}", key, suffix)); found != section.end()) {
      section.erase(found);
    }
  }
  section[fmt::format("method{}", suffix)] = "manual";
}

void settle_families(Config& section) {
  const bool four = has(section, "address");
  const bool six = has(section, "address6");
  section.try_emplace("families", six && !four ? "inet6" : six ? "inet inet6" : "inet");
  section.try_emplace("method", four ? "static" : "manual");
  section.try_emplace("method6", six ? "static" : "manual");
  const auto names = split_list(section["families"]);
  if (std::ranges::find(names, "inet") == names.end()) drop_family(section, "");
  if (std::ranges::find(names, "inet6") == names.end()) drop_family(section, "6");
}

std::string sorted_ports(std::string_view value) {
  auto ports = split_list(value);
  std::erase(ports, "none");
  std::ranges::sort(ports);
  return fmt::format("{}", fmt::join(ports, " "));
}

void settle_type(Config& section) {
  const auto type = section["type"];
  if (type == "bridge") {
    section["bridge_ports"] = sorted_ports(section["bridge_ports"]);
    section.try_emplace("bridge_stp", "off");
    section.try_emplace("bridge_fd", "0");
    // PVE writes the line if the option exists, even if it is 0.
    if (has(section, "bridge_vlan_aware")) {
      section["bridge_vlan_aware"] = "1";
      section.try_emplace("bridge_vids", "2-4094");
      section["bridge_vids"] = fmt::format("{}", fmt::join(split_list(section["bridge_vids"]), " "));
    } else {
      section.erase("bridge_vids");
    }
  } else if (type == "bond") {
    section["slaves"] = sorted_ports(section["slaves"]);
    section.try_emplace("bond_miimon", "100");
    section.try_emplace("bond_mode", "balance-rr");
    const auto mode = section["bond_mode"];
    if (mode != "balance-xor" && mode != "802.3ad") section.erase("bond_xmit_hash_policy");
    if (mode != "active-backup") section.erase("bond-primary");
  }
}

void settle_vlan(std::string_view iface, Config& section) {
  const auto dot = iface.rfind('.');
  if (dot != std::string_view::npos && base::is_digits(iface.substr(dot + 1))) {
    section["type"] = "vlan";
    section["vlan-raw-device"] = iface.substr(0, dot);
    section["vlan-id"] = iface.substr(dot + 1);
  } else if (section["type"] == "vlan" && iface.starts_with("vlan") && base::is_digits(iface.substr(4))) {
    section["vlan-id"] = iface.substr(4);
  }
}

std::vector<std::string> ports_of(const Config& section) {
  std::vector<std::string> ports;
  for (const std::string_view key : {"bridge_ports", "ovs_ports", "slaves", "ovs_bonds"}) {
    for (auto& port : split_list(get(section, key))) ports.push_back(std::move(port));
  }
  std::erase(ports, "none");
  return ports;
}

using Checked = std::expected<void, std::string>;

Checked refuse_file(std::string text) { return std::unexpected(std::move(text)); }

const Config* find(const Named<Config>& sections, std::string_view iface) {
  const auto found = sections.find(iface);
  return found == sections.end() ? nullptr : &found->second;
}

Checked check_mtu(const Named<Config>& sections, std::string_view parent, std::string_view child) {
  const auto* below = find(sections, child);
  const auto* above = find(sections, parent);
  // If a VLAN device has no section, that of its card counts.
  if (above == nullptr) above = find(sections, parent.substr(0, parent.rfind('.')));
  if (below == nullptr || !has(*below, "mtu")) return {};
  const auto wanted = get_number(*below, "mtu");
  const bool bond = above != nullptr && get(*above, "type") == "bond";
  const auto present = above == nullptr ? 1500 : get_number(*above, "mtu", bond ? wanted : 1500);
  if (present >= wanted) return {};
  return refuse_file(
      fmt::format("interface '{}' - mtu {} is lower than '{}' - mtu {}", parent, present, child, wanted));
}

Checked check_bond(const Named<Config>& sections, std::string_view iface, const Config& section) {
  const auto slaves = split_list(get(section, "slaves"));
  for (const auto& slave : slaves) {
    const auto* port = find(sections, slave);
    const auto type = port == nullptr ? std::string_view{} : get(*port, "type");
    if (type != "eth" && type != "bond") {
      return refuse_file(fmt::format("bond '{}' - wrong interface type on slave '{}' ('{}' != 'eth or bond')",
                                     iface, slave, type));
    }
    if (auto checked = check_mtu(sections, iface, slave); !checked) return checked;
  }
  const auto primary = get(section, "bond-primary");
  if (!primary.empty() && std::ranges::find(slaves, primary) == slaves.end()) {
    return refuse_file(fmt::format("bond '{}' - bond-primary interface is not a slave", iface));
  }
  return {};
}

Checked check_vlan(const Named<Config>& sections, std::string_view iface, const Config& section) {
  const auto parent = get(section, "vlan-raw-device");
  if (parent.empty()) return refuse_file("missing vlan-raw-device option");
  if (get(section, "vlan-id").empty()) return refuse_file("missing vlan-id option");
  if (get_number(section, "vlan-id") > 4094) {
    return refuse_file(
        fmt::format("vlan '{}' - vlan-id {} should be <= 4094", iface, get(section, "vlan-id")));
  }
  const auto* below = find(sections, parent);
  if (below == nullptr) {
    return refuse_file(fmt::format("vlan '{}' - unable to find parent '{}'", iface, parent));
  }
  const auto type = get(*below, "type");
  if (type != "eth" && type != "bridge" && type != "bond" && type != "vlan") {
    return refuse_file(
        fmt::format("vlan '{}' - wrong interface type on parent '{}' ('{}' != 'eth|bond|bridge|vlan' )",
                    iface, parent, type));
  }
  return check_mtu(sections, parent, iface);
}

Checked check_bridge(const Named<Config>& sections, std::string_view iface, const Config& section) {
  for (const auto& port : split_list(get(section, "bridge_ports"))) {
    const auto* below = find(sections, port);
    if (below == nullptr && port.find('.') == std::string::npos) {
      return refuse_file(fmt::format("bridge '{}' - unable to find bridge port '{}'", iface, port));
    }
    if (below != nullptr && (get(*below, "method") == "static" || get(*below, "method6") == "static")) {
      return refuse_file(
          fmt::format("iface {} - ip address can't be set on interface if bridged in {}", port, iface));
    }
    if (auto checked = check_mtu(sections, port, iface); !checked) return checked;
  }
  return {};
}

unsigned rank(std::string_view type) {
  constexpr auto kOrder =
      std::to_array<std::string_view>({"loopback", "eth", "OVSIntPort", "bond", "bridge", "vlan"});
  const auto found = std::ranges::find(kOrder, type);
  return static_cast<unsigned>(found - kOrder.begin());
}

}  // namespace

Config settled(std::string_view iface, Config section) {
  if (get(section, "type").empty()) section["type"] = physical(iface) ? "eth" : "unknown";
  fold_address(section, "", "32");
  fold_address(section, "6", "128");
  settle_families(section);
  settle_vlan(iface, section);
  settle_type(section);
  section["type"] = type_after_reading(iface, section["type"]);
  for (const std::string_view key : {"active", "exists", "priority", "iface", "comments6"}) {
    if (const auto found = section.find(key); found != section.end()) section.erase(found);
  }
  auto& comments = section["comments"];
  if (!comments.empty() && !comments.ends_with('\n')) comments += '\n';
  // PVE does not write an empty or zero option, so it is lost.
  std::erase_if(section, [](const auto& line) {
    return (line.second.empty() && line.first != "bridge_ports" && line.first != "slaves") ||
           (line.second == "0" && line.first != "bridge_fd");
  });
  return section;
}

Named<Config> settled(const Named<Config>& sections) {
  Named<Config> out;
  for (const auto& [iface, section] : sections) {
    if (iface != "lo") out.emplace(iface, settled(iface, section));
  }
  // PVE sets autostart on the cards of a bond.
  for (const auto& [iface, section] : sections) {
    for (const auto& slave : split_list(get(section, "slaves"))) {
      if (const auto found = out.find(slave); found != out.end()) found->second["autostart"] = "1";
    }
  }
  return out;
}

Checked check_file(const Named<Config>& sections) {
  Named<std::string> used;
  for (const auto& [iface, section] : sections) {
    for (const auto& port : ports_of(section)) {
      const auto [other, fresh] = used.emplace(port, iface);
      if (fresh || other->second == iface) continue;
      return refuse_file(fmt::format("port '{}' is already used on interface '{}'", port, other->second));
    }
  }
  for (const auto& [iface, section] : sections) {
    const auto type = get(section, "type");
    auto checked = type == "bond"     ? check_bond(sections, iface, section)
                   : type == "vlan"   ? check_vlan(sections, iface, section)
                   : type == "bridge" ? check_bridge(sections, iface, section)
                                      : Checked{};
    if (!checked) return checked;
  }
  return {};
}

std::vector<std::string> file_order(const Named<Config>& sections) {
  std::vector<std::string> names;
  for (const auto& [iface, section] : sections) names.push_back(iface);
  std::ranges::sort(names, {}, [&](const std::string& name) {
    return std::pair(rank(get(sections.find(name)->second, "type")), std::string_view(name));
  });
  return names;
}

bool is_ipv4(std::string_view text) {
  in_addr address{};
  return inet_pton(AF_INET, std::string(text).c_str(), &address) == 1;
}

bool is_ipv6(std::string_view text) {
  in6_addr address{};
  return inet_pton(AF_INET6, std::string(text).c_str(), &address) == 1;
}

int mask_bits(std::string_view mask) {
  in_addr address{};
  if (inet_pton(AF_INET, std::string(mask).c_str(), &address) != 1) return -1;
  const auto bits = ntohl(address.s_addr);
  const auto ones = std::countl_one(bits);
  return std::popcount(bits) == ones ? ones : -1;
}

}  // namespace simulator
