// Files as the system has them.
#pragma once

#include <cstddef>
#include <expected>
#include <string>

namespace base {

/// Reads the descriptor to its end, and waits for what is not there yet. The error is an errno: EFBIG when
/// there are more than `most` bytes.
std::expected<std::string, int> read_all(int descriptor, std::size_t most);

}  // namespace base
