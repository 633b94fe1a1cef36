// The folder in which the server keeps what outlives a process, shared by all processes that use it.
#pragma once

#include <sys/types.h>

#include <expected>
#include <filesystem>
#include <optional>
#include <string>

namespace state {

/// What decides which folder it is. Empty: not set.
struct Surroundings {
  /// PVE_STATE_DIR, absolute.
  std::string setting{};
  /// $STATE_DIRECTORY; of several paths, with colons between, the first counts.
  std::string systemd{};
  /// $XDG_STATE_HOME; a relative one is ignored, as the XDG specification asks.
  std::string xdg_state_home{};
  /// $HOME
  std::string home{};
  /// The process runs as root.
  bool root = false;
  /// Where systemd keeps the folder of the service.
  std::string of_service = "/var/lib/mcp-pve";
};

struct Folder {
  std::filesystem::path path;  ///< absolute; need not exist
  std::string source;  ///< "PVE_STATE_DIR", "STATE_DIRECTORY", "XDG_STATE_HOME", "HOME", "the service"
};

/// The first of PVE_STATE_DIR, $STATE_DIRECTORY, $XDG_STATE_HOME/mcp-pve, $HOME/.local/state/mcp-pve. Where
/// root would get one of the last two, or none, and it does not exist, the service's folder if that exists.
/// Nothing if no folder is known. Opens nothing; of root it may look whether the two folders exist.
std::optional<Folder> folder(const Surroundings& surroundings);

/// An open folder, for writing in it.
class OpenFolder {
 public:
  /// Takes the descriptor.
  explicit OpenFolder(int descriptor) : descriptor_(descriptor) {}
  OpenFolder(OpenFolder&& other) noexcept : descriptor_(other.descriptor_) { other.descriptor_ = -1; }
  OpenFolder(const OpenFolder&) = delete;
  OpenFolder& operator=(const OpenFolder&) = delete;
  ~OpenFolder();

  int descriptor() const { return descriptor_; }

 private:
  int descriptor_;
};

/// Opens the folder; makes it first, with mode 0700, if it does not exist, and the folders above it that are
/// missing. Root gives what it makes to the owner of the folder above. Refuses a folder of another user,
/// unless root opens it, and one that every user may write to. The error is a sentence with the remedy.
std::expected<OpenFolder, std::string> open_for_writing(const Folder& folder);

/// The sentence about a folder in which every user could remove files; nothing if there is no such problem.
std::optional<std::string> weakness(const Folder& folder);

/// "ann", or "user 1000" if the system does not know the name.
std::string user_name(uid_t user);

}  // namespace state
