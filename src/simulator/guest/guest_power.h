// Starting, stopping and everything between.
#pragma once

#include "simulator/guest/guest.h"

namespace simulator {

/// The calls below `/status`. Each answers for VMs and for containers unless its name says for which.
namespace power {

Answer start(Call& call);
Answer stop(Call& call);
Answer shutdown(Call& call);
Answer reboot(Call& call);
Answer reset(Call& call);
Answer suspend_vm(Call& call);
Answer suspend_container(Call& call);
Answer resume_vm(Call& call);
Answer resume_container(Call& call);

}  // namespace power

/// Why the guest cannot start now (template, lock, already running, missing bridge or volume); nothing when
/// it can.
std::optional<std::string> start_error(State& state, const Guest& guest);

}  // namespace simulator
