// Small files in the state folder that only its owner may write and read, each replaced as a whole.
#pragma once

#include <cstddef>
#include <expected>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "state/folder.h"

namespace state {

/// The maximum size of such a file, in bytes.
inline constexpr std::size_t kMostOfFile = std::size_t{64} << 10U;

/// Reads FOLDER/NAME. Returns nullopt if it does not exist. Refuses a link, a file that another user than the
/// folder's owner or root wrote, and one that other users can read or write. The error is a sentence with the
/// remedy.
std::expected<std::optional<std::string>, std::string> read_private(const Folder& folder,
                                                                    std::string_view name);

/// Writes FOLDER/NAME with mode 0600, for the folder's owner; another process sees the old text or the new
/// one. Makes the folder if it does not exist. The error is a sentence.
std::expected<void, std::string> write_private(const Folder& folder, std::string_view name,
                                               std::string_view text);

}  // namespace state
