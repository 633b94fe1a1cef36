// New guests: from nothing, from a template archive, from a backup.
#pragma once

#include "simulator/guest/guest.h"

namespace simulator {

Answer create_vm(Call& call);
Answer create_container(Call& call);

/// A guest to create or to restore.
struct NewGuest {
  GuestType type = GuestType::Qemu;
  unsigned vmid = 0;
  std::string node;
  std::string pool;
  std::string user;  ///< the caller, who also owns the task that starts the guest
  Config config;     ///< as given; its disks are still "STORAGE:SIZE"
  bool start = false;
  bool ha_managed = false;
};

/// The new guest of the call, without a configuration.
NewGuest new_guest(const Call& call);
/// The task that creates or restores it; a stop removes the guest and its disks.
TaskSpec creation(const NewGuest& guest, std::string_view type);
/// PVE's refusal if the pool does not exist, or if the caller may not create a guest with that id or in that
/// pool, or may not set one of the options.
std::optional<Answer> check_new_guest(Call& call, const NewGuest& guest);
/// Adds the guest with nothing but the lock "create", so that its id is in use while the task runs.
Guest& reserve(State& state, const NewGuest& guest);
/// Removes the reserved guest and its disks, for a task that fails or is stopped.
void abandon(State& state, unsigned vmid);
/// Allocates the disks of `config` and adds the output of the storages' tools to `log`.
void allocate_disks(State& state, const NewGuest& guest, Config& config, std::vector<std::string>& log);
/// Puts the guest into its pool, makes it an HA resource and starts it, as far as the call asks for that.
void settle(State& state, const NewGuest& guest, std::vector<std::string>& log);

/// The configuration inside a backup archive, with its disks as "STORAGE:SIZE" for a restore. `storage`,
/// unless empty, replaces the storages of the backup. Nullopt if the archive does not exist.
std::optional<Config> config_in_archive(State& state, GuestType type, std::string_view archive,
                                        std::string_view node, std::string_view storage);

}  // namespace simulator
