#include "simulator/guest/guest_destroy.h"

#include <fmt/format.h>

#include <algorithm>

#include "simulator/guest/guest_disk.h"
#include "simulator/guest/guest_options.h"

namespace simulator {
namespace {

using std::chrono::milliseconds;

bool replicated(const State& state, unsigned vmid) {
  const auto prefix = fmt::format("{}-", vmid);
  return std::ranges::any_of(state.replications,
                             [&](const auto& job) { return job.first.starts_with(prefix); });
}

/// PVE checks this before the task and again in the worker.
std::optional<std::string> destroy_error(const State& state, const Guest& guest, bool purge) {
  const auto who = fmt::format("{} {}", noun(guest.type), guest.vmid);
  if (get(guest.config, "protection") == "1")
    return fmt::format("can't remove {} - protection mode enabled", who);
  if (guest.type == GuestType::Lxc) {
    if (auto locked = lock_error(guest)) return locked;
  }
  if (purge) return std::nullopt;
  if (state.ha_resources.contains(ha_id(guest.type, guest.vmid))) {
    return fmt::format("unable to remove {} - used in HA resources and purge parameter not set.", who);
  }
  if (replicated(state, guest.vmid)) {
    return fmt::format("There is a replication job for guest '{}' - please remove that first.", guest.vmid);
  }
  return std::nullopt;
}

std::optional<std::string> base_in_use(State& state, const Guest& guest) {
  for (const auto& [key, disk] : disks_of(guest.type, guest.config)) {
    if (disk.is_cdrom() || used_by_clone(state, disk.volid).empty()) continue;
    // The grammar is PVE's.
    return fmt::format("base volume '{}' is still in use by linked cloned", disk.volid);
  }
  return std::nullopt;
}

void drop_from_jobs(State& state, unsigned vmid) {
  for (auto job = state.backup_jobs.begin(); job != state.backup_jobs.end();) {
    bool emptied = false;
    for (const auto* const key : {"vmid", "exclude"}) {
      const auto line = job->second.find(key);
      if (line == job->second.end()) continue;
      auto ids = split_list(line->second);
      if (std::erase(ids, std::to_string(vmid)) == 0) continue;
      line->second = fmt::format("{}", fmt::join(ids, ","));
      emptied = emptied || (ids.empty() && std::string_view(key) == "vmid");
      if (ids.empty()) job->second.erase(line);
    }
    job = emptied ? state.backup_jobs.erase(job) : std::next(job);
  }
  const auto prefix = fmt::format("{}-", vmid);
  std::erase_if(state.replications, [&](const auto& entry) { return entry.first.starts_with(prefix); });
}

/// Frees every volume of the guest that a section of its configuration names.
void free_disks(State& state, const Guest& guest) {
  std::vector<const Config*> sections{&guest.config, &guest.pending};
  for (const auto& snapshot : guest.snapshots) sections.push_back(&snapshot.config);
  for (const auto* const section : sections) {
    for (const auto& [key, value] : *section) {
      if (key == "vmstate") free_volume(state, value, guest.node);
      if (!is_disk_key(guest.type, key) && !in_family(key, "unused")) continue;
      const auto volid = parse_disk(guest.type, value).volid;
      const auto* const volume = state.volume(volid, guest.node);
      if (volume != nullptr && volume->vmid == guest.vmid) free_volume(state, volid, guest.node);
    }
  }
}

std::vector<std::string> destroy_log(const State& state, const Guest& guest, bool purge, bool forced) {
  std::vector<std::string> log;
  const auto who = fmt::format("{} {}", noun(guest.type), guest.vmid);
  if (forced) log.push_back(fmt::format("forced to stop {} before destroying!", who));
  if (!purge) return log;
  log.push_back(fmt::format("purging {} from related configurations..", who));
  if (state.ha_resources.contains(ha_id(guest.type, guest.vmid))) {
    log.push_back(fmt::format("NOTE: removed {} from HA resource configuration.", who));
  }
  return log;
}

/// Marks the guest as a template and renames its disks: "vm-131-disk-0.qcow2" becomes
/// "base-131-disk-0.qcow2".
void make_base(State& state, Guest& guest) {
  for (auto& [key, disk] : disks_of(guest.type, guest.config)) {
    auto* const volume = disk.is_cdrom() ? nullptr : state.volume(disk.volid, guest.node);
    if (volume == nullptr) continue;
    auto base = *volume;
    for (const std::string_view prefix : {"vm-", "subvol-"}) {
      const auto name = fmt::format("{}{}-", prefix, guest.vmid);
      const auto at = base.volid.rfind(name);
      if (at == std::string::npos) continue;
      base.volid.replace(at, prefix.size(), prefix == "vm-" ? "base-" : "basevol-");
      break;
    }
    state.drop_volume(disk.volid, guest.node);
    disk.volid = base.volid;
    guest.config[key] = disk.text();
    state.put_volume(std::move(base));
  }
  guest.config["template"] = "1";
}

std::optional<std::string> template_error(const Guest& guest) {
  if (auto locked = lock_error(guest)) return locked;
  const bool vm = guest.type == GuestType::Qemu;
  if (!guest.snapshots.empty()) {
    return fmt::format("unable to create template, because {} contains snapshots", noun(guest.type));
  }
  if (guest.is_template()) return "you can't convert a template to a template";
  if (!guest.running) return std::nullopt;
  return vm ? "you can't convert a VM to template if VM is running"
            : "you can't convert a CT to template if the CT is running";
}

std::optional<std::string> move_error(Call& call, const Guest& guest, const std::string& key) {
  if (auto locked = lock_error(guest)) return locked;
  if (!has(guest.config, key)) return fmt::format("disk '{}' does not exist", key);
  const auto disk = parse_disk(guest.type, get(guest.config, key));
  if (disk.is_cdrom()) return "you can't move a cdrom";
  const auto* const volume = call.state.volume(disk.volid, guest.node);
  const auto format = call.parameters.text("format");
  const bool same = disk.storage() == call.parameters.text("storage");
  if (same && (format.empty() || volume == nullptr || volume->format == format)) {
    return guest.type == GuestType::Qemu ? "you can't move to the same storage with same format"
                                         : "you can't move to the same storage";
  }
  if (!guest.snapshots.empty() && call.parameters.flag("delete")) {
    return "you can't move a disk with snapshots and delete the source";
  }
  if (guest.type == GuestType::Lxc && guest.running) return "cannot move volumes of a running container";
  return std::nullopt;
}

/// The log lines of a VM's worker while it copies the disk.
std::vector<std::string> move_lines(State& state, const Guest& guest, const std::string& key,
                                    const std::string& storage, const std::string& format) {
  const auto disk = parse_disk(guest.type, get(guest.config, key));
  const auto* const volume = state.volume(disk.volid, guest.node);
  if (guest.type != GuestType::Qemu || volume == nullptr) return {};
  const auto size = volume->size;
  const auto made = planned(state, guest.type, storage, guest.node, guest.vmid, size,
                            format.empty() ? volume->format : format);
  std::vector<std::string> log;
  log.push_back(fmt::format("copying volume '{}' from current storage '{}' to target storage '{}'",
                            disk.volid, disk.storage(), storage));
  log.push_back(fmt::format("create full clone of drive {} ({})", key, disk.volid));
  log.insert(log.end(), made.log.begin(), made.log.end());
  log.push_back(fmt::format("allocated target volume '{}'", made.volid));
  for (const unsigned percent : {0U, 20U, 40U, 60U, 80U, 100U}) {
    const auto done = size / 100 * percent + size % 100 * percent / 100;
    log.push_back(fmt::format("transferred {} of {} ({}.00%)", readable(done), readable(size), percent));
  }
  return log;
}

TaskEnd move_now(State& state, Guest& guest, const std::string& key, const std::string& storage,
                 const std::string& format, bool remove) {
  auto disk = parse_disk(guest.type, get(guest.config, key));
  const auto old = disk.volid;
  const auto* const volume = state.volume(old, guest.node);
  if (volume == nullptr)
    return {fmt::format("storage migration failed: volume '{}' does not exist", old), {}};
  const auto size = volume->size;
  auto made = allocate(state, guest.type, storage, guest.node, guest.vmid, size,
                       format.empty() ? volume->format : format);
  auto log = guest.type == GuestType::Qemu ? std::vector<std::string>{} : std::move(made.log);
  disk.volid = made.volid;
  guest.config[key] = disk.text();
  if (remove) {
    if (guest.type == GuestType::Qemu)
      log.push_back(fmt::format("removing source volume '{}' after successful copy", old));
    free_volume(state, old, guest.node);
  } else {
    guest.config[unused_key(guest.config)] = old;
  }
  return {"OK", std::move(log)};
}

}  // namespace

void erase_guest(State& state, unsigned vmid, bool purge, bool unreferenced) {
  const auto* const guest = state.guest(vmid);
  if (guest == nullptr) return;
  const auto type = guest->type;
  free_disks(state, *guest);
  if (unreferenced) {
    std::erase_if(state.volumes, [&](const auto& entry) {
      const auto& volume = entry.second;
      const bool here = volume.node.empty() || volume.node == guest->node;
      return here && volume.vmid == vmid && (volume.content == "images" || volume.content == "rootdir");
    });
  }
  if (purge) {
    drop_from_jobs(state, vmid);
    state.ha_resources.erase(ha_id(type, vmid));
    state.ha_services.erase(ha_id(type, vmid));
  }
  std::erase_if(state.acls,
                [path = fmt::format("/vms/{}", vmid)](const Acl& acl) { return acl.path == path; });
  state.guest_firewalls.erase(vmid);
  state.guests.erase(vmid);
}

Answer destroy_guest(Call& call) {
  if (auto refused = root_only(call, {"skiplock"})) return *refused;
  const auto found = find_guest(call);
  if (!found) return found.error();
  const bool force = call.parameters.flag("force");
  const bool purge = call.parameters.flag("purge");
  const bool unreferenced = call.parameters.flag("destroy-unreferenced-disks");
  if (auto error = destroy_error(call.state, **found, purge)) return Answer::fail(*error);
  if ((*found)->running && !force) {
    return Answer::fail((*found)->type == GuestType::Qemu
                            ? fmt::format("VM {} is running - destroy failed", call.vmid())
                            : fmt::format("unable to destroy CT {} - container is running", call.vmid()));
  }
  GuestTask task{.type = task_type((*found)->type, "destroy"), .duration = milliseconds(600)};
  task.check = [purge, force](State& state, Guest& guest) -> std::optional<std::string> {
    if (auto error = destroy_error(state, guest, purge)) return error;
    // PVE destroys a VM that is suspended to disk, in spite of that lock.
    const bool suspended = guest.type == GuestType::Qemu && guest.lock() == "suspended";
    if (auto locked = lock_error(guest); locked && !suspended) return locked;
    if (guest.running && !force) return fmt::format("VM {} is running - destroy failed", guest.vmid);
    return base_in_use(state, guest);
  };
  task.work = [purge, unreferenced, worker = call.state.next_pid](State& state, Guest& guest) {
    if (!state.quorate()) {
      // PVE frees the disks before it notices that it cannot write the configuration.
      free_disks(state, guest);
      return TaskEnd{config_read_only(guest.type, guest.node, guest.vmid, worker), {}};
    }
    auto log = destroy_log(state, guest, purge, guest.running);
    erase_guest(state, guest.vmid, purge, unreferenced);
    return TaskEnd{"OK", std::move(log)};
  };
  return run_guest_task(call, std::move(task));
}

Answer make_template(Call& call, Guest& guest) {
  if (auto error = template_error(guest)) return Answer::fail(*error);
  const bool vm = guest.type == GuestType::Qemu;
  auto started = run_guest_task(call, {.type = task_type(guest.type, "template"),
                                       .duration = milliseconds(vm ? 600 : 100),
                                       .check = [](State&, Guest& each) { return template_error(each); },
                                       .work =
                                           [](State& state, Guest& each) {
                                             make_base(state, each);
                                             return TaskEnd{};
                                           }});
  // PVE does not name the task that turns a container into a template.
  return vm ? std::move(started) : Answer::of();
}

Answer move_disk(Call& call, Guest& guest) {
  const bool vm = guest.type == GuestType::Qemu;
  if (call.parameters.has("target-vmid")) {
    return Answer::fail("moving a disk to another guest is not simulated", 501);
  }
  const auto key = call.parameters.text(vm ? "disk" : "volume");
  const auto storage = call.parameters.text("storage");
  if (auto bad = check_storage(call.state, guest.type, storage, call.node())) return *bad;
  if (auto error = move_error(call, guest, key)) return Answer::fail(*error);
  return run_guest_task(
      call,
      {.type = vm ? "qmmove" : "move_volume",
       .duration = milliseconds(1200),
       .check = [](State&, Guest& each) { return lock_error(each); },
       .log = move_lines(call.state, guest, key, storage, call.parameters.text("format")),
       .work =
           [key, storage, format = call.parameters.text("format"), remove = call.parameters.flag("delete")](
               State& state, Guest& each) { return move_now(state, each, key, storage, format, remove); }});
}

}  // namespace simulator
