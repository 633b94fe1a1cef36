// The passphrase of the person who approves changes: only its scrypt hash is kept, in the state folder.
#pragma once

#include <cstdint>
#include <expected>
#include <filesystem>
#include <string>
#include <string_view>

#include "state/folder.h"

namespace state {

/// The cost of one hash: 128 * n * r bytes of memory, and a time that grows with n * r * p.
struct ScryptCost {
  std::uint64_t n = 131'072;  ///< a power of 2
  std::uint64_t r = 8;
  std::uint64_t p = 1;
};

inline constexpr std::size_t kShortestPassphrase = 8;   ///< bytes
inline constexpr std::size_t kLongestPassphrase = 512;  ///< bytes

/// FOLDER/passphrase.
std::filesystem::path passphrase_file(const Folder& folder);

/// Whether a passphrase is set. The error is a sentence: a file that cannot be read or understood must not be
/// taken for none.
std::expected<bool, std::string> has_passphrase(const Folder& folder);

/// Whether this is the passphrase that is set; false if none is. Takes a noticeable time. The error is a
/// sentence.
std::expected<bool, std::string> is_passphrase(const Folder& folder, std::string_view text);

/// Sets the passphrase, in place of an earlier one. The error is a sentence, such as that the text is too
/// short.
std::expected<void, std::string> set_passphrase(const Folder& folder, std::string_view text,
                                                const ScryptCost& cost = {});

}  // namespace state
