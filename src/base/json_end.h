// Where a text stops being JSON.
#pragma once

#include <cstddef>
#include <string_view>

namespace base {

/// How many bytes at the start of `text` could still begin a JSON text: the byte behind them is the first
/// that cannot be there. The size of `text` when nothing but its end is wrong, and when nothing is.
std::size_t json_end(std::string_view text);

}  // namespace base
