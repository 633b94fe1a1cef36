// Signals as function calls on a thread of their own: no handler, no global state.
#pragma once

#include <functional>

namespace cli {

/// To be called before any other thread starts, because threads inherit the mask. `stop` is called for each
/// SIGTERM and SIGINT until the process ends, and what it uses must live as long. SIGPIPE is ignored: a
/// reader that is gone shows as an error of write().
void on_termination(std::function<void()> stop);
/// The same, and `reload` for each SIGHUP.
void on_signals(std::function<void()> stop, std::function<void()> reload);

}  // namespace cli
