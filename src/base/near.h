// The names that are most like an unknown name.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

namespace base {

/// The `count` candidates most like `name`, the nearest first: those that hold it or are held by it, then by
/// edit distance. However far they are; none of more than 100 bytes, and none where `name` has more.
std::vector<std::string_view> most_alike(std::string_view name, std::span<const std::string_view> candidates,
                                         std::size_t count);

}  // namespace base
