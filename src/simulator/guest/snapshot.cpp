#include "simulator/guest/snapshot.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "simulator/core/permission.h"
#include "simulator/guest/guest_disk.h"
#include "simulator/guest/guest_options.h"
#include "simulator/guest/guest_power.h"

namespace simulator {
namespace {

using std::chrono::milliseconds;

std::string not_there(std::string_view name) { return fmt::format("snapshot '{}' does not exist", name); }

bool every_disk_can(State& state, const Guest& guest) {
  return std::ranges::all_of(disks_of(guest.type, guest.config), [&](const KeyedDisk& each) {
    return each.disk.is_cdrom() || can_snapshot(state, each.disk.volid);
  });
}

std::optional<std::string> take_error(State& state, Guest& guest, const std::string& name) {
  if (guest.is_template()) return "you can't take a snapshot if it's a template";
  if (auto locked = lock_error(guest)) return locked;
  if (guest.snapshot(name) != nullptr) return fmt::format("snapshot name '{}' already used", name);
  if (!every_disk_can(state, guest)) return "snapshot feature is not available";
  return std::nullopt;
}

/// The lines of the configuration that a snapshot keeps.
Config kept_lines(const Config& config) {
  Config lines;
  for (const auto& [key, value] : config) {
    if (key == "lock" || key == "parent" || key == "description" || key == "vmstate" ||
        in_family(key, "unused")) {
      continue;
    }
    lines[key] = value;
  }
  return lines;
}

void add_memory_lines(const Guest& guest, std::string_view storage, std::vector<std::string>& log) {
  log.push_back(fmt::format("saving VM state and RAM using storage '{}'", storage));
  log.emplace_back("0.00 B in 0s");
  log.push_back(fmt::format("completed saving the VM state in 1s, saved {:.2f} MiB",
                            static_cast<double>(memory_size(guest)) / (1 << 20) / 4));
}

std::vector<std::string> disk_lines(const Guest& guest, bool frozen) {
  std::vector<std::string> log;
  if (guest.type == GuestType::Lxc) return log;
  const auto agent = parse_properties(get(guest.config, "agent"), "enabled");
  if (guest.running && !frozen) {
    if (get(agent, "enabled") == "1" && get(agent, "freeze-fs-on-backup", "1") != "0") {
      log.emplace_back("freezing guest filesystems");
    } else {
      log.emplace_back("skipping guest filesystem freeze - disabled in VM options");
    }
  }
  for (const auto& [key, disk] : disks_of(guest.type, guest.config)) {
    if (disk.is_cdrom()) continue;
    log.push_back(fmt::format("snapshotting 'drive-{}' ({})", key, disk.volid));
    if (guest.running && disk.volid.ends_with(".qcow2")) log.emplace_back("internal qemu snapshot");
  }
  return log;
}

TaskEnd take(State& state, Guest& guest, const std::string& name, const std::string& description,
             bool memory) {
  std::vector<std::string> log;
  Snapshot snapshot;
  snapshot.name = name;
  snapshot.parent = get(guest.config, "parent");
  snapshot.description = description;
  snapshot.time = state.now();
  snapshot.config = kept_lines(guest.config);
  snapshot.vmstate = memory && guest.running && guest.type == GuestType::Qemu;
  if (snapshot.vmstate) {
    const auto storage = memory_storage(state, guest);
    snapshot.config["vmstate"] = save_memory(state, guest, storage, name);
    add_memory_lines(guest, storage, log);
  }
  const auto lines = disk_lines(guest, snapshot.vmstate);
  log.insert(log.end(), lines.begin(), lines.end());
  guest.config["parent"] = name;
  guest.snapshots.push_back(std::move(snapshot));
  return {"OK", std::move(log)};
}

TaskEnd drop(State& state, Guest& guest, const std::string& name) {
  const auto* const snapshot = guest.snapshot(name);
  if (snapshot == nullptr) return {not_there(name), {}};
  const auto parent = snapshot->parent;
  if (const auto memory = get(snapshot->config, "vmstate"); !memory.empty())
    free_volume(state, memory, guest.node);
  for (auto& other : guest.snapshots) {
    if (other.parent == name) other.parent = parent;
  }
  if (get(guest.config, "parent") == name) {
    if (parent.empty()) {
      guest.config.erase("parent");
    } else {
      guest.config["parent"] = parent;
    }
  }
  std::erase_if(guest.snapshots, [&](const Snapshot& each) { return each.name == name; });
  return {};
}

std::optional<std::string> rollback_error(State& state, Guest& guest, const std::string& name) {
  if (guest.is_template()) return "you can't rollback if vm is a template";
  const auto* const snapshot = guest.snapshot(name);
  if (snapshot == nullptr) return not_there(name);
  for (const auto& [key, disk] : disks_of(guest.type, snapshot->config)) {
    const auto* const storage = disk.is_cdrom() ? nullptr : state.storage(disk.storage());
    if (storage == nullptr || storage->type() != "zfspool" || guest.snapshots.back().name == name) continue;
    return fmt::format("can't rollback, '{}' is not most recent snapshot on '{}'", name, disk.volid);
  }
  return lock_error(guest);
}

/// Restores the snapshot's configuration. Only the description and the unused disks stay.
TaskEnd roll_back(State& state, Guest& guest, const std::string& name, bool start) {
  const auto* const snapshot = guest.snapshot(name);
  if (snapshot == nullptr) return {not_there(name), {}};
  stop_guest(guest);
  auto config = snapshot->config;
  config.erase("vmstate");
  for (const auto& [key, value] : guest.config) {
    if (key == "description" || in_family(key, "unused")) config[key] = value;
    // A disk that is newer than the snapshot stays as an unused one.
    if (!is_disk_key(guest.type, key)) continue;
    const auto disk = parse_disk(guest.type, value);
    const bool known =
        std::ranges::any_of(disks_of(guest.type, snapshot->config),
                            [&](const KeyedDisk& each) { return each.disk.volid == disk.volid; });
    if (!known && !disk.is_cdrom() && state.volume(disk.volid, guest.node) != nullptr) {
      config[unused_key(config)] = disk.volid;
    }
  }
  config["parent"] = name;
  guest.config = std::move(config);
  guest.pending.clear();
  guest.pending_delete.clear();
  std::vector<std::string> log;
  if (snapshot->vmstate)
    log.emplace_back("netdev net0: not adding 'host_mtu' parameter for migration compat");
  if (snapshot->vmstate || (start && !start_error(state, guest))) start_guest(state, guest);
  return {"OK", std::move(log)};
}

}  // namespace

Answer create_snapshot(Call& call) {
  const auto type = call.guest_type();
  const auto name = call.parameters.text("snapname");
  if (name == "current") return Answer::fail("unable to use snapshot name 'current' (reserved name)");
  if (type == GuestType::Qemu && base::lower_ascii(name) == "pending") {
    return Answer::fail("unable to use snapshot name 'pending' (reserved name)");
  }
  if (type == GuestType::Lxc && name == "vzdump") {
    return Answer::fail("unable to use snapshot name 'vzdump' (reserved name)");
  }
  if (type == GuestType::Qemu) {
    if (const auto found = find_guest(call); !found) return found.error();
  }
  const bool memory = call.parameters.flag("vmstate");
  GuestTask task{.type = task_type(type, "snapshot"), .duration = milliseconds(memory ? 1300 : 600)};
  task.lock = "snapshot";
  task.check = [name](State& state, Guest& guest) { return take_error(state, guest, name); };
  task.work = [name, description = call.parameters.text("description"), memory](State& state, Guest& guest) {
    return take(state, guest, name, description, memory);
  };
  return run_guest_task(call, std::move(task));
}

Answer delete_snapshot(Call& call) {
  const auto name = call.parameters.text("snapname");
  GuestTask task{.type = task_type(call.guest_type(), "delsnapshot"), .duration = milliseconds(600)};
  task.lock = "snapshot-delete";
  task.check = [name](State&, Guest& guest) -> std::optional<std::string> {
    if (guest.snapshot(name) == nullptr) return not_there(name);
    if (auto locked = lock_error(guest)) return locked;
    if (guest.is_template()) return "you can't delete a snapshot if vm is a template";
    return std::nullopt;
  };
  task.work = [name](State& state, Guest& guest) { return drop(state, guest, name); };
  return run_guest_task(call, std::move(task));
}

Answer rollback_snapshot(Call& call) {
  const auto name = call.parameters.text("snapname");
  const bool start = call.parameters.flag("start");
  if (start) {
    if (auto refused = refuse(call, fmt::format("/vms/{}", call.vmid()), {"VM.PowerMgmt"})) return *refused;
  }
  GuestTask task{.type = task_type(call.guest_type(), "rollback"), .duration = milliseconds(800)};
  task.lock = "rollback";
  task.check = [name](State& state, Guest& guest) { return rollback_error(state, guest, name); };
  task.work = [name, start](State& state, Guest& guest) { return roll_back(state, guest, name, start); };
  return run_guest_task(call, std::move(task));
}

}  // namespace simulator
