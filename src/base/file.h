// Files as the system has them.
#pragma once

#include <cstddef>
#include <expected>
#include <optional>
#include <string>

namespace base {

/// Reads the descriptor to its end, and waits for what is not there yet. The error is an errno: EFBIG when
/// there are more than `most` bytes.
std::expected<std::string, int> read_all(int descriptor, std::size_t most);

/// Why an open file must not hold a secret, as a clause with the remedy: `other users can read the file; run
/// "chmod 600 PATH"`. Nothing if only its owner can read and write it. The group may also read a file that
/// belongs to another user: so root, and systemd with its credentials, let a service read it.
std::optional<std::string> exposure(int descriptor, const std::string& path);

}  // namespace base
