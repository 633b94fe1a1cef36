#include "simulator/guest/guest.h"

#include <fmt/format.h>

#include <algorithm>

namespace simulator {
namespace {

// The time for which PVE waits for a guest's lock file.
constexpr std::chrono::milliseconds kLockWait{10'000};

std::string lock_file_text(GuestType type, unsigned vmid) {
  return type == GuestType::Qemu
             ? fmt::format("can't lock file '/var/lock/qemu-server/lock-{}.conf' - got timeout", vmid)
             : fmt::format("can't lock file '/run/lock/lxc/pve-config-{}.lock' - got timeout", vmid);
}

// Backups, migrations and tasks with a `lock` line in the configuration do not hold the lock file.
bool holds_lock_file(const Task& task, std::string_view id) {
  if (!task.running || task.id != id || task.locked_guest != 0) return false;
  if (task.type == "vzdump" || task.type.ends_with("migrate")) return false;
  return task.type.starts_with("qm") || task.type.starts_with("vz") || task.type == "resize";
}

/// Milliseconds of simulated time until the lock file is free.
std::int64_t busy_for(const State& state, unsigned vmid) {
  const auto id = std::to_string(vmid);
  std::int64_t until = state.now_ms;
  for (const auto& task : state.tasks) {
    if (holds_lock_file(task, id)) until = std::max(until, task.end_ms);
  }
  return until - state.now_ms;
}

double speed(const State& state) { return std::max(state.options.task_speed, 1e-6); }

bool too_long(const State& state, std::int64_t busy) {
  return static_cast<double>(busy) > static_cast<double>(kLockWait.count()) * speed(state);
}

/// Looks the guest up again, because it may have been moved or removed since the task started.
TaskEnd finish(State& state, const std::string& node, GuestType type, unsigned vmid, const GuestTask& task,
               bool checked) {
  auto* const guest = guest_on(state, node, type, vmid);
  if (guest == nullptr) {
    return {task.missing.empty() ? config_missing(type, node, vmid) : task.missing, {}};
  }
  if (!checked && task.check) {
    if (auto error = task.check(state, *guest)) return {std::move(*error), {}};
  }
  return task.work ? task.work(state, *guest) : TaskEnd{};
}

}  // namespace

std::string_view noun(GuestType type) { return type == GuestType::Qemu ? "VM" : "CT"; }

std::string config_missing(GuestType type, std::string_view node, unsigned vmid) {
  return fmt::format("Configuration file 'nodes/{}/{}/{}.conf' does not exist", node,
                     type == GuestType::Qemu ? "qemu-server" : "lxc", vmid);
}

std::string config_read_only(GuestType type, std::string_view node, unsigned vmid, unsigned pid) {
  return fmt::format("unable to open file '/etc/pve/nodes/{}/{}/{}.conf.tmp.{}' - Permission denied", node,
                     type == GuestType::Qemu ? "qemu-server" : "lxc", vmid, pid);
}

std::string process_missing(std::string_view node, unsigned vmid) {
  return fmt::format("unable to find configuration file for VM {} on node '{}'", vmid, node);
}

std::optional<std::string> lock_error(const Guest& guest) {
  if (guest.lock().empty()) return std::nullopt;
  return fmt::format("{} is locked ({})", noun(guest.type), guest.lock());
}

std::optional<std::string> id_in_use(State& state, unsigned vmid) {
  const auto* const other = state.guest(vmid);
  if (other == nullptr) return std::nullopt;
  return fmt::format("{} {} already exists on node '{}'", noun(other->type), vmid, other->node);
}

Guest* guest_on(State& state, std::string_view node, GuestType type, unsigned vmid) {
  auto* const guest = state.guest(vmid);
  return guest != nullptr && guest->type == type && guest->node == node ? guest : nullptr;
}

Guest* guest_on(Call& call) { return guest_on(call.state, call.node(), call.guest_type(), call.vmid()); }

std::expected<Guest*, Answer> find_guest(Call& call) {
  if (auto* const guest = guest_on(call)) return guest;
  return std::unexpected(Answer::fail(config_missing(call.guest_type(), call.node(), call.vmid())));
}

std::string ha_id(GuestType type, unsigned vmid) {
  return fmt::format("{}:{}", type == GuestType::Qemu ? "vm" : "ct", vmid);
}

bool is_ha_managed(const State& state, GuestType type, unsigned vmid) {
  const auto found = state.ha_resources.find(ha_id(type, vmid));
  return found != state.ha_resources.end() && get(found->second, "state", "started") != "ignored";
}

bool is_ha_managed(const Call& call) { return is_ha_managed(call.state, call.guest_type(), call.vmid()); }

std::string guest_digest(const Guest& guest) {
  std::string text;
  const auto section = [&text](const Config& config) {
    for (const auto& [key, value] : config) text += key + ": " + value + "\n";
  };
  section(guest.config);
  text += "[PENDING]\n";
  section(guest.pending);
  for (const auto& key : guest.pending_delete) text += "delete: " + key + "\n";
  for (const auto& snapshot : guest.snapshots) {
    text += fmt::format("[{}]\n{}\n{}\n{}\n", snapshot.name, snapshot.parent, snapshot.description,
                        snapshot.time);
    section(snapshot.config);
  }
  return digest_of(text);
}

void apply_pending(Guest& guest) {
  for (const auto& key : guest.pending_delete) guest.config.erase(key);
  for (const auto& [key, value] : guest.pending) guest.config[key] = value;
  guest.pending_delete.clear();
  guest.pending.clear();
}

void start_guest(State& state, Guest& guest) {
  apply_pending(guest);
  guest.running = true;
  guest.qmpstatus = "running";
  guest.started = state.now();
  guest.pid = state.next_pid++;
}

void stop_guest(Guest& guest) {
  guest.running = false;
  guest.qmpstatus = "stopped";
  guest.pid = 0;
}

std::optional<Answer> root_only(const Call& call, std::initializer_list<std::string_view> options) {
  for (const auto option : options) {
    const auto value = call.parameters.text(option);
    if (!value.empty() && value != "0" &&
        !(call.identity.user == "root@pam" && call.identity.token.empty())) {
      return Answer::bad(option, "Only root may use this option.");
    }
  }
  return std::nullopt;
}

std::string random_mac(State& state) {
  const auto bits = state.random();
  return fmt::format("BC:24:11:{:02X}:{:02X}:{:02X}", bits & 255U, (bits >> 8U) & 255U, (bits >> 16U) & 255U);
}

std::string random_uuid(State& state) {
  const auto high = state.random();
  const auto low = state.random();
  return fmt::format("{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}", high >> 32U, (high >> 16U) & 0xffffU,
                     high & 0xfffU, 0x8000U | ((low >> 48U) & 0x3fffU), low & 0xffff'ffff'ffffULL);
}

std::string task_type(GuestType type, std::string_view verb) {
  return fmt::format("{}{}", type == GuestType::Qemu ? "qm" : "vz", verb);
}

Answer run_guest_task(Call& call, GuestTask task) {
  auto& state = call.state;
  const auto type = call.guest_type();
  const auto node = call.node();
  const auto vmid = call.vmid();
  const auto id = std::to_string(vmid);
  const auto busy = busy_for(state, vmid);
  if (too_long(state, busy)) {
    return run_task(call, task.type, id, kLockWait,
                    [text = lock_file_text(type, vmid)](State&) { return TaskEnd{text, {}}; },
                    {"trying to acquire lock..."});
  }
  TaskSpec spec;
  spec.node = node;
  spec.type = task.type;
  spec.id = id;
  spec.user = call.identity.full();
  spec.duration = task.duration;
  spec.stopped_status = task.stopped_status;
  spec.on_stop = task.on_stop;
  if (busy > 0) {
    spec.duration +=
        std::chrono::milliseconds(static_cast<std::int64_t>(static_cast<double>(busy) / speed(state)) + 1);
    spec.log = {"trying to acquire lock...", " OK"};
    spec.log.insert(spec.log.end(), task.log.begin(), task.log.end());
  } else {
    auto* const guest = guest_on(state, node, type, vmid);
    if (guest == nullptr) {
      return failing_task(call, task.type, id,
                          task.missing.empty() ? config_missing(type, node, vmid) : task.missing);
    }
    if (task.check) {
      if (auto error = task.check(state, *guest)) return failing_task(call, task.type, id, std::move(*error));
    }
    spec.log = task.log;
    if (!task.lock.empty()) {
      spec.lock_guest = vmid;
      spec.lock = task.lock;
    }
  }
  const bool checked = busy == 0;
  spec.work = [task = std::move(task), node, type, vmid, checked](State& later) {
    return finish(later, node, type, vmid, task, checked);
  };
  return Answer::of(base::Json(start_task(state, std::move(spec))));
}

std::optional<Answer> lock_file_busy(const Call& call) {
  if (!too_long(call.state, busy_for(call.state, call.vmid()))) return std::nullopt;
  return Answer::fail(lock_file_text(call.guest_type(), call.vmid()));
}

}  // namespace simulator
