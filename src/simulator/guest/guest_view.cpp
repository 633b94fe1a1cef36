#include "simulator/guest/guest_view.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "simulator/core/permission.h"
#include "simulator/guest/guest_disk.h"
#include "simulator/guest/guest_network.h"
#include "simulator/guest/ha_rounds.h"
#include "simulator/node/usage.h"
#include "simulator/release.h"

namespace simulator {
namespace {

using base::Json;
using base::JsonArray;
using base::JsonObject;

/// Adds the shares of time that processes waited. PVE shows them as numbers for VMs and as text for
/// containers.
void add_pressure(const State& state, const Guest& guest, JsonObject& row) {
  for (const std::string_view name : {"pressurecpufull", "pressurecpusome", "pressureiofull",
                                      "pressureiosome", "pressurememoryfull", "pressurememorysome"}) {
    const bool some = name.ends_with("some");
    const auto share = some ? wave(state.options.seed, guest.vmid * 7ULL + name.size(), state.now()) : 0.0;
    const auto percent = std::round(share * share * 60) / 100;
    if (guest.type == GuestType::Lxc) {
      row[name] = fmt::format("{:.2f}", percent);
    } else if (percent > 0) {
      row[name] = percent;
    } else {
      row[name] = 0;
    }
  }
}

Json fraction(double value) { return value > 0 ? Json(value) : Json(0); }

void add_common(const State& state, const Guest& guest, const GuestUsage& usage, JsonObject& row) {
  const bool vm = guest.type == GuestType::Qemu;
  row["vmid"] = guest.vmid;
  row["status"] = guest.running ? "running" : "stopped";
  row["name"] = guest.shown_name();
  row["cpus"] = core_count(guest);
  row["cpu"] = fraction(usage.cpu);
  row["mem"] = usage.mem;
  row["maxmem"] = memory_size(guest);
  row["disk"] = vm ? 0 : usage.disk;
  row["maxdisk"] = disk_size(guest);
  row["netin"] = usage.netin;
  row["netout"] = usage.netout;
  row["uptime"] = usage.uptime;
  if (!guest.lock().empty()) row["lock"] = guest.lock();
  if (has(guest.config, "tags")) row["tags"] = get(guest.config, "tags");
  if (guest.is_template()) row["template"] = 1;
  if (guest.running) {
    row["pid"] = guest.pid;
    if (state.is_pve({9, 0})) add_pressure(state, guest, row);
  }
}

void add_qemu_process(const State& state, const Guest& guest, const GuestUsage& usage, JsonObject& row) {
  row["qmpstatus"] = guest.qmpstatus;
  if (!guest.running) return;
  row["diskread"] = usage.diskread;
  row["diskwrite"] = usage.diskwrite;
  const auto& release = release_of(state.options.pve);
  row["running-machine"] = release.machine;
  row["running-qemu"] = release.qemu;
  JsonObject nics;
  bool first = true;
  for (const auto& [key, value] : guest.config) {
    if (!key.starts_with("net") || key.size() < 4 || key[3] < '0' || key[3] > '9') continue;
    nics[fmt::format("tap{}i{}", guest.vmid, key.substr(3))] =
        JsonObject{{"netin", first ? usage.netin : 0}, {"netout", first ? usage.netout : 0}};
    first = false;
  }
  if (!nics.empty()) row["nics"] = std::move(nics);
}

Config with_pending(const Guest& guest) {
  auto lines = guest.config;
  for (const auto& [key, value] : guest.pending) lines[key] = value;
  for (const auto& key : guest.pending_delete) lines.erase(key);
  return lines;
}

Json one(GuestType type, std::string_view key, const std::string& value) {
  return typed(type, Config{{std::string(key), value}}).begin()->value();
}

/// The file keeps the description of a container as comment lines, so its value ends with a line break.
std::string described(GuestType type, std::string_view text) {
  std::string shown(text);
  if (type == GuestType::Lxc && !shown.empty()) shown += "\n";
  return shown;
}

JsonObject snapshot_lines(GuestType type, const Snapshot& snapshot) {
  auto lines = typed(type, snapshot.config);
  lines["snaptime"] = snapshot.time;
  if (!snapshot.parent.empty()) lines["parent"] = snapshot.parent;
  if (!snapshot.description.empty()) lines["description"] = described(type, snapshot.description);
  return lines;
}

JsonObject container_interface(const GuestNic& nic) {
  JsonObject row{{"name", nic.name}, {"hwaddr", nic.mac}, {"hardware-address", nic.mac}};
  JsonArray addresses;
  const auto add = [&](std::string_view type, const std::string& cidr) {
    if (cidr.empty()) return;
    const auto [ip, length] = split_prefix(cidr);
    addresses.push_back(
        JsonObject{{"ip-address", ip}, {"ip-address-type", type}, {"prefix", std::to_string(length)}});
    row[type] = cidr;
  };
  add("inet", nic.ipv4);
  add("inet6", nic.ipv6);
  row["ip-addresses"] = std::move(addresses);
  return row;
}

std::optional<Answer> snapshot_missing(Guest& guest, std::string_view name) {
  if (guest.snapshot(name) != nullptr) return std::nullopt;
  return Answer::fail(fmt::format("snapshot '{}' does not exist", name));
}

}  // namespace

JsonObject typed(GuestType type, const Config& lines) {
  if (type == GuestType::Lxc) {
    auto object = to_json(lines, {"console", "cores", "cpuunits", "debug", "memory", "onboot", "protection",
                                  "swap", "template", "tty", "unprivileged"});
    if (has(lines, "description")) object["description"] = described(type, get(lines, "description"));
    return object;
  }
  return to_json(lines, {"acpi",     "allow-ksm", "autostart",     "balloon",  "ciupgrade", "cores",
                         "cpuunits", "freeze",    "keephugepages", "kvm",      "localtime", "migrate_speed",
                         "numa",     "onboot",    "protection",    "reboot",   "shares",    "smp",
                         "sockets",  "tablet",    "tdf",           "template", "vcpus"});
}

JsonObject guest_row(const State& state, const Guest& guest, bool full) {
  const auto usage = guest_usage(state, guest, state.now());
  JsonObject row;
  add_common(state, guest, usage, row);
  if (guest.type == GuestType::Qemu) {
    constexpr std::uint64_t kProcessOverhead = 96ULL << 20U;
    if (state.is_pve({9, 0})) row["memhost"] = guest.running ? usage.mem + kProcessOverhead : 0;
    if (full) add_qemu_process(state, guest, usage, row);
    const bool serial =
        std::ranges::any_of(guest.config, [](const auto& line) { return line.first.starts_with("serial"); });
    if (serial) row["serial"] = 1;
    return row;
  }
  row["type"] = "lxc";
  row["diskread"] = usage.diskread;
  row["diskwrite"] = usage.diskwrite;
  row["swap"] = 0;
  row["maxswap"] = static_cast<std::uint64_t>(get_number(guest.config, "swap", 512)) << 20U;
  return row;
}

Answer list_guests(Call& call) {
  JsonArray rows;
  for (const auto& [vmid, guest] : call.state.guests) {
    if (guest.type != call.guest_type() || guest.node != call.node()) continue;
    if (!may(call, fmt::format("/vms/{}", vmid), "VM.Audit")) continue;
    rows.push_back(guest_row(call.state, guest, call.parameters.flag("full")));
  }
  return Answer::of(std::move(rows));
}

Answer guest_status(Call& call, Guest& guest) {
  auto row = guest_row(call.state, guest, true);
  JsonObject ha{{"managed", 0}};
  if (is_ha_managed(call)) {
    const auto crm = ha_crm_state(call.state, ha_id(guest.type, guest.vmid));
    ha["managed"] = 1;
    ha["state"] = crm.empty() ? base::Json(nullptr) : base::Json(crm);
  }
  row["ha"] = std::move(ha);
  const auto agent = parse_properties(get(guest.config, "agent"), "enabled");
  if (get(agent, "enabled") == "1") row["agent"] = 1;
  const auto vga = parse_properties(get(guest.config, "vga"), "type");
  if (get(vga, "type").starts_with("qxl") || get(vga, "type").starts_with("virtio")) row["spice"] = 1;
  return Answer::of(std::move(row));
}

Answer guest_config(Call& call, Guest& guest) {
  JsonObject lines;
  if (const auto name = call.parameters.text("snapshot"); !name.empty()) {
    if (auto missing = snapshot_missing(guest, name)) return *missing;
    lines = snapshot_lines(guest.type, *guest.snapshot(name));
  } else {
    lines = typed(guest.type, call.parameters.flag("current") ? guest.config : with_pending(guest));
  }
  lines["digest"] = guest_digest(guest);
  return Answer::of(std::move(lines));
}

Answer guest_pending(Call&, Guest& guest) {
  JsonArray rows;
  for (const auto& [key, value] : guest.config) {
    JsonObject row{{"key", key}, {"value", one(guest.type, key, value)}};
    if (const auto change = guest.pending.find(key); change != guest.pending.end()) {
      row["pending"] = one(guest.type, key, change->second);
    }
    if (std::ranges::find(guest.pending_delete, key) != guest.pending_delete.end()) row["delete"] = 1;
    rows.push_back(std::move(row));
  }
  for (const auto& [key, value] : guest.pending) {
    if (has(guest.config, key)) continue;
    rows.push_back(JsonObject{{"key", key}, {"pending", one(guest.type, key, value)}});
  }
  rows.push_back(JsonObject{{"key", "digest"}, {"value", guest_digest(guest)}});
  return Answer::of(std::move(rows));
}

Answer guest_feature(Call& call, Guest& guest) {
  const auto snapname = call.parameters.text("snapname");
  if (!snapname.empty()) {
    if (auto missing = snapshot_missing(guest, snapname)) return *missing;
  }
  const auto feature = call.parameters.text("feature");
  const auto& config = snapname.empty() ? guest.config : guest.snapshot(snapname)->config;
  bool all = true;
  bool shared = true;
  for (const auto& [key, disk] : disks_of(guest.type, config)) {
    if (disk.is_cdrom()) continue;
    if (feature == "snapshot") all = all && can_snapshot(call.state, disk.volid);
    if (feature == "clone") all = all && can_clone(call.state, guest.type, disk.volid, !snapname.empty());
    const auto* const storage = call.state.storage(disk.storage());
    shared = shared && storage != nullptr && storage->shared();
  }
  JsonObject answer{{"hasFeature", all ? 1 : 0}};
  if (guest.type == GuestType::Qemu) {
    JsonArray nodes;
    for (const auto& [name, node] : call.state.nodes) {
      if (shared || name == call.node()) nodes.push_back(Json(name));
    }
    answer["nodes"] = std::move(nodes);
  }
  return Answer::of(std::move(answer));
}

Answer container_interfaces(Call&, Guest& guest) {
  if (!guest.running) return Answer::of();
  constexpr std::string_view kLoopback = "00:00:00:00:00:00";
  JsonArray list;
  list.push_back(JsonObject{
      {"name", "lo"}, {"hwaddr", kLoopback}, {"hardware-address", kLoopback}, {"ip-addresses", JsonArray()}});
  for (const auto& nic : nics_of(guest)) list.push_back(container_interface(nic));
  return Answer::of(std::move(list));
}

Answer list_snapshots(Call&, Guest& guest) {
  JsonArray rows;
  for (const auto& snapshot : guest.snapshots) {
    JsonObject row{{"name", snapshot.name},
                   {"snaptime", snapshot.time},
                   {"description", described(guest.type, snapshot.description)}};
    if (guest.type == GuestType::Qemu) row["vmstate"] = snapshot.vmstate ? 1 : 0;
    if (!snapshot.parent.empty()) row["parent"] = snapshot.parent;
    if (has(snapshot.config, "snapstate")) row["snapstate"] = get(snapshot.config, "snapstate");
    rows.push_back(std::move(row));
  }
  JsonObject current{{"name", "current"},
                     {"description", "You are here!"},
                     {"running", guest.running ? 1 : 0},
                     {"digest", guest_digest(guest)}};
  if (const auto parent = get(guest.config, "parent"); !parent.empty()) current["parent"] = parent;
  rows.push_back(std::move(current));
  return Answer::of(std::move(rows));
}

Answer snapshot_config(Call& call, Guest& guest) {
  const auto name = call.parameters.text("snapname");
  if (auto missing = snapshot_missing(guest, name)) return *missing;
  return Answer::of(snapshot_lines(guest.type, *guest.snapshot(name)));
}

}  // namespace simulator
