// The common part of VMs and containers: finding them, PVE's texts about them, and their tasks.
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
/// "unable to find configuration file for VM 999 on node 'pve1'", which PVE says where it looks for the
/// process first.
std::string process_missing(std::string_view node, unsigned vmid);
/// The error of a process that cannot write the guest's configuration, for example without quorum.
std::string config_read_only(GuestType type, std::string_view node, unsigned vmid, unsigned pid);
/// "VM is locked (backup)"; nullopt if it is not locked.
std::optional<std::string> lock_error(const Guest& guest);
/// "VM 100 already exists on node 'pve1'"; nullopt if the id is free.
std::optional<std::string> id_in_use(State& state, unsigned vmid);

/// The guest of that type on that node; nullptr if it is on another node or does not exist.
Guest* guest_on(State& state, std::string_view node, GuestType type, unsigned vmid);
/// The guest of the call; nullptr if it does not exist.
Guest* guest_on(Call& call);
/// The guest of the call, or the 500 about its missing configuration file.
std::expected<Guest*, Answer> find_guest(Call& call);

/// "vm:100" or "ct:200".
std::string ha_id(GuestType type, unsigned vmid);
/// Whether HA manages the guest: it is a resource whose state is not "ignored".
bool is_ha_managed(const State& state, GuestType type, unsigned vmid);
/// The same for the guest of the call, which need not exist.
bool is_ha_managed(const Call& call);

/// SHA-1 over the guest's configuration file, including pending changes and snapshots.
std::string guest_digest(const Guest& guest);

/// Applies the pending changes and makes the guest run from now on.
void start_guest(State& state, Guest& guest);
void stop_guest(Guest& guest);
/// Writes the pending changes into the configuration.
void apply_pending(Guest& guest);

/// PVE's 400 if the call has one of the options, which only the login root@pam may set.
std::optional<Answer> root_only(const Call& call, std::initializer_list<std::string_view> options);

/// BC:24:11 and three random bytes.
std::string random_mac(State& state);
std::string random_uuid(State& state);

/// The type of the task in which PVE does `verb`: "qmstart" for a VM, "vzstart" for a container.
std::string task_type(GuestType type, std::string_view verb);

struct GuestTask {
  std::string type;
  std::chrono::milliseconds duration{100};
  /// The refusal of the worker, which checks this once it holds the guest's lock file; empty: none.
  std::function<std::optional<std::string>(State&, Guest&)> check = {};
  std::vector<std::string> log = {};
  /// The change of the state at the end of the task.
  std::function<TaskEnd(State&, Guest&)> work = {};
  /// The `lock` line in the configuration while the task runs; empty: none.
  std::string lock = {};
  std::string stopped_status = "received interrupt";
  TaskStop on_stop = {};
  /// The error if the guest does not exist; empty: `config_missing`.
  std::string missing = {};
};

/// Starts the task on the call's guest. If another task holds the guest's lock file, this one waits for it,
/// as in PVE for at most ten seconds. A refusal becomes the error of the task.
Answer run_guest_task(Call& call, GuestTask task);

/// PVE's refusal of a call without a task if another task holds the guest's lock file for longer than PVE
/// waits, else nullopt.
std::optional<Answer> lock_file_busy(const Call& call);

}  // namespace simulator
