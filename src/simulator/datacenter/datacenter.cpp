// The endpoints of the whole cluster: its status, resources, log and options.
#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "simulator/core/permission.h"
#include "simulator/core/routes.h"
#include "simulator/core/tasks.h"
#include "simulator/node/resources.h"

namespace simulator {
namespace {

Answer status(Call& call) {
  const auto& state = call.state;
  base::JsonArray rows;
  rows.push_back(base::JsonObject{{"type", "cluster"},
                                  {"id", "cluster"},
                                  {"name", state.cluster_name},
                                  {"version", 3},
                                  {"nodes", state.nodes.size()},
                                  {"quorate", state.quorate() ? 1 : 0}});
  for (const auto& [name, node] : state.nodes) {
    rows.push_back(base::JsonObject{{"type", "node"},
                                    {"id", "node/" + name},
                                    {"name", name},
                                    {"nodeid", node.id},
                                    {"ip", node.ip},
                                    {"level", ""},
                                    {"local", name == state.local_node ? 1 : 0},
                                    {"online", state.seems_online(name) ? 1 : 0}});
  }
  return Answer::of(std::move(rows));
}

base::JsonObject pool_row(const State& state, const std::string& name) {
  double cpu = 0;
  std::uint64_t maxcpu = 0;
  std::uint64_t mem = 0;
  std::uint64_t maxmem = 0;
  std::int64_t uptime = 0;
  for (const auto& [vmid, guest] : state.guests) {
    if (guest.pool != name || !guest.running || state.told_name(guest) == nullptr) continue;
    const auto row = guest_row(state, guest);
    maxcpu += core_count(guest);
    maxmem += memory_size(guest);
    mem += row.at("mem").to_number<std::uint64_t>();
    cpu += row.at("cpu").to_number<double>() * core_count(guest);
    uptime = std::max(uptime, row.at("uptime").to_number<std::int64_t>());
  }
  return {{"type", "pool"},   {"id", "/pool/" + name},
          {"pool", name},     {"cpu", maxcpu == 0 ? 0.0 : cpu / static_cast<double>(maxcpu)},
          {"maxcpu", maxcpu}, {"mem", mem},
          {"maxmem", maxmem}, {"uptime", uptime}};
}

void add_guests_and_pools(Call& call, bool pools, base::JsonArray& rows) {
  for (const auto& [name, pool] : call.state.pools) {
    if (pools && may(call, "/pool/" + name, "Pool.Audit")) rows.push_back(pool_row(call.state, name));
  }
  for (const auto& [vmid, guest] : call.state.guests) {
    if (sees_guest(call, guest)) rows.push_back(guest_row(call.state, guest));
  }
}

/// The row of the zone that every cluster has, on one node.
base::JsonObject zone_row(const State& state, const std::string& node) {
  if (!state.is_pve({9, 1})) {
    return {{"type", "sdn"},
            {"id", "sdn/" + node + "/localnetwork"},
            {"sdn", "localnetwork"},
            {"node", node},
            {"status", "ok"}};
  }
  return {{"type", "network"},
          {"id", "network/" + node + "/zone/localnetwork"},
          {"network", "localnetwork"},
          {"network-type", "zone"},
          {"node", node},
          {"status", "ok"}};
}

Answer resources(Call& call) {
  const auto type = call.parameters.text("type");
  base::JsonArray rows;
  if (type.empty() || type == "vm") add_guests_and_pools(call, type.empty(), rows);
  for (const auto& [name, node] : call.state.nodes) {
    if (!type.empty() && type != "node") break;
    auto row = node_row(call.state, node, may(call, "/nodes/" + name, "Sys.Audit"));
    row["cgroup-mode"] = 2;
    rows.push_back(std::move(row));
  }
  for (const auto& [id, storage] : call.state.storages) {
    if (!type.empty() && type != "storage") break;
    if (!sees_storage(call, storage)) continue;
    for (const auto& [name, node] : call.state.nodes) {
      if (storage.on(name)) rows.push_back(storage_row(call.state, storage, node));
    }
  }
  if (may_any(call, "/sdn/zones/localnetwork", {"SDN.Audit", "SDN.Allocate"})) {
    for (const auto& [name, node] : call.state.nodes) {
      if (type.empty() || type == "sdn") rows.push_back(zone_row(call.state, name));
    }
  }
  return Answer::of(std::move(rows));
}

Answer nextid(Call& call) {
  const auto& guests = call.state.guests;
  if (call.parameters.has("vmid")) {
    const auto vmid = call.vmid();
    if (guests.contains(vmid)) return Answer::bad("vmid", fmt::format("VM {} already exists", vmid));
    return Answer::of(base::Json(std::to_string(vmid)));
  }
  const auto range = parse_properties(get(call.state.datacenter, "next-id"));
  const auto upper = static_cast<unsigned>(get_number(range, "upper", 1'000'000));
  for (auto vmid = static_cast<unsigned>(get_number(range, "lower", 100)); vmid < upper; ++vmid) {
    if (!guests.contains(vmid)) return Answer::of(base::Json(std::to_string(vmid)));
  }
  return Answer::fail("unable to get any free VMID in range");
}

Answer log(Call& call) {
  const auto max = static_cast<std::size_t>(call.parameters.number("max", 50));
  const bool all = may(call, "/", "Sys.Syslog");
  base::JsonArray rows;
  for (const auto& line : call.state.log) {
    if (rows.size() >= max) break;
    if (!all && line.user != call.identity.full()) continue;
    const auto uid = std::to_string(line.uid);
    rows.push_back(base::JsonObject{{"uid", uid},
                                    {"id", uid + ":" + line.node},
                                    {"time", line.time},
                                    {"node", line.node},
                                    {"pid", line.pid},
                                    {"pri", line.priority},
                                    {"tag", line.tag},
                                    {"user", line.user},
                                    {"msg", line.message}});
  }
  return Answer::of(std::move(rows));
}

base::JsonArray tags_in_use(const Call& call) {
  std::set<std::string> tags;
  for (const auto& tag : split_list(get(call.state.datacenter, "registered-tags"))) {
    if (may(call, "/", "Sys.Audit")) tags.insert(tag);
  }
  for (const auto& [vmid, guest] : call.state.guests) {
    const auto own = get(guest.config, "tags");
    if (own.empty() || !sees_guest(call, guest)) continue;
    for (auto& tag : split_list(own)) tags.insert(std::move(tag));
  }
  base::JsonArray list;
  for (const auto& tag : tags) list.emplace_back(tag);
  return list;
}

/// PVE shows these property strings as objects.
bool is_property_string(std::string_view key) {
  return key == "migration" || key == "ha" || key == "crs" || key == "next-id" || key == "tag-style" ||
         key == "user-tag-access" || key == "notify" || key == "webauthn" || key == "u2f" ||
         key == "location";
}

Answer get_options(Call& call) {
  base::JsonObject data;
  if (may(call, "/", "Sys.Audit")) {
    data["description"] = "";
    for (const auto& [key, value] : call.state.datacenter) {
      if (key == "registered-tags") {
        base::JsonArray list;
        for (const auto& tag : split_list(value)) list.emplace_back(tag);
        data[key] = std::move(list);
      } else if (is_property_string(key)) {
        data[key] = to_json(parse_properties(value, "type"));
      } else {
        data[key] = value;
      }
    }
  }
  data["allowed-tags"] = tags_in_use(call);
  return Answer::of(std::move(data));
}

Answer set_options(Call& call) {
  const auto removed = call.parameters.list("delete");
  for (const auto& key : removed) {
    if (call.parameters.has(key)) {
      return Answer::bad(key, fmt::format("you can't use '-{0}' and -delete {0} at the same time", key));
    }
  }
  for (const auto& key : removed) call.state.datacenter.erase(key);
  for (const auto& [key, values] : call.parameters.all()) {
    if (key != "delete") call.state.datacenter[key] = values.empty() ? "" : values.front();
  }
  return Answer::of();
}

bool covers(const Config& job, const Guest& guest) {
  const auto vmid = std::to_string(guest.vmid);
  if (const auto node = get(job, "node"); !node.empty() && node != guest.node) return false;
  if (const auto pool = get(job, "pool"); !pool.empty()) return guest.pool == pool;
  const auto listed = [&](std::string_view key) {
    const auto ids = split_list(get(job, key));
    return std::ranges::find(ids, vmid) != ids.end();
  };
  if (get(job, "all") == "1") return !listed("exclude");
  return listed("vmid");
}

Answer not_backed_up(Call& call) {
  base::JsonArray rows;
  for (const auto& [vmid, guest] : call.state.guests) {
    const bool covered = std::ranges::any_of(call.state.backup_jobs,
                                             [&](const auto& entry) { return covers(entry.second, guest); });
    if (covered || !sees_guest(call, guest)) continue;
    base::JsonObject row{{"vmid", vmid}, {"type", guest.type_name()}};
    if (!guest.name().empty()) row["name"] = guest.name();
    rows.push_back(std::move(row));
  }
  return Answer::of(std::move(rows));
}

constexpr Route kClusterRoutes[] = {
    {base::Method::Get, "/cluster/status", status},
    {base::Method::Get, "/cluster/resources", resources},
    {base::Method::Get, "/cluster/nextid", nextid},
    {base::Method::Get, "/cluster/log", log},
    {base::Method::Get, "/cluster/options", get_options},
    {base::Method::Put, "/cluster/options", set_options},
    {base::Method::Get, "/cluster/backup-info/not-backed-up", not_backed_up},
};

}  // namespace

std::span<const Route> cluster_routes() { return kClusterRoutes; }

}  // namespace simulator
