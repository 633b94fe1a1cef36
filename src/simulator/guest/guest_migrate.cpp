#include "simulator/guest/guest_migrate.h"

#include <fmt/format.h>

#include <algorithm>

#include "simulator/guest/guest_migrate_log.h"
#include "simulator/guest/guest_options.h"
#include "simulator/guest/ha_rounds.h"

namespace simulator {
namespace {

using base::JsonArray;
using base::JsonObject;
using std::chrono::milliseconds;

/// The devices of the host that the guest uses and that prevent a migration.
std::vector<std::string> local_resources(const Guest& guest) {
  std::vector<std::string> found;
  for (const auto& [key, value] : guest.config) {
    const bool passed =
        in_family(key, "hostpci") || (in_family(key, "usb") && value.find("spice") == std::string::npos);
    const bool serial = in_family(key, "serial") && value != "socket";
    if ((passed && value.find("mapping=") == std::string::npos) || serial || in_family(key, "parallel")) {
      found.push_back(key);
    }
  }
  return found;
}

JsonObject disk_object(State& state, const Guest& guest, const LocalDisk& local) {
  const auto* const volume = state.volume(local.disk.volid, guest.node);
  JsonObject row{{"volid", local.disk.volid},
                 {"drivename", local.key},
                 {"cdrom", local.disk.is_cdrom() ? 1 : 0},
                 {"shared", 0},
                 {"replicate", 1},
                 {"is_attached", local.is_unused ? 0 : 1},
                 {"is_unused", local.is_unused ? 1 : 0},
                 {"is_cloudinit", local.disk.volid.find("cloudinit") == std::string::npos ? 0 : 1},
                 {"is_vmstate", 0},
                 {"is_tpmstate", local.key == "tpmstate0" ? 1 : 0}};
  row["size"] = volume == nullptr ? parse_size(get(local.disk.options, "size")) : volume->size;
  if (!local.snapshots.empty()) {
    JsonObject names;
    for (const auto& name : local.snapshots) names[name] = 1;
    row["referenced_in_snapshot"] = std::move(names);
  }
  return row;
}

/// The storages of the guest that are not on the node.
std::vector<std::string> missing_storages(State& state, const Guest& guest, std::string_view node) {
  std::set<std::string> missing;
  for (const auto& [key, disk] : disks_of(guest.type, guest.config)) {
    const auto* const storage = disk.storage().empty() ? nullptr : state.storage(disk.storage());
    if (storage != nullptr && (!storage->on(node) || !storage->enabled())) missing.insert(storage->id);
  }
  return {missing.begin(), missing.end()};
}

/// PVE's error if the local disk of a VM cannot migrate.
std::optional<std::string> disk_error(State& state, const LocalDisk& local, bool live,
                                      bool with_local_disks) {
  const auto& volid = local.disk.volid;
  const auto error = [&volid](std::string_view why) {
    return fmt::format("can't migrate local disk '{}': {}", volid, why);
  };
  if (local.disk.is_cdrom() && volid.find("cloudinit") == std::string::npos)
    return error("local cdrom image");
  if (live && !local.is_unused && !with_local_disks) {
    return error("can't live migrate attached local disks without with-local-disks option");
  }
  if (local.snapshots.empty()) return std::nullopt;
  if (live) return error("online storage migration not possible if non-replicated snapshot exists");
  const bool travels = volid.ends_with(".qcow2") || state.storage(local.disk.storage())->type() == "zfspool";
  return travels ? std::nullopt : std::optional(error("non-migratable snapshot exists"));
}

bool scan_disks(State& state, const Guest& guest, const Trip& trip, MigrationLog& log) {
  std::vector<std::string> errors;
  for (const auto& local : local_disks(state, guest)) {
    if (auto error = disk_error(state, local, guest.running, trip.with_local_disks))
      errors.push_back(std::move(*error));
    log.add(
        fmt::format("found local disk '{}' ({})", local.disk.volid, local.is_unused ? "unused" : "attached"));
  }
  for (const auto& error : errors) log.add(error);
  return errors.empty();
}

/// The reason in the log if the task of the migration fails.
std::optional<std::string> abort_reason(State& state, const Guest& guest, const Trip& trip,
                                        MigrationLog& log) {
  const bool vm = guest.type == GuestType::Qemu;
  if (const auto devices = local_resources(guest); vm && !devices.empty()) {
    return fmt::format("can't migrate VM which uses local devices: {}", fmt::join(devices, ", "));
  }
  if (!vm && guest.running && trip.online && !trip.restart)
    return "lxc live migration is currently not implemented";
  if (!state.online(trip.target)) {
    log.add(ssh_line(trip, "/bin/true"));
    log.add(fmt::format("ssh: connect to host {} port 22: No route to host", trip.ip));
    return "Can't connect to destination address using public key";
  }
  if (!vm) return std::nullopt;
  log.add(fmt::format("starting migration of VM {} to node '{}' ({})", guest.vmid, trip.target, trip.ip));
  if (scan_disks(state, guest, trip, log)) return std::nullopt;
  log.add("ERROR: Problem found while scanning volumes - can't migrate VM - check log");
  log.add("aborting phase 1 - cleanup resources");
  return "Problem found while scanning volumes - can't migrate VM - check log";
}

/// The other resources of the rules that keep the guest together with them.
JsonArray kept_together(const State& state, const Guest& guest) {
  const auto sid = ha_id(guest.type, guest.vmid);
  std::set<std::string> others;
  for (const auto& [name, rule] : state.ha_rules) {
    const bool applies = get(rule, "type") == "resource-affinity" && get(rule, "affinity") == "positive" &&
                         get(rule, "disable") != "1";
    const auto resources = split_list(get(rule, "resources"));
    if (!applies || std::ranges::find(resources, sid) == resources.end()) continue;
    for (const auto& other : resources) {
      if (other != sid && state.ha_resources.contains(other)) others.insert(other);
    }
  }
  JsonArray list;
  for (const auto& other : others) list.push_back(base::Json(other));
  return list;
}

constexpr milliseconds kTrip{1900};

std::string_view migration_type(const Guest& guest) {
  return guest.type == GuestType::Qemu ? "qmigrate" : "vzmigrate";
}

/// The log of a migration, and whether it fails.
struct Journey {
  std::vector<std::string> log;
  bool fails = false;
};

Journey journey_of(State& state, Guest& guest, const Trip& trip) {
  const bool vm = guest.type == GuestType::Qemu;
  const auto seconds = static_cast<double>(kTrip.count()) * state.options.task_speed / 1000;
  MigrationLog log;
  if (vm && guest.running)
    log.add("conntrack state migration not supported or disabled, active connections might get dropped");
  const auto reason = abort_reason(state, guest, trip, log);
  if (reason) {
    log.add(fmt::format("ERROR: migration aborted (duration 00:00:00): {}", *reason));
    return {log.stamped(state.now(), 0), true};
  }
  if (vm && guest.running) {
    add_live_lines(state, guest, trip, log);
  } else {
    add_offline_lines(state, guest, trip, log);
  }
  log.add(
      fmt::format("migration finished successfully (duration 00:00:{:02})", static_cast<int>(seconds) + 1));
  return {log.stamped(state.now(), seconds), false};
}

TaskEnd arrive(State& state, Guest& guest, const Trip& trip) {
  if (!state.online(trip.target)) return {"migration aborted", {}};
  const bool restarts = guest.type == GuestType::Lxc && guest.running;
  move_guest(state, guest, trip.target, trip.storages);
  if (restarts) start_guest(state, guest);
  return {};
}

Answer travel(Call& call, Guest& guest, const Trip& trip) {
  auto journey = journey_of(call.state, guest, trip);
  GuestTask task{.type = std::string(migration_type(guest)),
                 .duration = journey.fails ? milliseconds(300) : kTrip,
                 .log = std::move(journey.log)};
  task.stopped_status = "migration aborted";
  if (journey.fails) {
    task.work = [](State&, Guest&) { return TaskEnd{"migration aborted", {}}; };
  } else {
    task.lock = "migrate";
    task.work = [trip](State& later, Guest& each) { return arrive(later, each, trip); };
  }
  return run_guest_task(call, std::move(task));
}

std::optional<Answer> check_trip(Call& call, Trip& trip) {
  trip.target = call.parameters.text("target");
  if (trip.target == call.node()) return Answer::bad("target", "target is local node.");
  const auto* const node = call.state.node(trip.target);
  if (node == nullptr) return Answer::fail(fmt::format("no such cluster node '{}'", trip.target));
  trip.ip = node->ip;
  if (auto refused = root_only(call, {"force", "migration_type", "migration_network"})) return refused;
  const auto found = find_guest(call);
  if (!found) return found.error();
  if (auto locked = lock_error(**found)) return Answer::fail(*locked);
  return std::nullopt;
}

std::optional<Answer> check_storages(Call& call, const Guest& guest, const Trip& trip) {
  for (const auto& [key, disk] : disks_of(guest.type, guest.config)) {
    if (disk.storage().empty()) continue;
    const auto* const source = call.state.storage(disk.storage());
    if (source == nullptr) return Answer::fail(fmt::format("storage '{}' does not exist", disk.storage()));
    const auto id = source->shared() ? source->id : mapped_storage(trip.storages, source->id);
    if (auto error = storage_error(call.state, id, trip.target)) return Answer::fail(std::move(*error));
  }
  return std::nullopt;
}

}  // namespace

void move_guest(State& state, Guest& guest, const std::string& target, std::string_view storages) {
  for (const auto& local : local_disks(state, guest)) {
    const auto* const volume = state.volume(local.disk.volid, guest.node);
    if (volume == nullptr || local.disk.is_cdrom()) continue;
    auto moved = *volume;
    const auto storage = mapped_storage(storages, local.disk.storage());
    state.drop_volume(local.disk.volid, guest.node);
    moved.node = target;
    const auto* const place = state.storage(storage);
    if (storage != local.disk.storage() && place != nullptr) {
      moved.volid = new_volid(state, guest.type, *place, target, guest.vmid,
                              keeps_files(*place) ? moved.format : "raw");
      auto disk = local.disk;
      disk.volid = moved.volid;
      guest.config[local.key] = disk.text();
    }
    state.put_volume(std::move(moved));
  }
  guest.node = target;
}

void move_by_ha(State& state, Guest& guest, const std::string& target, std::string_view first) {
  Trip trip;
  trip.target = target;
  const auto* const node = state.node(target);
  if (node != nullptr) trip.ip = node->ip;
  trip.with_local_disks = true;
  // A container cannot migrate while it runs, so HA shuts it down and starts it on the target.
  if (guest.type == GuestType::Lxc && guest.running) stop_guest(guest);
  trip.online = guest.running;
  auto journey = journey_of(state, guest, trip);
  TaskSpec spec;
  spec.node = guest.node;
  spec.type = migration_type(guest);
  spec.id = std::to_string(guest.vmid);
  spec.user = "root@pam";
  spec.duration = journey.fails ? milliseconds(300) : kTrip;
  spec.log = {std::string(first)};
  spec.log.insert(spec.log.end(), journey.log.begin(), journey.log.end());
  spec.work = [trip, fails = journey.fails, vmid = guest.vmid](State& then) -> TaskEnd {
    auto* const moved = then.guest(vmid);
    if (fails || moved == nullptr) return {"migration aborted", {}};
    return arrive(then, *moved, trip);
  };
  start_task(state, std::move(spec));
}

Answer migrate_preconditions(Call& call, Guest& guest) {
  if (!call.state.quorate()) return Answer::fail("cluster not ready - no quorum?");
  if (auto locked = lock_error(guest)) return Answer::fail(*locked);
  const bool vm = guest.type == GuestType::Qemu;
  JsonArray allowed;
  JsonObject not_allowed;
  for (const auto& [name, node] : call.state.nodes) {
    if (name == guest.node) continue;
    const auto missing = vm ? missing_storages(call.state, guest, name) : std::vector<std::string>{};
    if (missing.empty()) {
      allowed.push_back(base::Json(name));
      if (vm) not_allowed[name] = JsonObject();
    } else {
      JsonArray ids;
      for (const auto& id : missing) ids.push_back(base::Json(id));
      not_allowed[name] = JsonObject{{"unavailable_storages", std::move(ids)}};
    }
  }
  JsonObject answer{{"running", guest.running ? 1 : 0}};
  answer[vm ? "allowed_nodes" : "allowed-nodes"] = std::move(allowed);
  answer[vm ? "not_allowed_nodes" : "not-allowed-nodes"] = std::move(not_allowed);
  if (is_ha_managed(call)) answer["dependent-ha-resources"] = kept_together(call.state, guest);
  if (!vm) return Answer::of(std::move(answer));
  JsonArray disks;
  for (const auto& local : local_disks(call.state, guest))
    disks.push_back(disk_object(call.state, guest, local));
  JsonArray resources;
  for (const auto& key : local_resources(guest)) resources.push_back(base::Json(key));
  answer["local_disks"] = std::move(disks);
  answer["local_resources"] = std::move(resources);
  answer["mapped-resources"] = JsonArray();
  answer["mapped-resource-info"] = JsonObject();
  answer["has-dbus-vmstate"] = 1;
  return Answer::of(std::move(answer));
}

Answer migrate(Call& call) {
  Trip trip;
  if (auto bad = check_trip(call, trip)) return *bad;
  auto& guest = *guest_on(call);
  const bool vm = guest.type == GuestType::Qemu;
  trip.online = call.parameters.flag("online");
  trip.restart = call.parameters.flag("restart");
  trip.with_local_disks = call.parameters.flag("with-local-disks");
  trip.storages = call.parameters.text(vm ? "targetstorage" : "target-storage");
  if (guest.running && !trip.online && !trip.restart) {
    return Answer::fail(vm ? "can't migrate running VM without --online"
                           : "can't migrate running container without --online or --restart");
  }
  if (auto bad = check_storages(call, guest, trip)) return *bad;
  if (is_ha_managed(call)) return ask_ha(call, {HaRequest::What::Move, trip.target});
  return travel(call, guest, trip);
}

}  // namespace simulator
