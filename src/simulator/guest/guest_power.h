// Starting and stopping guests, and everything else below `/status`.
#pragma once

#include "simulator/guest/guest.h"

namespace simulator {

/// The handlers below `/status`. Each answers for VMs and containers, unless its name says for which of them.
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

/// Why the guest cannot start now (template, lock, already running, missing bridge or volume); nullopt if it
/// can.
std::optional<std::string> start_error(State& state, const Guest& guest);

}  // namespace simulator
