// New guests: from nothing, from a template archive, from a backup.
#pragma once

#include "simulator/guest/guest.h"

namespace simulator {

Answer create_vm(Call& call);
Answer create_container(Call& call);

/// What creating and restoring have in common.
struct NewGuest {
  GuestType type = GuestType::Qemu;
  unsigned vmid = 0;
  std::string node;
  std::string pool;
  std::string user;  ///< who asked, for the autostart's own task
  Config config;     ///< as given; disks still "STORAGE:SIZE"
  bool start = false;
  bool ha_managed = false;
};

/// The new guest that the call asks for, still without a configuration.
NewGuest new_guest(const Call& call);
/// The task that creates or restores it; a stop removes the guest and its disks.
TaskSpec creation(const NewGuest& guest, std::string_view type);
/// Refuses unless the caller may allocate the id or use the pool, the pool exists and every option is his to
/// set.
std::optional<Answer> check_new_guest(Call& call, const NewGuest& guest);
/// The guest with nothing but the lock "create", which holds the id while the task runs.
Guest& reserve(State& state, const NewGuest& guest);
/// Takes back what `reserve` and a failed task left.
void abandon(State& state, unsigned vmid);
/// Allocates the disks of `config`; the tools' words go to `log`.
void allocate_disks(State& state, const NewGuest& guest, Config& config, std::vector<std::string>& log);
/// Pool, HA resource, autostart.
void settle(State& state, const NewGuest& guest, std::vector<std::string>& log);

/// The configuration inside a backup archive with its disks as "STORAGE:SIZE" again; `storage` overrides the
/// one they were on. Nothing when the archive does not exist.
std::optional<Config> config_in_archive(State& state, GuestType type, std::string_view archive,
                                        std::string_view node, std::string_view storage);

}  // namespace simulator
