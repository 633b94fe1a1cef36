// Runs several reads at the same time.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <stop_token>

namespace engine {

/// The work for one index. Must end soon after its stop token is requested.
using EachOf = std::function<void(std::size_t index, const std::stop_token& stop)>;

/// Calls `each` for 0 to `count` - 1, with at most `at_once` calls at the same time. Returns when all have
/// ended, or soon after `longest` has passed or `stop` was requested; some may not have started then. An
/// exception of `each` stops the other calls and is not passed on. Uses fewer threads if the system has no
/// more, and calls nothing if it has none.
void in_parallel(std::size_t count, std::size_t at_once, std::chrono::seconds longest,
                 const std::stop_token& stop, const EachOf& each);

}  // namespace engine
