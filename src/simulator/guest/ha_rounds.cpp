#include "simulator/guest/ha_rounds.h"

#include <fmt/format.h>

#include <utility>

#include "simulator/guest/guest_migrate.h"
#include "simulator/guest/guest_power.h"

namespace simulator {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr milliseconds kRound = seconds(10);
/// The time from the cluster's manager to the node's manager.
constexpr milliseconds kHandOver = seconds(7);
constexpr std::string_view kByHa = "task started by HA resource agent";

Guest* guest_of(State& state, std::string_view sid) {
  const Config id{{"vmid", std::string(sid.substr(sid.find(':') + 1))}};
  return state.guest(static_cast<unsigned>(get_number(id, "vmid")));
}

/// A resource that the managers have not seen yet is at rest.
HaService& service_of(State& state, const std::string& sid) {
  const auto [found, is_new] = state.ha_services.try_emplace(sid);
  if (is_new) {
    const auto* const guest = guest_of(state, sid);
    found->second.crm = guest != nullptr && guest->running ? "started" : "stopped";
    found->second.settled = true;
  }
  return found->second;
}

std::string wanted_of(State& state, const std::string& sid) {
  const auto found = state.ha_resources.find(sid);
  if (found == state.ha_resources.end()) return "deleted";
  const auto wanted = get(found->second, "state", "started");
  return std::string(wanted == "enabled" ? "started" : wanted);
}

using Step = void (*)(State&, const std::string&);

/// Runs `step` after that time, unless a later request has come in between.
void plan(State& state, const std::string& sid, milliseconds in, Step step) {
  const auto number = service_of(state, sid).request;
  later(state, in, [sid, number, step](State& then) {
    const auto found = then.ha_services.find(sid);
    if (found != then.ha_services.end() && found->second.request == number) step(then, sid);
  });
}

void finish_round(State& state, const std::string& sid);

void begin_task(State& state, Guest& guest, std::string_view verb, TaskWork work) {
  TaskSpec spec;
  spec.node = guest.node;
  spec.type = task_type(guest.type, verb);
  spec.id = std::to_string(guest.vmid);
  spec.user = "root@pam";
  spec.duration = milliseconds(1200);
  spec.log = {std::string(kByHa)};
  spec.work = std::move(work);
  start_task(state, std::move(spec));
}

TaskEnd start_again(State& state, unsigned vmid) {
  auto* const guest = state.guest(vmid);
  if (guest == nullptr || guest->running) return {};
  if (auto error = start_error(state, *guest)) return {std::move(*error), {}};
  start_guest(state, *guest);
  return {};
}

/// The node's manager carries out the state.
void act(State& state, const std::string& sid) {
  auto& service = service_of(state, sid);
  auto* const guest = guest_of(state, sid);
  if (guest == nullptr || !state.online(guest->node)) return;
  const auto vmid = guest->vmid;
  if (service.crm == "migrate" || service.crm == "relocate") {
    move_by_ha(state, *guest, service.target, kByHa);
  } else if (service.crm == "request_stop") {
    begin_task(state, *guest, service.hard ? "stop" : "shutdown", [vmid](State& then) -> TaskEnd {
      if (auto* const stopped = then.guest(vmid)) stop_guest(*stopped);
      return {};
    });
  } else if (!guest->running) {
    begin_task(state, *guest, "start", [vmid](State& then) { return start_again(then, vmid); });
  }
  plan(state, sid, kRound, finish_round);
}

/// Counts a failed start, and gives up after the last one. Recorded on a cluster in which no other node could
/// run the guest; PVE would try another node first.
void count_failure(State& state, const std::string& sid) {
  auto& service = service_of(state, sid);
  const auto& section = state.ha_resources[sid];
  const auto most =
      (1 + get_number(section, "max_restart", 1)) * (1 + get_number(section, "max_relocate", 1));
  if (++service.failures < most) return act(state, sid);
  service.crm = "error";
}

/// The cluster's manager reads the result.
void finish_round(State& state, const std::string& sid) {
  auto& service = service_of(state, sid);
  const auto* const guest = guest_of(state, sid);
  if (guest == nullptr) return;
  if (service.crm == "migrate" || service.crm == "relocate") {
    // A move that failed leaves the guest on its node.
    service.target.clear();
    service.crm = guest->running ? "started" : "stopped";
    service.settled = guest->running == (wanted_of(state, sid) == "started");
    return service.settled ? void() : ha_follow(state, sid);
  }
  if (service.crm == "request_stop") {
    service.crm = "stopped";
  } else if (!guest->running) {
    return count_failure(state, sid);
  }
  service.failures = 0;
  service.settled = true;
}

/// A round of the cluster's manager.
void begin_round(State& state, const std::string& sid) {
  auto& service = service_of(state, sid);
  const auto found = state.ha_resources.find(sid);
  const auto* const guest = guest_of(state, sid);
  if (found == state.ha_resources.end() || guest == nullptr || !state.online(guest->node)) return;
  if (std::exchange(service.stop_asked, false)) found->second["state"] = "stopped";
  const auto wanted = wanted_of(state, sid);
  if (wanted == "ignored") return;
  const bool run = wanted == "started";
  if (service.crm == "error") {
    if (wanted == "disabled") service = {.crm = "stopped", .settled = true, .request = service.request};
    return;
  }
  service.settled = false;
  if (!service.target.empty()) {
    service.crm = guest->running && guest->type == GuestType::Qemu ? "migrate" : "relocate";
  } else {
    service.crm = run ? "started" : guest->running ? "request_stop" : "stopped";
    service.settled = run == guest->running;
    if (service.settled) return;
  }
  plan(state, sid, kHandOver, act);
}

std::string command_of(const std::string& sid, const HaRequest& request) {
  switch (request.what) {
    case HaRequest::What::Start:
      return fmt::format("ha-manager set {} --state started", sid);
    case HaRequest::What::Stop:
    case HaRequest::What::Shutdown:
      return fmt::format("ha-manager crm-command stop {} {}", sid, request.timeout);
    case HaRequest::What::Move:
      break;
  }
  return fmt::format("ha-manager migrate {} {}", sid, request.target);
}

void take(State& state, const std::string& sid, const HaRequest& request) {
  auto& service = service_of(state, sid);
  if (request.what == HaRequest::What::Start) state.ha_resources[sid]["state"] = "started";
  service.stop_asked = request.what == HaRequest::What::Stop || request.what == HaRequest::What::Shutdown;
  service.hard = request.what == HaRequest::What::Stop;
  service.target = request.target;
  ha_follow(state, sid);
}

}  // namespace

