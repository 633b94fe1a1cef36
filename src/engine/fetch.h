// The one call of a row, as PVE has to be asked for what the model wants to see.
#pragma once

#include <expected>

#include "engine/step.h"
#include "pve/client.h"

namespace engine {

/// Sends `wanted`. Of a log the last lines unless the call says where to start, which can take a second call;
/// of a task without a log, of which PVE says so with status 200, the error that PVE has for its status.
std::expected<pve::Answer, pve::Error> fetch(const Work& work, const Ready& ready, const pve::Call& wanted);

}  // namespace engine
