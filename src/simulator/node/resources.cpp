#include "simulator/node/resources.h"

#include "simulator/core/permission.h"
#include "simulator/node/usage.h"

namespace simulator {

namespace {

/// Adds the members that pvestatd sends.
void add_told(const State& state, const Guest& guest, const std::string& name, base::JsonObject& row) {
  const auto usage = guest_usage(state, guest, state.last_seen(guest.node));
  row["name"] = name;
  row["status"] = !guest.running ? "stopped" : guest.qmpstatus == "paused" ? "paused" : "running";
  row["template"] = guest.is_template() ? 1 : 0;
  row["cpu"] = usage.cpu;
  row["maxcpu"] = core_count(guest);
  row["mem"] = usage.mem;
  if (state.is_pve({9, 0})) row["memhost"] = usage.mem;
  row["maxmem"] = memory_size(guest);
  row["disk"] = usage.disk;
  row["maxdisk"] = disk_size(guest);
  row["diskread"] = usage.diskread;
  row["diskwrite"] = usage.diskwrite;
  row["netin"] = usage.netin;
  row["netout"] = usage.netout;
  row["uptime"] = usage.uptime;
}

}  // namespace

base::JsonObject guest_row(const State& state, const Guest& guest) {
  const auto vmid = std::to_string(guest.vmid);
  base::JsonObject row;
  row.reserve(24);
  row["id"] = std::string(guest.type_name()) + "/" + vmid;
  row["type"] = guest.type_name();
  row["vmid"] = guest.vmid;
  row["node"] = guest.node;
  if (const auto* name = state.told_name(guest)) {
    add_told(state, guest, *name, row);
  } else {
    row["status"] = "unknown";
  }
  if (!guest.pool.empty()) row["pool"] = guest.pool;
  if (const auto tags = get(guest.config, "tags"); !tags.empty()) row["tags"] = tags;
  if (!guest.lock().empty()) row["lock"] = guest.lock();
  const auto sid = (guest.type == GuestType::Qemu ? "vm:" : "ct:") + vmid;
  if (const auto ha = state.ha_resources.find(sid); ha != state.ha_resources.end()) {
    const auto wanted = get(ha->second, "state", "started");
    const auto service = state.ha_services.find(sid);
    const bool managed = wanted != "ignored" && service != state.ha_services.end();
    row["hastate"] = managed && !service->second.crm.empty() ? std::string_view(service->second.crm) : wanted;
  }
  return row;
}

base::JsonObject node_row(const State& state, const Node& node, bool full) {
  base::JsonObject row;
  const bool online = state.seems_online(node.name);
  row["id"] = "node/" + node.name;
  row["type"] = "node";
  row["node"] = node.name;
  row["status"] = online ? "online" : "offline";
  row["level"] = "";
  if (!full) return row;
  row["maxcpu"] = node.cores;
  row["maxmem"] = node.memory;
  row["maxdisk"] = node.disk;
  if (!online) return row;
  const auto usage = node_usage(state, node, state.last_seen(node.name));
  row["cpu"] = usage.cpu;
  row["mem"] = usage.mem;
  row["disk"] = usage.disk;
  row["uptime"] = usage.uptime;
  return row;
}

base::JsonObject storage_row(const State& state, const Storage& storage, const Node& node) {
  base::JsonObject row;
  row["id"] = "storage/" + node.name + "/" + storage.id;
  row["type"] = "storage";
  row["storage"] = storage.id;
  row["node"] = node.name;
  row["plugintype"] = storage.type();
  row["content"] = get(storage.config, "content");
  row["shared"] = storage.shared() ? 1 : 0;
  // PVE shows the last state of a storage on a dead node.
  row["status"] = storage.enabled() ? "available" : "unknown";
  if (storage.enabled()) {
    const auto usage = storage_usage(state, storage, node.name);
    row["disk"] = usage.used;
    row["maxdisk"] = usage.total;
  }
  return row;
}

bool sees_guest(const Call& call, const Guest& guest) {
  return may(call, "/vms/" + std::to_string(guest.vmid), "VM.Audit");
}

bool sees_storage(const Call& call, const Storage& storage) {
  return may_any(call, "/storage/" + storage.id, {"Datastore.Audit", "Datastore.AllocateSpace"});
}

}  // namespace simulator
