// What a cluster without quorum answers to a call that would write to its configuration.
#pragma once

#include <optional>

#include "simulator/core/tasks.h"

namespace simulator {

/// Nothing for calls that still work (reads, stop, services).
std::optional<Answer> without_quorum(Call& call);

}  // namespace simulator
