// The refusals of a cluster without quorum, which cannot write its configuration.
#pragma once

#include <optional>

#include "simulator/core/tasks.h"

namespace simulator {

/// PVE's refusal; nullopt for calls that still work (reads, stop, services).
std::optional<Answer> without_quorum(Call& call);

}  // namespace simulator
