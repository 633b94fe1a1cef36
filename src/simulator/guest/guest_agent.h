// What all calls to the QEMU guest agent share.
#pragma once

#include <expected>

#include "simulator/core/call.h"

namespace simulator {

/// The VM, or PVE's refusal to ask its agent. PVE checks the configuration before the process.
std::expected<const Guest*, Answer> with_agent(Call& call);
/// The agent's answer in PVE's form.
Answer agent_result(base::Json value);
bool is_windows(const Guest& guest);

}  // namespace simulator
