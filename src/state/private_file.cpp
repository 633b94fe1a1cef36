#include "state/private_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <system_error>
#include <utility>

#include "base/file.h"
#include "base/text.h"
#include "state/descriptor.h"

namespace state {
namespace {

std::string words(int code) { return std::generic_category().message(code); }

std::string path_text(const Folder& folder, std::string_view name) {
  return base::printable((folder.path / name).string());
}

bool write_all(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const auto count = ::write(descriptor, text.data(), text.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return false;
    text.remove_prefix(static_cast<std::size_t>(count));
  }
  return ::fsync(descriptor) == 0 || errno == EINVAL;
}

/// Why the content of an open file must not be believed, as a sentence.
std::optional<std::string> distrust(const Folder& folder, int file, const std::string& path) {
  struct stat about{};
  struct stat around{};
  if (::fstat(file, &about) != 0 || ::stat(folder.path.c_str(), &around) != 0)
    return fmt::format("{} cannot be read: {}.", path, words(errno));
  if (!S_ISREG(about.st_mode)) return path + " is not a regular file; remove it.";
  if (about.st_uid != around.st_uid && about.st_uid != 0)
    return fmt::format("{} belongs to {}, but the state folder to {}; remove the file.", path,
                       user_name(about.st_uid), user_name(around.st_uid));
  if ((about.st_mode & 077U) != 0)
    return fmt::format("other users can read or write {0}; run: chmod 600 {0}", path);
  return std::nullopt;
}

/// 0 or an errno.
int put(int folder, const std::string& name, std::string_view text) {
  const auto draft = fmt::format("{}.{}", name, ::getpid());
  ::unlinkat(folder, draft.c_str(), 0);
  const Descriptor file(
      ::openat(folder, draft.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (file.number() < 0) return errno;
  struct stat around{};
  // The servers of the folder's owner must be able to read it, also where root writes it.
  const bool given = ::fstat(folder, &around) == 0 &&
                     (::geteuid() != 0 || ::fchown(file.number(), around.st_uid, around.st_gid) == 0);
  const bool done = given && ::fchmod(file.number(), 0600) == 0 && write_all(file.number(), text) &&
                    ::renameat(folder, draft.c_str(), folder, name.c_str()) == 0;
  const int code = done ? 0 : errno;
  if (code != 0) ::unlinkat(folder, draft.c_str(), 0);
  if (code == 0) ::fsync(folder);
  return code;
}

}  // namespace

std::expected<std::optional<std::string>, std::string> read_private(const Folder& folder,
                                                                    std::string_view name) {
  const auto path = path_text(folder, name);
  // A pipe in its place must not keep the reader waiting.
  const Descriptor file(::open((folder.path / name).c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  if (file.number() < 0) {
    if (errno == ENOENT || errno == ENOTDIR) return std::nullopt;
    return std::unexpected(fmt::format("{} cannot be read: {}.", path, words(errno)));
  }
  if (auto sentence = distrust(folder, file.number(), path)) return std::unexpected(*std::move(sentence));
  auto text = base::read_all(file.number(), kMostOfFile);
  if (!text) return std::unexpected(fmt::format("{} cannot be read: {}.", path, words(text.error())));
  return *std::move(text);
}

std::expected<void, std::string> write_private(const Folder& folder, std::string_view name,
                                               std::string_view text) {
  auto opened = open_for_writing(folder);
  if (!opened) return std::unexpected(std::move(opened.error()));
  if (const int code = put(opened->descriptor(), std::string(name), text); code != 0)
    return std::unexpected(fmt::format("{} cannot be written: {}.", path_text(folder, name), words(code)));
  return {};
}

}  // namespace state
