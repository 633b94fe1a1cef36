// What VMs and containers have in common: finding them, PVE's texts about them, and tasks that act on one.
#pragma once

#include <chrono>
#include <expected>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "simulator/core/call.h"
#include "simulator/core/tasks.h"

namespace simulator {

/// "VM" or "CT".
std::string_view noun(GuestType type);
/// "Configuration file 'nodes/pve1/qemu-server/999.conf' does not exist".
std::string config_missing(GuestType type, std::string_view node, unsigned vmid);
/// "unable to find configuration file for VM 999 on node 'pve1'": where PVE looks for the process first.
std::string process_missing(std::string_view node, unsigned vmid);
/// What a process says that may not write the guest's configuration, as without quorum.
std::string config_read_only(GuestType type, std::string_view node, unsigned vmid, unsigned pid);
/// "VM is locked (backup)"; nothing when it is not.
std::optional<std::string> lock_error(const Guest& guest);
/// "VM 100 already exists on node 'pve1'"; nothing when the id is free.
std::optional<std::string> id_in_use(State& state, unsigned vmid);

/// The guest of that type on that node; nullptr when it is elsewhere or not at all.
Guest* guest_on(State& state, std::string_view node, GuestType type, unsigned vmid);
/// The guest of the call; nullptr when it does not exist.
Guest* guest_on(Call& call);
/// The guest of the call, or the 500 about its missing configuration file.
std::expected<Guest*, Answer> find_guest(Call& call);

/// "vm:100" or "ct:200".
std::string ha_id(GuestType type, unsigned vmid);
/// Under HA and not in state "ignored".
bool is_ha_managed(const State& state, GuestType type, unsigned vmid);
/// The guest of the call, whether or not it exists.
bool is_ha_managed(const Call& call);

/// SHA-1 over everything in the guest's configuration file: pending changes and snapshots included.
std::string guest_digest(const Guest& guest);

/// Runs from now on with the pending changes applied.
void start_guest(State& state, Guest& guest);
void stop_guest(Guest& guest);
/// Writes the pending changes into the configuration.
void apply_pending(Guest& guest);

/// 400 when the option is given: PVE takes it from root@pam's own login only, and a token is none.
std::optional<Answer> root_only(const Call& call, std::initializer_list<std::string_view> options);

/// BC:24:11 and three random bytes.
std::string random_mac(State& state);
std::string random_uuid(State& state);

/// The type of the task in which PVE does `verb`: "qmstart" for a VM, "vzstart" for a container.
std::string task_type(GuestType type, std::string_view verb);

struct GuestTask {
  std::string type;
  std::chrono::milliseconds duration{100};
  /// Why the worker refuses, evaluated once it holds the guest's lock file; empty: never.
  std::function<std::optional<std::string>(State&, Guest&)> check = {};
  std::vector<std::string> log = {};
  /// What happens at the end.
  std::function<TaskEnd(State&, Guest&)> work = {};
  /// The `lock` line of the configuration meanwhile; empty: none.
  std::string lock = {};
  std::string stopped_status = "received interrupt";
  TaskStop on_stop = {};
  /// The worker's words when there is no such guest; empty: `config_missing`.
  std::string missing = {};
};

/// Starts the task on the call's guest. While another worker holds the guest's lock file it waits for that
/// one, for ten seconds at most, as PVE does. Refusals become task errors.
Answer run_guest_task(Call& call, GuestTask task);

/// What a call that works without a task answers when another worker keeps the lock file for longer than
/// PVE waits; nothing when it is free in time.
std::optional<Answer> lock_file_busy(const Call& call);

}  // namespace simulator
