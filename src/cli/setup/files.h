// The files that setup writes: all of them, or none.
#pragma once

#include <sys/types.h>

#include <expected>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cli {

/// What becomes of one file.
struct FileChange {
  std::filesystem::path path;
  std::optional<std::string> before;  ///< nothing: it does not exist
  std::optional<std::string> after;   ///< nothing: it is removed
  mode_t mode = 0600;                 ///< of a new file and of a secret; another old file keeps its own
  bool secret = false;                ///< not shown, and no backup is kept
  mode_t folder_mode = 0700;          ///< of folders that are made for it

  bool changes() const { return before != after; }
};

/// The content of the file, at most 64 MiB; nothing if there is none. The error is a sentence.
std::expected<std::optional<std::string>, std::string> content_of_file(const std::filesystem::path& path);

/// Why the file must not hold a secret: others can read or write it. A sentence with the remedy; nothing if
/// there is no such file.
std::optional<std::string> exposure_of_secret(const std::filesystem::path& path);

/// Why root must write no new file below `folder`, which may be missing: the folder that it would be made in
/// belongs to another user, who could not use the file, and who could lead root elsewhere by a link. A
/// sentence with the remedy; nothing if `writer`, the user who writes, is not root or owns the folder.
std::optional<std::string> owned_by_another(std::filesystem::path folder, uid_t writer);

/// Carries out all changes. First it checks that each file is as it was when it was read, and writes the new
/// texts into files beside them; then it puts each in its place. When one fails, those before it get their
/// old text again. A link is followed to its file. The owner stays, and the mode of
/// all but secrets. The old file is kept as FILE.bak-mcp-pve (or with a number), unless it holds a secret.
/// Returns the backups. The error is a sentence, and then all files are as they were.
std::expected<std::vector<std::filesystem::path>, std::string> write_files(
    const std::vector<FileChange>& changes);

}  // namespace cli
