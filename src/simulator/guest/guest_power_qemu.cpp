#include <fmt/format.h>

#include <algorithm>

#include "simulator/core/permission.h"
#include "simulator/core/time_text.h"
#include "simulator/guest/guest_disk.h"
#include "simulator/guest/guest_power.h"
#include "simulator/guest/ha_rounds.h"

namespace simulator {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr auto kVm = GuestType::Qemu;
constexpr milliseconds kStart{1200};
constexpr milliseconds kStop{600};

/// The guest's system reacts to the power button, or its agent shuts it down.
bool cooperates(const Guest& guest) {
  return get(guest.config, "acpi", "1") != "0" ||
         get(parse_properties(get(guest.config, "agent"), "enabled"), "enabled") == "1";
}

/// PVE looks for the process before it reads the configuration.
std::optional<Answer> not_running(Call& call) {
  const auto* const guest = guest_on(call.state, call.node(), kVm, call.vmid());
  if (guest == nullptr) return Answer::fail(process_missing(call.node(), call.vmid()));
  if (!guest->running) return Answer::fail(fmt::format("VM {} not running", call.vmid()));
  return std::nullopt;
}

bool paused(Call& call) {
  const auto* const guest = guest_on(call.state, call.node(), kVm, call.vmid());
  return guest != nullptr && guest->running && guest->qmpstatus == "paused";
}

std::optional<std::string> locked_while_running(State&, Guest& guest) {
  return guest.running ? lock_error(guest) : std::nullopt;
}

std::optional<std::string> locked_but_for_backup(State&, Guest& guest) {
  return guest.lock() == "backup" ? std::nullopt : lock_error(guest);
}

/// Wakes a VM from its saved state; the lines are what the worker prints.
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

/// A backup holds the VM in a running process; starting it then only lets it go on.
std::optional<std::string> vm_start_error(State& state, Guest& guest) {
  if (guest.running && guest.lock() == "backup") return std::nullopt;
  return start_error(state, guest);
}

GuestTask shutting_down(Call& call, std::string_view type) {
  const auto limit = seconds(call.parameters.number("timeout", 60));
  const bool force = call.parameters.flag("forceStop");
  const auto* const guest = guest_on(call.state, call.node(), kVm, call.vmid());
  const bool waits =
      guest != nullptr && guest->running && !cooperates(*guest) && guest->qmpstatus != "paused";
  GuestTask task{.type = type,
                 .duration = waits ? std::max<milliseconds>(limit, kStop) : kStop,
                 .check = locked_while_running};
  task.missing = process_missing(call.node(), call.vmid());
  task.work = [waits, force](State&, Guest& vm) -> TaskEnd {
    if (waits && !force) return {"VM quit/powerdown failed - got timeout", {}};
    stop_guest(vm);
    if (waits) return {"OK", {"VM still running - terminating now with SIGTERM"}};
    return {};
  };
  return task;
}

std::vector<std::string> overrule_shutdowns(Call& call) {
  std::string overruled;
  for (auto& task : call.state.tasks) {
    if (!task.running || task.type != "qmshutdown" || task.id != std::to_string(call.vmid())) continue;
    stop_task(call.state, task);
    overruled += (overruled.empty() ? "" : ", ") + task.upid;
  }
  if (overruled.empty()) return {};
  return {"overruled qmshutdown tasks: " + overruled};
}

Answer suspend_to_disk(Call& call, const Guest& guest) {
  if (is_ha_managed(call.state, kVm, guest.vmid)) return Answer::fail("Cannot suspend HA managed VM to disk");
  const auto path = fmt::format("/vms/{}", guest.vmid);
  if (auto refused = refuse(call, path, {"VM.Config.Disk"})) return *refused;
  const auto storage = call.parameters.text("statestorage", memory_storage(call.state, guest));
  if (call.state.storage(storage) == nullptr) {
    return Answer::fail(fmt::format("storage '{}' does not exist", storage));
  }
  if (auto refused = refuse(call, "/storage/" + storage, {"Datastore.AllocateSpace"})) return *refused;
  GuestTask task{.type = "qmsuspend",
                 .duration = milliseconds(1900),
                 .check = [](State&, Guest& vm) { return lock_error(vm); },
                 .log = {"trying to acquire lock...", " OK"},
                 .lock = "suspending"};
  task.work = [storage](State& state, Guest& vm) {
    vm.config["vmstate"] = save_memory(state, vm, storage, "suspend-" + log_time(state.now()).substr(0, 10));
    vm.config["lock"] = "suspended";
    stop_guest(vm);
    return TaskEnd{"OK", {"State saved, quitting"}};
  };
  return run_guest_task(call, kVm, std::move(task));
}

}  // namespace

