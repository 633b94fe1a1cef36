#include <fmt/format.h>

#include "simulator/guest/guest_power.h"
#include "simulator/guest/ha_rounds.h"

namespace simulator {
namespace {

using std::chrono::milliseconds;

constexpr auto kCt = GuestType::Lxc;
constexpr milliseconds kStart{1700};
constexpr milliseconds kStop{900};
/// What `qmpstatus` holds of a container whose processes lie in a checkpoint.
constexpr std::string_view kCheckpoint = "checkpoint";

/// A container that does not exist has no process either: PVE does not look further.
bool running(Call& call) {
  const auto* const guest = guest_on(call.state, call.node(), kCt, call.vmid());
  return guest != nullptr && guest->running;
}

std::optional<std::string> locked(State&, Guest& guest) {
  return guest.lock() == "mounted" ? std::nullopt : lock_error(guest);
}

TaskEnd stop_now(State&, Guest& guest) {
  stop_guest(guest);
  return {};
}

Answer not_running(Call& call) { return Answer::fail(fmt::format("CT {} not running", call.vmid())); }

}  // namespace

Answer start_container(Call& call) {
  if (auto refused = root_only(call, {"skiplock"})) return *refused;
  if (running(call)) return Answer::fail(fmt::format("CT {} already running", call.vmid()));
  if (is_ha_managed(call.state, kCt, call.vmid())) return ask_ha(call, kCt, {});
  return run_guest_task(call, kCt,
                        {.type = "vzstart",
                         .duration = kStart,
                         .check = [](State& state, Guest& guest) { return start_error(state, guest); },
                         .work =
                             [](State& state, Guest& guest) {
                               start_guest(state, guest);
                               return TaskEnd{};
                             }});
}

Answer stop_container(Call& call) {
  if (auto refused = root_only(call, {"skiplock"})) return *refused;
  if (!running(call)) return not_running(call);
  if (is_ha_managed(call.state, kCt, call.vmid())) {
    if (call.parameters.flag("overrule-shutdown")) {
      return Answer::bad("overrule-shutdown", "Not applicable for HA resources.");
    }
    return ask_ha(call, kCt, {HaRequest::What::Stop});
  }
  return run_guest_task(call, kCt, {.type = "vzstop", .duration = kStop, .check = locked, .work = stop_now});
}

Answer shutdown_container(Call& call) {
  if (!running(call)) return not_running(call);
  if (is_ha_managed(call.state, kCt, call.vmid())) {
    const auto timeout = static_cast<unsigned>(call.parameters.number("timeout", 60));
    return ask_ha(call, kCt, {HaRequest::What::Shutdown, {}, timeout});
  }
  return run_guest_task(call, kCt,
                        {.type = "vzshutdown", .duration = kStop, .check = locked, .work = stop_now});
}

Answer reboot_container(Call& call) {
  // PVE's own words here, although it is a container.
  if (!running(call)) return Answer::fail(fmt::format("VM {} not running", call.vmid()));
  return run_guest_task(call, kCt,
                        {.type = "vzreboot",
                         .duration = milliseconds(1900),
                         .check = locked,
                         .work = [](State& state, Guest& guest) {
                           stop_guest(guest);
                           start_guest(state, guest);
                           return TaskEnd{};
                         }});
}

// CRIU saves only the processes of a privileged container; for another one PVE's task fails like this.
Answer suspend_container(Call& call) {
  if (!running(call)) return not_running(call);
  const auto vmid = call.vmid();
  GuestTask task{.type = "vzsuspend", .duration = kStop, .check = [](State&, Guest& guest) {
                   return lock_error(guest);
                 }};
  task.work = [vmid](State&, Guest& guest) -> TaskEnd {
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
  return run_guest_task(call, kCt, std::move(task));
}

Answer resume_container(Call& call) {
  if (running(call)) return Answer::fail(fmt::format("CT {} already running", call.vmid()));
  const auto vmid = call.vmid();
  const auto failed = fmt::format(
      "command 'lxc-checkpoint -n {} -r --foreground -D /var/lib/vz/dump' failed: exit code 1", vmid);
  GuestTask task{.type = "vzresume", .duration = kStop};
  task.missing = failed;
  task.work = [failed](State& state, Guest& guest) -> TaskEnd {
    if (guest.qmpstatus != kCheckpoint) return {failed, {}};
    start_guest(state, guest);
    return {};
  };
  return run_guest_task(call, kCt, std::move(task));
}

}  // namespace simulator
