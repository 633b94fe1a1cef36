// Starting, stopping and everything between.
#pragma once

#include "simulator/guest/guest.h"

namespace simulator {

Answer start_vm(Call& call);
Answer stop_vm(Call& call);
Answer shutdown_vm(Call& call);
Answer reboot_vm(Call& call);
Answer reset_vm(Call& call);
Answer suspend_vm(Call& call);
Answer resume_vm(Call& call);

Answer start_container(Call& call);
Answer stop_container(Call& call);
Answer shutdown_container(Call& call);
Answer reboot_container(Call& call);
Answer suspend_container(Call& call);
Answer resume_container(Call& call);

/// Why the guest cannot start now (template, lock, already running, missing bridge or volume); nothing when
/// it can.
std::optional<std::string> start_error(State& state, const Guest& guest);

}  // namespace simulator
