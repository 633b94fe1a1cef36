// The network interfaces of a node. PVE stages changes; a call applies them by a task or reverts them.
#include <fmt/format.h>

#include <algorithm>

#include "base/ascii.h"
#include "simulator/core/permission.h"
#include "simulator/core/routes.h"
#include "simulator/core/tasks.h"
#include "simulator/network/network_file.h"

namespace simulator {
namespace {

Named<Config> present(const Network& network) {
  return settled(network.changed ? network.staged : network.active);
}

base::JsonObject interface_json(const Named<Config>& sections, const Network& network,
                                std::string_view iface) {
  const auto& section = sections.find(iface)->second;
  auto row = to_json(section, {"autostart", "bridge_vlan_aware"});
  base::JsonArray families;
  for (const auto& family : split_list(get(section, "families", "inet"))) families.emplace_back(family);
  row["families"] = std::move(families);
  const auto order = file_order(sections);
  // The loopback device comes first, with priority 2.
  row["priority"] = std::ranges::find(order, iface) - order.begin() + 3;
  if (network.active.contains(iface)) row["active"] = 1;
  if (get(section, "type") == "eth") row["exists"] = 1;
  return row;
}

bool has_type(const Config& section, std::string_view wanted) {
  const auto type = get(section, "type");
  if (wanted.empty() || wanted == "include_sdn") return true;
  const bool bridge = type == "bridge" || type == "OVSBridge";
  return type == wanted || (bridge && (wanted == "any_bridge" || wanted == "any_local_bridge"));
}

bool visible(const Call& call, std::string_view iface, const Config& section) {
  const auto type = get(section, "type");
  if (type != "bridge" && type != "OVSBridge") return true;
  return may_any(call, fmt::format("/sdn/zones/localnetwork/{}", iface), {"SDN.Audit", "SDN.Use"});
}

Answer list(Call& call) {
  const auto& network = call.state.networks[call.node()];
  const auto sections = present(network);
  base::JsonArray rows;
  for (const auto& iface : file_order(sections)) {
    const auto& section = sections.find(iface)->second;
    if (!has_type(section, call.parameters.text("type")) || !visible(call, iface, section)) continue;
    auto row = interface_json(sections, network, iface);
    row["iface"] = iface;
    rows.emplace_back(std::move(row));
  }
  auto answer = Answer::of(std::move(rows));
  if (network.changed) {
    const auto changes = file_diff(file_text(settled(network.active)), file_text(sections), call.state.now());
    if (!changes.empty()) answer.extra["changes"] = changes;
  }
  return answer;
}

Answer read(Call& call) {
  const auto& network = call.state.networks[call.node()];
  const auto sections = present(network);
  const auto iface = call.parameters.text("iface");
  if (!sections.contains(iface)) return Answer::bad("iface", "interface does not exist");
  return Answer::of(interface_json(sections, network, iface));
}

bool is_interface_name(std::string_view name) {
  const auto end = std::ranges::find_if_not(name, [](char c) { return base::is_alnum(c) || c == '_'; });
  const auto size = end - name.begin();
  if (name.empty() || !base::is_letter(name.front()) || size < 2 || size > 21) return false;
  if (end == name.end()) return true;
  const std::string_view rest(end, name.end());
  return (rest.front() == ':' || rest.front() == '.') && base::is_digits(rest.substr(1));
}

bool is_cidr(std::string_view text, bool six) {
  const auto slash = text.find('/');
  if (slash == std::string_view::npos) return false;
  const Config bits{{"n", std::string(text.substr(slash + 1))}};
  const auto length = get_number(bits, "n", -1);
  if (length <= 7 || length > (six ? 128 : 32)) return false;
  return six ? is_ipv6(text.substr(0, slash)) : is_ipv4(text.substr(0, slash));
}

struct Format {
  std::string_view name;
  bool (*holds)(std::string_view);
  std::string_view error;
};

constexpr Format kFormats[] = {
    {"address", is_ipv4, "value does not look like a valid IPv4 address"},
    {"gateway", is_ipv4, "value does not look like a valid IPv4 address"},
    {"address6", is_ipv6, "value does not look like a valid IPv6 address"},
    {"gateway6", is_ipv6, "value does not look like a valid IPv6 address"},
    {"netmask", [](std::string_view text) { return mask_bits(text) >= 0; },
     "value does not look like a valid IP netmask"},
    {"cidr", [](std::string_view text) { return is_cidr(text, false); },
     "value does not look like a valid IPv4 CIDR network"},
    {"cidr6", [](std::string_view text) { return is_cidr(text, true); },
     "value does not look like a valid IPv6 CIDR network"},
};

/// Checks more than the type of the values: formats, names, and parameters that need each other.
std::optional<Answer> bad_values(const Parameters& parameters) {
  Answer bad = Answer::bad("", "");
  bad.errors.clear();
  const auto add = [&](std::string_view key, std::string_view text) {
    bad.errors[key] = fmt::format("invalid format - {}\n", text);
  };
  for (const auto& format : kFormats) {
    if (parameters.has(format.name) && !format.holds(parameters.text(format.name)))
      add(format.name, format.error);
  }
  for (const std::string_view key :
       {"iface", "bridge_ports", "slaves", "ovs_bridge", "vlan-raw-device", "bond-primary"}) {
    for (const auto& name : parameters.list(key)) {
      if (!is_interface_name(name)) add(key, fmt::format("invalid network interface name '{}'", name));
    }
  }
  for (const auto& [key, other] : {std::pair("address", "netmask"), std::pair("netmask", "address"),
                                   std::pair("address6", "netmask6"), std::pair("netmask6", "address6")}) {
    if (parameters.has(key) && !parameters.has(other)) {
      bad.errors[other] = fmt::format("missing property - '{}' requires this property", key);
    }
  }
  if (bad.errors.empty()) return std::nullopt;
  return bad;
}

std::optional<Answer> duplicates(const Named<Config>& sections, std::string_view iface,
                                 const Parameters& parameters) {
  for (const auto& [other, section] : sections) {
    if (other == iface) continue;
    for (const auto& [key, name] :
         {std::pair("gateway", "Default gateway"), std::pair("gateway6", "Default ipv6 gateway")}) {
      if (!parameters.text(key).empty() && has(section, key)) {
        return Answer::bad(key, fmt::format("{} already exists on interface '{}'.", name, other));
      }
    }
    for (const std::string_view key : {"bridge_ports", "ovs_ports", "slaves", "ovs_bonds"}) {
      for (const auto& port : parameters.list(key)) {
        for (const std::string_view theirs : {"bridge_ports", "ovs_ports", "slaves", "ovs_bonds"}) {
          const auto used = split_list(get(section, theirs));
          if (std::ranges::find(used, port) == used.end()) continue;
          return Answer::bad(key, fmt::format("{} is already used on interface '{}'.", port, other));
        }
      }
    }
  }
  return std::nullopt;
}

/// The call's parameters, with cidr and cidr6 as address and netmask.
std::expected<Config, Answer> request_of(const Parameters& parameters) {
  Config request;
  for (const auto& [key, values] : parameters.all()) {
    if (key == "node" || key == "iface" || key == "delete") continue;
    request[key] = parameters.text(key);
  }
  for (const std::string_view suffix : {"", "6"}) {
    const auto cidr = fmt::format("cidr{}", suffix);
    if (!has(request, cidr)) continue;
    for (const std::string_view key : {"address", "netmask"}) {
      const auto clash = fmt::format("{}{}", key, suffix);
      if (has(request, clash)) {
        return std::unexpected(Answer::bad(clash, fmt::format("{} conflicts with {}", clash, cidr)));
      }
    }
    const auto slash = request[cidr].find('/');
    request[fmt::format("address{}", suffix)] = request[cidr].substr(0, slash);
    request[fmt::format("netmask{}", suffix)] = request[cidr].substr(slash + 1);
    request.erase(cidr);
  }
  const auto address6 = get(request, "address6");
  if (address6 == "::" || address6 == "::1" || address6.starts_with("ff")) {
    const std::string_view kind = address6 == "::"    ? "UNSPECIFIED"
                                  : address6 == "::1" ? "LOOPBACK"
                                                      : "MULTICAST";
    return std::unexpected(Answer::bad(
        "address", fmt::format("{} with type '{}', cannot be used as host IPv6 address.", address6, kind)));
  }
  return request;
}

/// PVE takes method and families from the request alone, whatever the section said before.
void recompute(Config& request) {
  const bool four = !get(request, "address").empty();
  const bool six = !get(request, "address6").empty();
  request["families"] = six && four ? "inet inet6" : six ? "inet6" : "inet";
  request["method"] = four ? "static" : "manual";
  request["method6"] = six ? "static" : "manual";
}

Answer stage(Network& network, const Named<Config>& sections) {
  auto file = settled(sections);
  if (const auto checked = check_file(file); !checked) return Answer::fail(checked.error());
  network.staged = std::move(file);
  network.changed = true;
  return Answer::of();
}

Answer create(Call& call) {
  if (auto refusal = bad_values(call.parameters)) return std::move(*refusal);
  auto& network = call.state.networks[call.node()];
  auto sections = present(network);
  const auto iface = call.parameters.text("iface");
  if (sections.contains(iface)) return Answer::bad("iface", "interface already exists");
  if (auto refusal = duplicates(sections, iface, call.parameters)) return std::move(*refusal);
  auto request = request_of(call.parameters);
  if (!request) return std::move(request.error());
  recompute(*request);
  if (get(*request, "type").starts_with("OVS")) {
    return Answer::fail("Open VSwitch is not installed (need package 'openvswitch-switch')");
  }
  sections[iface] = std::move(*request);
  return stage(network, sections);
}

void delete_keys(Config& section, const std::vector<std::string>& keys) {
  for (const auto& key : keys) {
    section.erase(key);
    if (key != "cidr" && key != "cidr6") continue;
    const std::string_view suffix = key == "cidr6" ? "6" : "";
    section.erase(fmt::format("netmask{}", suffix));
    section.erase(fmt::format("address{}", suffix));
  }
}

Answer update(Call& call) {
  if (auto refusal = bad_values(call.parameters)) return std::move(*refusal);
  auto& network = call.state.networks[call.node()];
  auto sections = present(network);
  const auto iface = call.parameters.text("iface");
  if (!sections.contains(iface)) return Answer::bad("iface", "interface does not exist");
  auto request = request_of(call.parameters);
  if (!request) return std::move(request.error());
  if (auto refusal = duplicates(sections, iface, call.parameters)) return std::move(*refusal);
  auto& section = sections[iface];
  delete_keys(section, call.parameters.list("delete"));
  recompute(*request);
  for (auto& [key, value] : *request) section[key] = std::move(value);
  // The request's address replaces the file's `cidr`.
  if (has(*request, "address")) section.erase("cidr");
  if (has(*request, "address6")) section.erase("cidr6");
  return stage(network, sections);
}

Answer remove(Call& call) {
  auto& network = call.state.networks[call.node()];
  auto sections = present(network);
  const auto found = sections.find(call.parameters.text("iface"));
  if (found == sections.end()) return Answer::bad("iface", "interface does not exist");
  sections.erase(found);
  return stage(network, sections);
}

/// PVE replaces the file before it reloads the interfaces, so changes that a call stages during the reload
/// stay staged. The reload logs nothing.
Answer apply(Call& call) {
  auto& network = call.state.networks[call.node()];
  if (network.changed) network.active = std::move(network.staged);
  network.staged.clear();
  network.changed = false;
  return run_task(call, "srvreload", "networking", std::chrono::milliseconds(600), nullptr);
}

Answer revert(Call& call) {
  auto& network = call.state.networks[call.node()];
  network.staged.clear();
  network.changed = false;
  return Answer::of();
}

using enum base::Method;
constexpr Route kNetworkRoutes[] = {
    {Get, "/nodes/{node}/network", list},
    {Post, "/nodes/{node}/network", create},
    {Put, "/nodes/{node}/network", apply},
    {Delete, "/nodes/{node}/network", revert},
    {Get, "/nodes/{node}/network/{iface}", read},
    {Put, "/nodes/{node}/network/{iface}", update},
    {Delete, "/nodes/{node}/network/{iface}", remove},
};

}  // namespace

std::span<const Route> network_routes() { return kNetworkRoutes; }

}  // namespace simulator
