// Patterns with * and ?, as people write them for names.
#pragma once

#include <string_view>

namespace base {

/// Whether the whole text fits: * stands for any text, ? for one byte, a letter for itself in either case
/// (ASCII). Takes time in proportion to both lengths' product at most.
bool fits_pattern(std::string_view pattern, std::string_view text);

}  // namespace base
