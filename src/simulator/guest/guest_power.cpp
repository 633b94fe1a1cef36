#include "simulator/guest/guest_power.h"

#include <fmt/format.h>

#include <algorithm>

#include "simulator/core/permission.h"
#include "simulator/core/time_text.h"
#include "simulator/guest/guest_disk.h"
#include "simulator/guest/guest_hotplug.h"
#include "simulator/guest/ha_rounds.h"

namespace simulator {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// The durations of the tasks.
struct Durations {
  milliseconds start;
  milliseconds stop;
  milliseconds reboot;
};

const Durations& durations(const Call& call) {
  static constexpr Durations kVm{milliseconds(1200), milliseconds(600), milliseconds(600)};
  static constexpr Durations kContainer{milliseconds(1700), milliseconds(900), milliseconds(1900)};
  return call.guest_type() == GuestType::Qemu ? kVm : kContainer;
}

/// The `qmpstatus` of a container whose processes are in a checkpoint.
constexpr std::string_view kCheckpoint = "checkpoint";

/// PVE looks only for the process, so a container that does not exist counts as stopped.
bool running(Call& call) {
  const auto* const guest = guest_on(call);
  return guest != nullptr && guest->running;
}

bool paused(Call& call) { return running(call) && guest_on(call)->qmpstatus == "paused"; }

/// PVE checks a container's process before it starts the task; a VM's worker does that itself.
std::optional<Answer> refuse_container(Call& call, bool must_run) {
  if (call.guest_type() == GuestType::Qemu || running(call) == must_run) return std::nullopt;
  return Answer::fail(fmt::format("CT {} {} running", call.vmid(), must_run ? "not" : "already"));
}

/// PVE looks for a VM's process before it reads the configuration. It says "VM" of a container too.
std::optional<Answer> refuse_stopped(Call& call) {
  if (call.guest_type() == GuestType::Qemu && guest_on(call) == nullptr) {
    return Answer::fail(process_missing(call.node(), call.vmid()));
  }
  if (!running(call)) return Answer::fail(fmt::format("VM {} not running", call.vmid()));
  return std::nullopt;
}

/// A worker that stops a VM looks for its process first.
std::string missing_text(const Call& call) {
  return call.guest_type() == GuestType::Qemu ? process_missing(call.node(), call.vmid()) : std::string();
}

/// A backup of a stopped VM runs its process without its CPUs. A start during that only lets the CPUs run.
std::optional<std::string> worker_start_error(State& state, Guest& guest) {
  const bool held = guest.type == GuestType::Qemu && guest.running && guest.lock() == "backup";
  return held ? std::nullopt : start_error(state, guest);
}

/// Starts the guest. A VM with a saved state resumes from it, with these lines in the log.
TaskEnd start_now(State& state, Guest& guest) {
  if (guest.running) {
    guest.qmpstatus = "running";
    return {};
  }
  const auto saved = std::string(get(guest.config, "vmstate"));
  start_guest(state, guest);
  if (saved.empty()) return {};
  free_volume(state, saved, guest.node);
  for (const auto* const key : {"vmstate", "lock", "runningmachine", "runningcpu"}) guest.config.erase(key);
  return {"OK",
          {"Resuming suspended VM", "netdev net0: not adding 'host_mtu' parameter for migration compat",
           fmt::format("activating and using '{}' as vmstate", saved), "Resumed VM, removing state"}};
}

/// The lock of a VM counts only while it runs. The lock "mounted" does not keep a container from stopping.
std::optional<std::string> stop_error(State&, Guest& guest) {
  const bool free = guest.type == GuestType::Qemu ? !guest.running : guest.lock() == "mounted";
  return free ? std::nullopt : lock_error(guest);
}

std::optional<std::string> locked(State&, Guest& guest) { return lock_error(guest); }

std::optional<std::string> locked_but_for_backup(State&, Guest& guest) {
  return guest.lock() == "backup" ? std::nullopt : lock_error(guest);
}

/// A running VM that reacts neither to the power button nor by an agent. A paused one is stopped at once.
bool ignores_shutdown(const Guest& guest) {
  if (guest.type == GuestType::Lxc || !guest.running || guest.qmpstatus == "paused") return false;
  return get(guest.config, "acpi", "1") == "0" &&
         get(parse_properties(get(guest.config, "agent"), "enabled"), "enabled") != "1";
}

GuestTask shutting_down(Call& call, std::string_view verb, milliseconds duration) {
  const auto limit = seconds(call.parameters.number("timeout", 60));
  const bool force = call.parameters.flag("forceStop");
  const auto* const guest = guest_on(call);
  const bool waits = guest != nullptr && ignores_shutdown(*guest);
  GuestTask task{.type = task_type(call.guest_type(), verb),
                 .duration = waits ? std::max<milliseconds>(limit, duration) : duration,
                 .check = stop_error,
                 .missing = missing_text(call)};
  task.work = [waits, force](State&, Guest& each) -> TaskEnd {
    if (waits && !force) return {"VM quit/powerdown failed - got timeout", {}};
    stop_guest(each);
    if (waits) return {"OK", {"VM still running - terminating now with SIGTERM"}};
    return {};
  };
  return task;
}

std::vector<std::string> overrule_shutdowns(Call& call) {
  const auto type = task_type(call.guest_type(), "shutdown");
  std::string overruled;
  for (auto& task : call.state.tasks) {
    if (!task.running || task.type != type || task.id != std::to_string(call.vmid())) continue;
    stop_task(call.state, task);
    overruled += (overruled.empty() ? "" : ", ") + task.upid;
  }
  if (overruled.empty()) return {};
  return {fmt::format("overruled {} tasks: {}", type, overruled)};
}

Answer suspend_to_disk(Call& call, const Guest& guest) {
  if (is_ha_managed(call)) return Answer::fail("Cannot suspend HA managed VM to disk");
  const auto path = fmt::format("/vms/{}", guest.vmid);
  if (auto refused = refuse(call, path, {"VM.Config.Disk"})) return *refused;
  const auto storage = call.parameters.text("statestorage", memory_storage(call.state, guest));
  if (call.state.storage(storage) == nullptr) {
    return Answer::fail(fmt::format("storage '{}' does not exist", storage));
  }
  if (auto refused = refuse(call, "/storage/" + storage, {"Datastore.AllocateSpace"})) return *refused;
  GuestTask task{.type = "qmsuspend",
                 .duration = milliseconds(1900),
                 .check = locked,
                 .log = {"trying to acquire lock...", " OK"},
                 .lock = "suspending"};
  task.work = [storage](State& state, Guest& vm) {
    vm.config["vmstate"] = save_memory(state, vm, storage, "suspend-" + log_time(state.now()).substr(0, 10));
    vm.config["lock"] = "suspended";
    stop_guest(vm);
    return TaskEnd{"OK", {"State saved, quitting"}};
  };
  return run_guest_task(call, std::move(task));
}

/// A task that sets nothing but the state of the VM's process.
GuestTask setting_status(std::string_view type, std::string_view status) {
  GuestTask task{.type = std::string(type), .check = locked_but_for_backup};
  task.work = [status](State&, Guest& vm) {
    vm.qmpstatus = status;
    return TaskEnd{};
  };
  return task;
}

}  // namespace

