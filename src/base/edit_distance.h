// How far two names are apart.
#pragma once

#include <cstddef>
#include <string_view>

namespace base {

/// How many bytes have to be put in, taken out or replaced to make `b` of `a` (Levenshtein). Its time grows
/// with the product of the lengths: the caller bounds them.
std::size_t edit_distance(std::string_view a, std::string_view b);

}  // namespace base
