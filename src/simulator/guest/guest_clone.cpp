#include "simulator/guest/guest_clone.h"

#include <fmt/format.h>

#include <algorithm>

#include "simulator/core/permission.h"
#include "simulator/guest/guest_create.h"
#include "simulator/guest/guest_disk.h"
#include "simulator/guest/guest_options.h"

namespace simulator {
namespace {

using std::chrono::milliseconds;

/// The parameters of the call for the worker.
struct Plan {
  GuestType type = GuestType::Qemu;
  unsigned vmid = 0;
  unsigned newid = 0;
  std::string node;
  std::string target;  ///< the node of the copy
  std::string storage;
  std::string format;
  std::string name;
  std::string description;
  std::string pool;
  bool full = false;
  Config source;  ///< the configuration to copy: the present one or the snapshot's
};

std::string volume_path(std::string_view volid) { return std::string(volid.substr(volid.find(':') + 1)); }

/// The disk of a linked clone. In a file storage its volume id names the base; elsewhere it has no special
/// form.
Disk linked_disk(State& state, const Plan& plan, const Disk& from, std::vector<std::string>& log) {
  Disk disk = from;
  const auto* const base = state.volume(from.volid, plan.node);
  const auto* const storage = state.storage(from.storage());
  if (base == nullptr || storage == nullptr) return disk;
  const auto format = base->format;
  const auto size = base->size;
  const auto path = volume_path(base->volid);
  const bool files = keeps_files(*storage) && storage->type() != "btrfs";
  auto made = allocate(state, plan.type, storage->id, plan.node, plan.newid, size, format,
                       files ? "../" + path : path + "@__base__");
  disk.volid = made.volid;
  if (files) {
    // The id becomes "local:131/base-131-disk-0.qcow2/132/vm-132-disk-0.qcow2".
    const auto name = volume_path(made.volid);
    const auto file = name.substr(name.find('/') + 1);
    log.push_back(
        fmt::format("clone {}: images, {}, {} to {} (base=../{})", path, file, plan.newid, file, path));
    disk.volid = fmt::format("{}:{}/{}", storage->id, path, name);
    if (auto* const volume = state.volume(made.volid, plan.node)) {
      auto copy = *volume;
      copy.volid = disk.volid;
      state.drop_volume(made.volid, plan.node);
      state.put_volume(std::move(copy));
    }
  }
  log.insert(log.end(), made.log.begin(), made.log.end());
  return disk;
}

Disk full_disk(State& state, const Plan& plan, const Disk& from, std::vector<std::string>& log) {
  Disk disk = from;
  const auto* const volume = state.volume(from.volid, plan.node);
  const auto size = volume == nullptr ? parse_size(get(from.options, "size", "1G")) : volume->size;
  const auto format = !plan.format.empty() ? plan.format : volume == nullptr ? std::string() : volume->format;
  const auto storage = plan.storage.empty() ? std::string(from.storage()) : plan.storage;
  auto made = from.volid.find("cloudinit") == std::string::npos
                  ? allocate(state, plan.type, storage, plan.node, plan.newid, size, format)
                  : allocate_cloudinit(state, storage, plan.node, plan.newid, format);
  log.insert(log.end(), made.log.begin(), made.log.end());
  disk.volid = made.volid;
  if (plan.type == GuestType::Lxc) return disk;
  log.push_back(fmt::format("allocated target volume '{}'", made.volid));
  const auto all = readable(size);
  for (const unsigned percent : {0U, 20U, 40U, 60U, 80U, 100U}) {
    log.push_back(fmt::format("transferred {} of {} ({}.00%)",
                              readable(size / 100 * percent + size % 100 * percent / 100), all, percent));
  }
  return disk;
}

Config copied(State& state, const Plan& plan, std::vector<std::string>& log) {
  const bool vm = plan.type == GuestType::Qemu;
  Config config;
  for (const auto& [key, value] : plan.source) {
    if (in_family(key, "unused")) continue;
    if (in_family(key, "net")) {
      config[key] = with_new_mac(state, plan.type, value);
    } else if (is_disk_key(plan.type, key) &&
               !(parse_disk(plan.type, value).is_cdrom() && value.find("cloudinit") == std::string::npos)) {
      const auto disk = parse_disk(plan.type, value);
      const bool cloudinit = value.find("cloudinit") != std::string::npos;
      const bool full = plan.full || cloudinit || key == "tpmstate0";
      log.push_back(fmt::format("create {} clone of {} {} ({})", full ? "full" : "linked",
                                vm     ? "drive"
                                : full ? "mountpoint"
                                       : "mount point",
                                key, disk.volid));
      config[key] = (full ? full_disk(state, plan, disk, log) : linked_disk(state, plan, disk, log)).text();
    } else {
      config[key] = value;
    }
  }
  return config;
}

void name_copy(State& state, const Plan& plan, Config& config) {
  for (const auto* const key :
       {"template", "lock", "parent", "vmstate", "snapstate", "runningcpu", "runningmachine"}) {
    config.erase(key);
  }
  if (!plan.description.empty()) config["description"] = plan.description;
  if (plan.type == GuestType::Lxc) {
    if (!plan.name.empty()) config["hostname"] = plan.name;
    return;
  }
  config["name"] = !plan.name.empty()
                       ? plan.name
                       : fmt::format("Copy-of-VM-{}", get(plan.source, "name", std::to_string(plan.vmid)));
  config["smbios1"] = "uuid=" + random_uuid(state);
  if (has(config, "vmgenid")) config["vmgenid"] = random_uuid(state);
}

/// `config` is the copy's configuration; its disks exist already.
TaskEnd finish_clone(State& state, const Plan& plan, Config config) {
  auto* const copy = state.guest(plan.newid);
  if (copy == nullptr) {
    free_volumes(state, plan.type, config, plan.node);
    return {"clone failed: unexpected state change", {}};
  }
  name_copy(state, plan, config);
  copy->config = std::move(config);
  copy->node = plan.target;
  copy->pool = plan.pool;
  if (const auto firewall = state.guest_firewalls.find(plan.vmid); firewall != state.guest_firewalls.end()) {
    state.guest_firewalls[plan.newid] = firewall->second;
  }
  return {"OK", {}};
}

std::optional<Answer> check_target(Call& call, const Plan& plan) {
  if (!plan.pool.empty() && !call.state.pools.contains(plan.pool)) {
    return Answer::fail(fmt::format("pool '{}' does not exist", plan.pool));
  }
  if (call.state.node(plan.target) == nullptr) {
    return Answer::fail(fmt::format("no such cluster node '{}'", plan.target));
  }
  if (plan.storage.empty()) return std::nullopt;
  if (auto bad = check_storage(call.state, plan.type, plan.storage, plan.node)) return bad;
  if (plan.target == plan.node) return std::nullopt;
  if (auto bad = check_storage(call.state, plan.type, plan.storage, plan.target)) return bad;
  if (call.state.storage(plan.storage)->shared()) return std::nullopt;
  return Answer::fail(fmt::format("can't clone to non-shared storage '{}'", plan.storage));
}

/// PVE's refusal if the caller may not copy the disks, or if PVE cannot copy them in this way or to that
/// node.
std::optional<Answer> check_disks(Call& call, const Plan& plan, bool of_snapshot) {
  bool shared = true;
  const bool vm = plan.type == GuestType::Qemu;
  for (const auto& [key, disk] : disks_of(plan.type, plan.source)) {
    // PVE makes the copy on this node, so it is the source's storages that must be shared.
    const auto* const from = call.state.storage(disk.storage());
    shared = shared && (disk.storage().empty() || (from != nullptr && from->shared()));
    if (disk.is_cdrom()) continue;
    const auto storage = plan.storage.empty() ? std::string(disk.storage()) : plan.storage;
    if (auto refused = refuse(call, "/storage/" + storage, {"Datastore.AllocateSpace"})) return refused;
    if (call.state.storage(storage) == nullptr) {
      return Answer::fail(fmt::format("storage '{}' does not exist", storage));
    }
    if (plan.full || can_clone(call.state, plan.type, disk.volid, of_snapshot)) continue;
    if (!vm) return Answer::fail(fmt::format("Linked clone feature for '{}' is not available", disk.volid));
    return Answer::fail(fmt::format("Linked clone feature is not supported for{} '{}' ({})",
                                    of_snapshot ? " a snapshot of" : "", disk.volid, key));
  }
  if (plan.target == plan.node || shared) return std::nullopt;
  return Answer::fail(
      fmt::format("can't clone {0} to node '{1}' ({0} uses local storage)", noun(plan.type), plan.target));
}

Plan read_plan(const Call& call) {
  const auto& given = call.parameters;
  Plan plan;
  plan.type = call.guest_type();
  plan.vmid = call.vmid();
  plan.newid = static_cast<unsigned>(given.number("newid"));
  plan.node = call.node();
  plan.target = given.text("target", plan.node);
  if (plan.target == "localhost") plan.target = plan.node;
  plan.storage = given.text("storage");
  plan.format = given.text("format");
  plan.name = given.text(plan.type == GuestType::Qemu ? "name" : "hostname");
  plan.description = given.text("description");
  plan.pool = given.text("pool");
  return plan;
}

std::optional<Answer> choose_source(Call& call, Plan& plan) {
  auto& guest = *call.state.guest(plan.vmid);
  const auto snapname = call.parameters.text("snapname");
  auto* const snapshot = guest.snapshot(snapname);
  if (!snapname.empty() && snapshot == nullptr) {
    return Answer::fail(fmt::format("snapshot '{}' does not exist", snapname));
  }
  plan.full = call.parameters.flag("full", !guest.is_template());
  plan.source = snapshot == nullptr ? guest.config : snapshot->config;
  if (plan.full) return std::nullopt;
  if (!plan.storage.empty()) return Answer::fail("parameter 'storage' not allowed for linked clones");
  if (!plan.format.empty()) return Answer::fail("parameter 'format' not allowed for linked clones");
  return std::nullopt;
}

Answer start_clone(Call& call, Plan plan, TaskSpec spec) {
  NewGuest place;
  place.type = plan.type;
  place.vmid = plan.newid;
  place.node = plan.node;
  auto& copy = reserve(call.state, place);
  if (plan.type == GuestType::Qemu) copy.config["lock"] = "clone";
  spec.node = plan.node;
  spec.id = std::to_string(plan.vmid);
  spec.user = call.identity.full();
  spec.duration = milliseconds(plan.full ? 1500 : 600);
  spec.stopped_status = "clone failed: interrupted by signal";
  // The copy's disks exist while PVE copies them, so allocate them at the start.
  auto config = copied(call.state, plan, spec.log);
  spec.on_stop = [plan, config](State& state) {
    free_volumes(state, plan.type, config, plan.node);
    abandon(state, plan.newid);
  };
  spec.work = [plan = std::move(plan), config = std::move(config)](State& state) {
    return finish_clone(state, plan, config);
  };
  return Answer::of(base::Json(start_task(call.state, std::move(spec))));
}

}  // namespace

Answer clone_vm(Call& call) {
  auto* const guest = guest_on(call);
  if (guest == nullptr) return Answer::fail(process_missing(call.node(), call.vmid()));
  auto plan = read_plan(call);
  if (auto bad = check_target(call, plan)) return *bad;
  if (auto locked = lock_error(*guest)) return Answer::fail(*locked);
  if (auto bad = choose_source(call, plan)) return *bad;
  const bool of_snapshot = call.parameters.has("snapname");
  if (auto bad = check_disks(call, plan, of_snapshot)) return *bad;
  if (id_in_use(call.state, plan.newid)) {
    return Answer::fail(fmt::format("unable to create VM {}: config file already exists", plan.newid));
  }
  if (plan.full && guest->running && !of_snapshot && has(guest->config, "tpmstate0")) {
    return Answer::fail("cannot clone TPM state while VM is running");
  }
  TaskSpec spec;
  spec.type = "qmclone";
  spec.log = {fmt::format("creating a clone of VM {} with ID {}", plan.vmid, plan.newid)};
  return start_clone(call, std::move(plan), std::move(spec));
}

Answer clone_container(Call& call) {
  auto plan = read_plan(call);
  if (auto bad = check_target(call, plan)) return *bad;
  const auto found = find_guest(call);
  if (!found) return found.error();
  const auto& guest = **found;
  if (auto locked = lock_error(guest)) return Answer::fail(*locked);
  if (auto used = id_in_use(call.state, plan.newid)) return Answer::fail(*used);
  if (auto bad = choose_source(call, plan)) return *bad;
  const bool of_snapshot = call.parameters.has("snapname");
  if (plan.full && guest.running && !of_snapshot) {
    return Answer::fail("Full clone of a running container is only possible from a snapshot");
  }
  if (auto bad = check_disks(call, plan, of_snapshot)) return *bad;
  TaskSpec spec;
  spec.type = "vzclone";
  spec.log = {fmt::format("creating a clone of container {} with ID {}", plan.vmid, plan.newid)};
  spec.lock_guest = plan.vmid;
  spec.lock = "disk";
  return start_clone(call, std::move(plan), std::move(spec));
}

}  // namespace simulator
