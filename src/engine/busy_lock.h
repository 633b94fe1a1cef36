// Waits until PVE can lock a guest again.
#pragma once

#include <string_view>

#include "engine/step.h"

namespace engine {

/// Decides whether the call is sent once more. Returns true, after a wait of at most 3 s, if `words` are
/// PVE's error that it could not lock the guest's configuration in time. PVE's clean-up holds that lock for
/// up to 30 s after a guest has stopped, and no task shows it. Returns false if a second sending could change
/// or remove more than the first, if the call has waited for Options::wait in all, or if it was cancelled.
bool waited_for_lock(Work& work, Ready& ready, std::string_view words);

}  // namespace engine
