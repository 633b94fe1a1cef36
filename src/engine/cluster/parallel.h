// Several reads at the same time.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <stop_token>

namespace engine {

/// What is done for one of them; ends soon after its stop token asks for it.
using EachOf = std::function<void(std::size_t index, const std::stop_token& stop)>;

/// Does `each` for 0 to `count` - 1, at most `at_once` at the same time. Returns when all are done, soon
/// after `longest` has passed, or soon after `stop`: some may not have begun then. An exception ends the
/// others too, and reaches nobody. Fewer at once where the system has no more threads; none where it has
/// none.
void in_parallel(std::size_t count, std::size_t at_once, std::chrono::seconds longest,
                 const std::stop_token& stop, const EachOf& each);

}  // namespace engine
