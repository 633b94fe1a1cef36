// SIGTERM and SIGINT as a function call on a thread of their own: no handler, no global state.
#pragma once

#include <functional>

namespace cli {

/// To be called before any other thread starts, because threads inherit the mask. `stop` is called for each
/// SIGTERM and SIGINT until the process ends, and what it uses must live as long. SIGPIPE is ignored: a
/// reader that is gone shows as an error of write().
void on_termination(std::function<void()> stop);

}  // namespace cli