Answer ask_ha(Call& call, HaRequest request) {
  const bool move = request.what == HaRequest::What::Move;
  const bool start = request.what == HaRequest::What::Start;
  const auto verb = move ? "migration" : start ? "start" : "stop";
  auto line = fmt::format("Requesting HA {} for {} {}", verb, noun(call.guest_type()), call.vmid());
  if (move) line += " to node " + request.target;
  GuestTask task{.type = move    ? "hamigrate"
                         : start ? "hastart"
                                 : "hastop",
                 .duration = milliseconds(900),
                 .log = {std::move(line)}};
  task.work = [request = std::move(request)](State& state, Guest& guest) -> TaskEnd {
    const auto sid = ha_id(guest.type, guest.vmid);
    if (auto error = ha_error(state, sid)) {
      return {fmt::format("command '{}' failed: exit code 255", command_of(sid, request)), {*error}};
    }
    take(state, sid, request);
    return {};
  };
  return run_guest_task(call, std::move(task));
}

void ha_follow(State& state, const std::string& sid) {
  ++service_of(state, sid).request;
  const auto round =
      static_cast<std::int64_t>(static_cast<double>(kRound.count()) * state.options.task_speed);
  const auto passed = round == 0 ? 0 : state.now_ms % round;
  const auto wait = round == 0 ? 0.0 : static_cast<double>(round - passed) / state.options.task_speed;
  plan(state, sid, milliseconds(static_cast<std::int64_t>(wait)), begin_round);
}

void ha_add(State& state, const std::string& sid) {
  state.ha_services[sid] = {};
  ha_follow(state, sid);
}

std::string ha_crm_state(State& state, const std::string& sid) { return service_of(state, sid).crm; }

std::string ha_state_text(State& state, const std::string& sid) {
  const auto& service = service_of(state, sid);
  auto wanted = wanted_of(state, sid);
  if (wanted == "ignored") return wanted;
  const auto* const guest = guest_of(state, sid);
  if (guest != nullptr && !state.online(guest->node)) return "fence";
  if (service.crm.empty()) return "queued";
  if (service.crm == "error") return wanted == "disabled" ? "clearing error flag" : "error";
  if (service.crm == "started") {
    if (wanted != "started") return "stopping";
    return service.settled ? "started" : "starting";
  }
  if (service.crm == "stopped") return wanted == "started" ? "starting" : wanted;
  return service.crm;
}

std::optional<std::string> ha_error(State& state, const std::string& sid) {
  if (service_of(state, sid).crm != "error") return std::nullopt;
  return fmt::format("service '{}' in error state, must be disabled and fixed first", sid);
}

}  // namespace simulator
