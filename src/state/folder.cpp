#include "state/folder.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>
#include <utility>

#include "base/text.h"

namespace state {
namespace {

namespace fs = std::filesystem;

constexpr int kFolder = O_RDONLY | O_DIRECTORY | O_CLOEXEC;

bool is_there(const fs::path& path) {
  struct stat about{};
  return ::stat(path.c_str(), &about) == 0;
}

bool is_folder(const fs::path& path) {
  struct stat about{};
  return ::stat(path.c_str(), &about) == 0 && S_ISDIR(about.st_mode);
}

std::optional<Folder> usual_folder(const Surroundings& surroundings) {
  if (surroundings.xdg_state_home.starts_with('/'))
    return Folder{fs::path(surroundings.xdg_state_home) / "mcp-pve", "XDG_STATE_HOME"};
  if (surroundings.home.starts_with('/'))
    return Folder{fs::path(surroundings.home) / ".local/state/mcp-pve", "HOME"};
  return std::nullopt;
}

std::string shown(const fs::path& path) { return base::printable(path.string()); }

std::string problem(const char* verb, const fs::path& path, int code) {
  return fmt::format(
      "the state folder {} cannot be {}: {}. Set PVE_STATE_DIR to a folder that this user owns.", shown(path),
      verb, std::generic_category().message(code));
}

/// Root makes the folder for the user whose home it is in, whose server could not look into it otherwise.
void give_to_owner_of(int above, int made) {
  struct stat owner{};
  if (::geteuid() != 0 || ::fstat(above, &owner) != 0) return;
  // A file system may refuse this. Then root keeps the folder, since a freeze must not fail for it.
  if (::fchown(made, owner.st_uid, owner.st_gid) != 0) return;
}

/// Opens `path`, the folders above it first where they are missing; the error is an errno.
std::expected<OpenFolder, int> make(const fs::path& path) {
  const auto name = path.filename();
  const auto parent = path.parent_path();
  if (name.empty() || parent == path) return std::unexpected(ENOENT);
  int above = ::open(parent.c_str(), kFolder);
  if (above < 0 && errno != ENOENT) return std::unexpected(errno);
  auto opened = above >= 0 ? std::expected<OpenFolder, int>(OpenFolder(above)) : make(parent);
  if (!opened) return opened;
  above = opened->descriptor();
  const bool made = ::mkdirat(above, name.c_str(), 0700) == 0;
  if (!made && errno != EEXIST) return std::unexpected(errno);
  const int own = ::openat(above, name.c_str(), made ? kFolder | O_NOFOLLOW : kFolder);
  if (own < 0) return std::unexpected(errno);
  OpenFolder folder(own);
  if (made) give_to_owner_of(above, own);
  return folder;
}

std::optional<std::string> open_to_all(const fs::path& path, mode_t mode) {
  if ((mode & S_IWOTH) == 0) return std::nullopt;
  return fmt::format("every user may write to the state folder {} (mode {:04o}). Run: chmod o-w {}",
                     shown(path), mode & 07777U, shown(path));
}

std::optional<std::string> misfit(const fs::path& path, int descriptor) {
  struct stat about{};
  if (::fstat(descriptor, &about) != 0) return problem("read", path, errno);
  if (about.st_uid != ::geteuid() && ::geteuid() != 0) {
    return fmt::format("the state folder {} belongs to the user {}. Run this as {} or as root.", shown(path),
                       user_name(about.st_uid), user_name(about.st_uid));
  }
  return open_to_all(path, about.st_mode);
}

}  // namespace

std::optional<Folder> folder(const Surroundings& surroundings) {
  if (!surroundings.setting.empty()) return Folder{surroundings.setting, "PVE_STATE_DIR"};
  const auto systemd = surroundings.systemd.substr(0, surroundings.systemd.find(':'));
  if (systemd.starts_with('/')) return Folder{systemd, "STATE_DIRECTORY"};
  auto usual = usual_folder(surroundings);
  if (surroundings.root && (!usual || !is_there(usual->path)) && is_folder(surroundings.of_service))
    return Folder{surroundings.of_service, "the service"};
  return usual;
}

OpenFolder::~OpenFolder() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

std::expected<OpenFolder, std::string> open_for_writing(const Folder& folder) {
  const auto path = folder.path.lexically_normal();
  auto trimmed = path.has_filename() ? path : path.parent_path();
  const int existing = ::open(trimmed.c_str(), kFolder);
  if (existing < 0 && errno != ENOENT) return std::unexpected(problem("opened", trimmed, errno));
  auto opened = existing >= 0 ? std::expected<OpenFolder, int>(OpenFolder(existing)) : make(trimmed);
  if (!opened) return std::unexpected(problem("made", trimmed, opened.error()));
  if (auto sentence = misfit(trimmed, opened->descriptor())) return std::unexpected(*std::move(sentence));
  return *std::move(opened);
}

std::optional<std::string> weakness(const Folder& folder) {
  struct stat about{};
  if (::stat(folder.path.c_str(), &about) != 0) return std::nullopt;
  return open_to_all(folder.path, about.st_mode);
}

std::string user_name(uid_t user) {
  std::array<char, 16384> buffer;
  passwd entry{};
  passwd* found = nullptr;
#ifdef MCP_PVE_STATIC
  // getpwuid_r would load the modules that nsswitch.conf names.
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen("/etc/passwd", "re"), &std::fclose);
  while (file && ::fgetpwent_r(file.get(), &entry, buffer.data(), buffer.size(), &found) == 0) {
    if (entry.pw_uid == user) return base::printable(entry.pw_name, 60);
  }
#else
  if (::getpwuid_r(user, &entry, buffer.data(), buffer.size(), &found) == 0 && found != nullptr)
    return base::printable(found->pw_name, 60);
#endif
  return fmt::format("user {}", user);
}

}  // namespace state
