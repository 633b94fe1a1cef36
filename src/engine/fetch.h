// Sends the read of a row so that PVE answers with the part that the model wants to see.
#pragma once

#include <expected>

#include "engine/step.h"
#include "pve/client.h"

namespace engine {

/// Sends `wanted`. Asks for the last lines of a log, unless the call names a start; this can take a second
/// request. Returns PVE's error "no such task" for a task that has no log, which PVE reports with status 200.
std::expected<pve::Answer, pve::Error> fetch(const Work& work, const Ready& ready, const pve::Call& wanted);

}  // namespace engine
