// SDN as a whole: applying and rolling back what is staged, its lock, and what the nodes run.
#include <fmt/format.h>

#include "simulator/core/permission.h"
#include "simulator/core/routes.h"
#include "simulator/core/tasks.h"
#include "simulator/network/sdn.h"

namespace simulator::sdn {
namespace {

using base::JsonArray;
using base::JsonObject;

/// Each node reloads its network by a task of its own.
TaskEnd reload_all(State& state, const std::string& user) {
  state.sdn.reloaded = true;
  for (const auto& [name, node] : state.nodes) {
    if (!state.online(name)) continue;
    TaskSpec reload;
    reload.node = name;
    reload.type = "srvreload";
    reload.id = "networking";
    reload.user = user;
    start_task(state, std::move(reload));
  }
  return {};
}

Answer apply(Call& call) {
  auto& state = call.state;
  if (auto no = locked(call, "could not commit SDN config: ")) return *no;
  state.sdn.running = state.sdn.staged;
  state.sdn.reloaded = false;
  if (call.parameters.flag("release-lock", true)) state.sdn.lock.clear();
  TaskSpec task;
  task.node = state.local_node;
  task.type = "reloadnetworkall";
  task.user = call.identity.full();
  task.duration = std::chrono::seconds(2);
  for (const auto& [name, node] : state.nodes) {
    if (state.online(name)) task.log.push_back(name + ": reloading network config");
  }
  task.work = [user = call.identity.full()](State& now) { return reload_all(now, user); };
  return Answer::of(base::Json(start_task(state, std::move(task))));
}

Answer roll_back(Call& call) {
  auto& sdn = call.state.sdn;
  if (auto no = locked(call, "could not rollback SDN config: ")) return *no;
  sdn.staged = sdn.running;
  if (call.parameters.flag("release-lock", true)) sdn.lock.clear();
  return Answer::of();
}

Answer acquire_lock(Call& call) {
  auto& state = call.state;
  constexpr std::string_view kFailed = "could not acquire lock for SDN config: ";
  if (auto no = locked(call, kFailed)) return *no;
  if (state.sdn.staged != state.sdn.running && !call.parameters.flag("allow-pending")) {
    return Answer::fail(std::string(kFailed) +
                        "configuration has pending changes at /usr/share/perl5/PVE/API2/Network/SDN.pm line "
                        "150.");
  }
  const auto digits = digest_of(fmt::format("{}{}", state.now_ms, state.random()));
  const std::string_view hex = digits;
  state.sdn.lock = fmt::format("{}-{}-{}-{}-{}", hex.substr(0, 8), hex.substr(8, 4), hex.substr(12, 4),
                               hex.substr(16, 4), hex.substr(20, 12));
  return Answer::of(base::Json(state.sdn.lock));
}

Answer release_lock(Call& call) {
  if (!call.parameters.flag("force")) {
    if (auto no = locked(call, "could not release lock: ")) return *no;
  }
  call.state.sdn.lock.clear();
  return Answer::of();
}

bool runs_on(const Config& zone, const std::string& node) {
  const auto nodes = split_list(get(zone, "nodes"));
  return nodes.empty() || std::ranges::find(nodes, node) != nodes.end();
}

std::string_view status_of(const Call& call) { return call.state.sdn.reloaded ? "available" : "pending"; }

Answer node_zones(Call& call) {
  JsonArray rows;
  for (const auto& [id, zone] : call.state.sdn.running.zones) {
    if (!runs_on(zone, call.node()) || !sees_zone(call, id)) continue;
    rows.push_back(JsonObject{{"zone", id}, {"status", status_of(call)}});
  }
  return Answer::of(std::move(rows));
}

Answer zone_content(Call& call) {
  JsonArray rows;
  for (const auto& [id, vnet] : call.state.sdn.running.vnets) {
    const auto zone = call.parameters.text("zone");
    if (get(vnet, "zone") != zone || !sees_zone(call, zone + "/" + id)) continue;
    JsonObject row{{"vnet", id}, {"status", status_of(call)}};
    if (!call.state.sdn.reloaded) {
      row["statusmsg"] = "local sdn network configuration is too old, please reload";
    }
    rows.push_back(std::move(row));
  }
  return Answer::of(std::move(rows));
}

/// The running guests' interfaces on the bridge.
JsonArray ports_of(const Call& call, const std::string& bridge) {
  JsonArray ports;
  for (const auto& [vmid, guest] : call.state.guests) {
    if (!guest.running || guest.node != call.node()) continue;
    for (unsigned i = 0; i < 32; ++i) {
      const auto key = fmt::format("net{}", i);
      if (get(parse_properties(get(guest.config, key)), "bridge") != bridge) continue;
      const bool vm = guest.type == GuestType::Qemu;
      ports.push_back(JsonObject{{"name", fmt::format("{}{}i{}", vm ? "tap" : "veth", vmid, i)},
                                 {"vmid", std::to_string(vmid)},
                                 {"index", key}});
    }
  }
  return ports;
}

/// Bridges of the node itself belong to the zone "localnetwork".
Answer zone_bridges(Call& call) {
  const auto zone = call.parameters.text("zone");
  auto& sdn = call.state.sdn;
  JsonArray rows;
  if (zone == "localnetwork") {
    for (const auto& [name, iface] : call.state.networks[call.node()].active) {
      if (get(iface, "type") != "bridge") continue;
      auto ports = ports_of(call, name);
      for (const auto& port : split_list(get(iface, "bridge_ports"))) {
        if (port != "none") ports.insert(ports.begin(), JsonObject{{"name", port}});
      }
      const int filters = get(iface, "bridge_vlan_aware") == "1" ? 1 : 0;
      rows.push_back(JsonObject{{"name", name}, {"ports", std::move(ports)}, {"vlan_filtering", filters}});
    }
    return Answer::of(std::move(rows));
  }
  if (!sdn.running.zones.contains(zone)) return Answer::bad("zone", "zone does not exist");
  for (const auto& [id, vnet] : sdn.running.vnets) {
    if (get(vnet, "zone") != zone) continue;
    rows.push_back(JsonObject{{"name", id}, {"ports", ports_of(call, id)}, {"vlan_filtering", nullptr}});
  }
  return Answer::of(std::move(rows));
}

/// No node of the simulator runs BGP, so the tables of EVPN are empty.
Answer ip_vrf(Call& call) {
  const auto& zones = call.state.sdn.running.zones;
  const auto zone = zones.find(call.parameters.text("zone"));
  if (zone == zones.end()) return Answer::bad("zone", "zone does not exist");
  if (get(zone->second, "type") != "evpn") return Answer::bad("zone", "zone is not an EVPN zone");
  return Answer::of(JsonArray());
}

Answer mac_vrf(Call& call) {
  const auto& sdn = call.state.sdn.running;
  const auto vnet = sdn.vnets.find(call.parameters.text("vnet"));
  if (vnet == sdn.vnets.end()) return Answer::bad("vnet", "vnet does not exist");
  return Answer::of(JsonArray());
}

Answer no_fabrics(Call&) { return Answer::of(JsonArray()); }
Answer no_fabrics_at_all(Call&) {
  return Answer::of(JsonObject{{"fabrics", JsonArray()}, {"nodes", JsonArray()}});
}

using enum base::Method;
constexpr Route kSdnApplyRoutes[] = {
    {Put, "/cluster/sdn", apply},
    {Post, "/cluster/sdn/rollback", roll_back},
    {Post, "/cluster/sdn/lock", acquire_lock},
    {Delete, "/cluster/sdn/lock", release_lock},
    {Get, "/cluster/sdn/fabrics/fabric", no_fabrics},
    {Get, "/cluster/sdn/fabrics/node", no_fabrics},
    {Get, "/cluster/sdn/fabrics/all", no_fabrics_at_all},
    {Get, "/nodes/{node}/sdn/zones", node_zones},
    {Get, "/nodes/{node}/sdn/zones/{zone}/content", zone_content},
    {Get, "/nodes/{node}/sdn/zones/{zone}/bridges", zone_bridges},
    {Get, "/nodes/{node}/sdn/zones/{zone}/ip-vrf", ip_vrf},
    {Get, "/nodes/{node}/sdn/vnets/{vnet}/mac-vrf", mac_vrf},
};

}  // namespace
}  // namespace simulator::sdn

namespace simulator {

std::span<const Route> sdn_apply_routes() { return sdn::kSdnApplyRoutes; }

}  // namespace simulator
