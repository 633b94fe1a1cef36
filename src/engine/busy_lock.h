// A guest's lock that is busy for a moment: waiting for it.
#pragma once

#include <string_view>

#include "engine/step.h"

namespace engine {

/// Whether the call may be sent once more after PVE's words, which say that it could not lock the guest's
/// configuration in time: PVE's own clean-up holds that lock for up to 30 s after a guest has stopped, and no
/// task tells. True after a wait of at most 3 s; only of changes that a second time change nothing more or
/// take nothing away, and for as long in all as a call may wait for its task (Options::wait).
bool waited_for_lock(Work& work, Ready& ready, std::string_view words);

}  // namespace engine