Answer start_vm(Call& call) {
  if (auto refused =
          root_only(call, {"stateuri", "skiplock", "migratedfrom", "migration_type", "migration_network",
                           "targetstorage", "force-cpu", "with-conntrack-state", "nets-host-mtu"})) {
    return *refused;
  }
  if (is_ha_managed(call.state, kVm, call.vmid())) return ask_ha(call, kVm, {});
  return run_guest_task(call, kVm,
                        {.type = "qmstart", .duration = kStart, .check = vm_start_error, .work = start_now});
}

Answer stop_vm(Call& call) {
  if (auto refused = root_only(call, {"skiplock", "keepActive", "migratedfrom"})) return *refused;
  const bool overrule = call.parameters.flag("overrule-shutdown");
  if (is_ha_managed(call.state, kVm, call.vmid())) {
    if (overrule) return Answer::bad("overrule-shutdown", "Not applicable for HA resources.");
    return ask_ha(call, kVm, {HaRequest::What::Stop});
  }
  GuestTask task{.type = "qmstop", .duration = kStop, .check = locked_while_running};
  if (overrule) task.log = overrule_shutdowns(call);
  task.missing = process_missing(call.node(), call.vmid());
  task.work = [](State&, Guest& guest) {
    stop_guest(guest);
    return TaskEnd{};
  };
  return run_guest_task(call, kVm, std::move(task));
}

Answer shutdown_vm(Call& call) {
  if (auto refused = root_only(call, {"skiplock", "keepActive"})) return *refused;
  if (paused(call) && !call.parameters.flag("forceStop"))
    return Answer::fail("VM is paused - cannot shutdown");
  if (is_ha_managed(call.state, kVm, call.vmid())) {
    const auto timeout = static_cast<unsigned>(call.parameters.number("timeout", 60));
    return ask_ha(call, kVm, {HaRequest::What::Shutdown, {}, timeout});
  }
  return run_guest_task(call, kVm, shutting_down(call, "qmshutdown"));
}

Answer reboot_vm(Call& call) {
  if (paused(call)) return Answer::fail("VM is paused - cannot shutdown");
  if (auto refused = not_running(call)) return *refused;
  auto task = shutting_down(call, "qmreboot");
  task.work = [down = std::move(task.work)](State& state, Guest& guest) {
    auto end = down(state, guest);
    if (!guest.running) start_guest(state, guest);
    return end;
  };
  return run_guest_task(call, kVm, std::move(task));
}

Answer reset_vm(Call& call) {
  if (auto refused = root_only(call, {"skiplock"})) return *refused;
  if (auto refused = not_running(call)) return *refused;
  return run_guest_task(call, kVm,
                        {.type = "qmreset", .check = [](State&, Guest& guest) { return lock_error(guest); }});
}

Answer suspend_vm(Call& call) {
  if (auto refused = root_only(call, {"skiplock"})) return *refused;
  if (auto refused = not_running(call)) return *refused;
  if (call.parameters.flag("todisk")) return suspend_to_disk(call, *call.state.guest(call.vmid()));
  return run_guest_task(call, kVm,
                        {.type = "qmpause", .check = locked_but_for_backup, .work = [](State&, Guest& guest) {
                           guest.qmpstatus = "paused";
                           return TaskEnd{};
                         }});
}

Answer resume_vm(Call& call) {
  if (auto refused = root_only(call, {"skiplock", "nocheck"})) return *refused;
  const auto* const guest = guest_on(call.state, call.node(), kVm, call.vmid());
  const bool suspended = guest != nullptr && guest->lock() == "suspended";
  if (suspended) {
    return run_guest_task(
        call, kVm, {.type = "qmresume", .duration = kStart, .check = vm_start_error, .work = start_now});
  }
  if (auto refused = not_running(call)) return *refused;
  return run_guest_task(call, kVm,
                        {.type = "qmresume", .check = locked_but_for_backup, .work = [](State&, Guest& vm) {
                           vm.qmpstatus = "running";
                           return TaskEnd{};
                         }});
}

}  // namespace simulator
