// What PVE generates for cloud-init, and which settings still wait for its drive.
#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "simulator/core/routes.h"
#include "simulator/core/store.h"
#include "simulator/guest/guest.h"
#include "simulator/guest/guest_disk.h"

namespace simulator {
namespace {

using base::JsonArray;
using base::JsonObject;

bool is_setting(std::string_view key) {
  return key.starts_with("ipconfig") ||
         holds_word("cicustom cipassword citype ciupgrade ciuser nameserver searchdomain sshkeys", key);
}

bool has_drive(const Guest& guest) {
  return std::ranges::any_of(disks_of(guest.type, guest.config), [](const KeyedDisk& disk) {
    return disk.disk.volid.find("cloudinit") != std::string::npos;
  });
}

std::string shown(std::string_view key, std::string_view value) {
  return key == "cipassword" ? "**********" : std::string(value);
}

Answer settings(Call& call) {
  const auto found = find_guest(call);
  if (!found) return found.error();
  const auto& guest = **found;
  std::set<std::string> keys;
  for (const auto* const config : {&guest.config, &guest.pending}) {
    for (const auto& [key, value] : *config) {
      if (is_setting(key)) keys.insert(key);
    }
  }
  JsonArray rows;
  for (const auto& key : keys) {
    JsonObject row{{"key", key}};
    if (has(guest.config, key)) row["value"] = shown(key, get(guest.config, key));
    if (has(guest.pending, key)) row["pending"] = shown(key, get(guest.pending, key));
    const auto& removed = guest.pending_delete;
    if (std::ranges::find(removed, key) != removed.end()) row["delete"] = 1;
    rows.push_back(std::move(row));
  }
  return Answer::of(std::move(rows));
}

/// Writes the drive anew, so that nothing waits for it any more.
Answer regenerate(Call& call) {
  const auto found = find_guest(call);
  if (!found) return found.error();
  auto& guest = **found;
  if (!has_drive(guest)) return Answer::of();
  for (auto change = guest.pending.begin(); change != guest.pending.end();) {
    if (!is_setting(change->first)) {
      ++change;
      continue;
    }
    guest.config[change->first] = change->second;
    change = guest.pending.erase(change);
  }
  for (const auto& key : guest.pending_delete) {
    if (is_setting(key)) guest.config.erase(key);
  }
  std::erase_if(guest.pending_delete, is_setting);
  return Answer::of();
}

/// The configuration with what waits.
Config intended(const Guest& guest) {
  auto config = guest.config;
  for (const auto& [key, value] : guest.pending) config[key] = value;
  for (const auto& key : guest.pending_delete) config.erase(key);
  return config;
}

std::string decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%' || i + 2 >= text.size()) {
      out += text[i];
      continue;
    }
    const auto digit = [](char c) { return c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10; };
    out += static_cast<char>(digit(text[i + 1]) * 16 + digit(text[i + 2]));
    i += 2;
  }
  return out;
}

std::string search_domain(const State& state, const Guest& guest, const Config& config) {
  if (has(config, "searchdomain")) return std::string(get(config, "searchdomain"));
  return std::string(get(state.nodes.find(guest.node)->second.dns, "search"));
}

std::string user_data(const Guest& guest, const Config& config) {
  const auto name = guest.shown_name();
  auto text = fmt::format("#cloud-config\nhostname: {}\nmanage_etc_hosts: true\nfqdn: {}", name, name);
  if (has(config, "searchdomain")) text += fmt::format(".{}", get(config, "searchdomain"));
  text += '\n';
  if (has(config, "ciuser")) text += fmt::format("user: {}\n", get(config, "ciuser"));
  if (has(config, "cipassword")) {
    text += fmt::format("password: $5${}\n", digest_of(std::string(get(config, "cipassword"))));
  }
  if (has(config, "sshkeys")) {
    text += "ssh_authorized_keys:\n";
    const auto keys = decoded(get(config, "sshkeys"));
    for (const auto key : base::split(keys, '\n')) {
      if (!key.empty()) text += fmt::format("  - {}\n", key);
    }
  }
  text += "chpasswd:\n  expire: False\nusers:\n  - default\n";
  if (get(config, "ciupgrade", "1") != "0") text += "package_upgrade: true\n";
  return text;
}

/// One address of an "ipconfigN" value, IPv4 or IPv6.
std::string subnet(const Config& address, std::string_view ip, std::string_view gateway, char version) {
  const auto value = get(address, ip);
  if (value.empty()) return {};
  if (value == "dhcp" || value == "auto") return fmt::format("      - type: dhcp{}\n", version);
  const auto bare = value.substr(0, value.find('/'));
  auto text = fmt::format("      - type: static{}\n        address: '{}'\n", version == '6' ? "6" : "", bare);
  if (version == '4') text += fmt::format("        netmask: '{}'\n", "255.255.255.0");
  if (has(address, gateway)) text += fmt::format("        gateway: '{}'\n", get(address, gateway));
  return text;
}

std::string network_data(const State& state, const Guest& guest, const Config& config) {
  std::string text = "version: 1\nconfig:\n";
  unsigned number = 0;
  for (const auto& [key, value] : config) {
    if (!key.starts_with("net") || key.size() < 4 || !has(config, "ipconfig" + key.substr(3))) continue;
    std::string mac;
    for (const auto& [name, part] : parse_properties(value)) {
      if (part.size() == 17 && part.find(':') == 2) mac = base::lower_ascii(part);
    }
    text += fmt::format("    - type: physical\n      name: eth{}\n      mac_address: '{}'\n      subnets:\n",
                        number++, mac);
    const auto address = parse_properties(get(config, "ipconfig" + key.substr(3)));
    text += subnet(address, "ip", "gw", '4') + subnet(address, "ip6", "gw6", '6');
  }
  text += "    - type: nameserver\n      address:\n";
  auto servers = split_list(get(config, "nameserver"));
  if (servers.empty()) servers.emplace_back(get(state.nodes.find(guest.node)->second.dns, "dns1"));
  for (const auto& server : servers) text += fmt::format("      - '{}'\n", server);
  return text + fmt::format("      search:\n      - '{}'\n", search_domain(state, guest, config));
}

Answer dump(Call& call) {
  const auto found = find_guest(call);
  if (!found) return found.error();
  const auto& guest = **found;
  const auto config = intended(guest);
  const auto type = call.parameters.text("type");
  const auto user = user_data(guest, config);
  const auto network = network_data(call.state, guest, config);
  if (type == "user") return Answer::of(base::Json(user));
  if (type == "network") return Answer::of(base::Json(network));
  return Answer::of(base::Json(fmt::format("instance-id: {}\n", digest_of(user + network))));
}

using enum base::Method;
constexpr Route kCloudinitRoutes[] = {
    {Get, "/nodes/{node}/qemu/{vmid}/cloudinit", settings},
    {Put, "/nodes/{node}/qemu/{vmid}/cloudinit", regenerate},
    {Get, "/nodes/{node}/qemu/{vmid}/cloudinit/dump", dump},
};

}  // namespace

std::span<const Route> cloudinit_routes() { return kCloudinitRoutes; }

}  // namespace simulator