std::optional<std::string> start_error(State& state, const Guest& guest) {
  const bool vm = guest.type == GuestType::Qemu;
  if (guest.is_template()) return fmt::format("you can't start a {} if it's a template", vm ? "vm" : "CT");
  const bool passes = guest.lock() == (vm ? "suspended" : "mounted");
  if (!passes) {
    if (auto error = lock_error(guest)) return error;
  }
  if (guest.running) return fmt::format("{} {} already running", noun(guest.type), guest.vmid);
  for (const auto& [key, disk] : disks_of(guest.type, guest.config)) {
    const auto storage = disk.storage();
    if (storage.empty()) continue;
    if (auto error = storage_error(state, storage, guest.node)) return error;
    if (state.volume(disk.volid, guest.node) == nullptr)
      return fmt::format("volume '{}' does not exist", disk.volid);
  }
  return device_error(state, guest);
}

namespace power {

Answer start(Call& call) {
  if (auto refused =
          root_only(call, {"stateuri", "skiplock", "migratedfrom", "migration_type", "migration_network",
                           "targetstorage", "force-cpu", "with-conntrack-state", "nets-host-mtu"})) {
    return *refused;
  }
  if (auto refused = refuse_container(call, false)) return *refused;
  if (is_ha_managed(call)) return ask_ha(call, {});
  return run_guest_task(call, {.type = task_type(call.guest_type(), "start"),
                               .duration = durations(call).start,
                               .check = worker_start_error,
                               .work = start_now});
}

Answer stop(Call& call) {
  if (auto refused = root_only(call, {"skiplock", "keepActive", "migratedfrom"})) return *refused;
  if (auto refused = refuse_container(call, true)) return *refused;
  const bool overrule = call.parameters.flag("overrule-shutdown");
  if (is_ha_managed(call)) {
    if (overrule) return Answer::bad("overrule-shutdown", "Not applicable for HA resources.");
    return ask_ha(call, {HaRequest::What::Stop});
  }
  GuestTask task{.type = task_type(call.guest_type(), "stop"),
                 .duration = durations(call).stop,
                 .check = stop_error,
                 .missing = missing_text(call)};
  if (overrule) task.log = overrule_shutdowns(call);
  task.work = [](State&, Guest& guest) {
    stop_guest(guest);
    return TaskEnd{};
  };
  return run_guest_task(call, std::move(task));
}

Answer shutdown(Call& call) {
  if (auto refused = root_only(call, {"skiplock", "keepActive"})) return *refused;
  if (auto refused = refuse_container(call, true)) return *refused;
  if (paused(call) && !call.parameters.flag("forceStop"))
    return Answer::fail("VM is paused - cannot shutdown");
  if (is_ha_managed(call)) {
    const auto timeout = static_cast<unsigned>(call.parameters.number("timeout", 60));
    return ask_ha(call, {HaRequest::What::Shutdown, {}, timeout});
  }
  return run_guest_task(call, shutting_down(call, "shutdown", durations(call).stop));
}

Answer reboot(Call& call) {
  if (paused(call)) return Answer::fail("VM is paused - cannot shutdown");
  if (auto refused = refuse_stopped(call)) return *refused;
  auto task = shutting_down(call, "reboot", durations(call).reboot);
  task.work = [down = std::move(task.work)](State& state, Guest& guest) {
    auto end = down(state, guest);
    if (!guest.running) start_guest(state, guest);
    return end;
  };
  return run_guest_task(call, std::move(task));
}

Answer reset(Call& call) {
  if (auto refused = root_only(call, {"skiplock"})) return *refused;
  if (auto refused = refuse_stopped(call)) return *refused;
  return run_guest_task(call, {.type = "qmreset", .check = locked});
}

Answer suspend_vm(Call& call) {
  if (auto refused = root_only(call, {"skiplock"})) return *refused;
  if (auto refused = refuse_stopped(call)) return *refused;
  if (call.parameters.flag("todisk")) return suspend_to_disk(call, *guest_on(call));
  return run_guest_task(call, setting_status("qmpause", "paused"));
}

// CRIU saves only the processes of a privileged container; for another one PVE's task fails like this.
Answer suspend_container(Call& call) {
  if (auto refused = refuse_container(call, true)) return *refused;
  GuestTask task{.type = "vzsuspend", .duration = durations(call).stop, .check = locked};
  task.work = [vmid = call.vmid()](State&, Guest& guest) -> TaskEnd {
    if (get(guest.config, "unprivileged") == "1") {
      return {fmt::format("command 'lxc-checkpoint -n {} -s -D /var/lib/vz/dump' failed: exit code 1", vmid),
              {fmt::format(
                   "lxc-checkpoint: {}: ../src/lxc/criu.c: criu_version_ok: 767 No such file or directory - "
                   "execing criu failed, is it installed?",
                   vmid),
               fmt::format(
                   "lxc-checkpoint: {}: ../src/lxc/tools/lxc_checkpoint.c: checkpoint: 182 Checkpointing {} "
                   "failed",
                   vmid, vmid)}};
    }
    stop_guest(guest);
    guest.qmpstatus = kCheckpoint;
    return {};
  };
  return run_guest_task(call, std::move(task));
}

Answer resume_vm(Call& call) {
  if (auto refused = root_only(call, {"skiplock", "nocheck"})) return *refused;
  const auto* const guest = guest_on(call);
  if (guest != nullptr && guest->lock() == "suspended") {
    return run_guest_task(call, {.type = "qmresume",
                                 .duration = durations(call).start,
                                 .check = worker_start_error,
                                 .work = start_now});
  }
  if (auto refused = refuse_stopped(call)) return *refused;
  return run_guest_task(call, setting_status("qmresume", "running"));
}

Answer resume_container(Call& call) {
  if (auto refused = refuse_container(call, false)) return *refused;
  const auto failed = fmt::format(
      "command 'lxc-checkpoint -n {} -r --foreground -D /var/lib/vz/dump' failed: exit code 1", call.vmid());
  GuestTask task{.type = "vzresume", .duration = durations(call).stop, .missing = failed};
  task.work = [failed](State& state, Guest& guest) -> TaskEnd {
    if (guest.qmpstatus != kCheckpoint) return {failed, {}};
    start_guest(state, guest);
    return {};
  };
  return run_guest_task(call, std::move(task));
}

}  // namespace power

}  // namespace simulator
