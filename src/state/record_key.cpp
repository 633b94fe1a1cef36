#include "state/record_key.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>

#include "base/keyed.h"
#include "base/random.h"
#include "base/text.h"

namespace state {
namespace {

constexpr auto kFile = "audit.key";
constexpr std::size_t kBytes = 32;

using Bytes = std::expected<std::string, std::string>;

std::string words(int code) { return std::generic_category().message(code); }

std::string in_words(const Folder& folder, std::string_view problem) {
  return fmt::format("the key of the audit, {}, {}.", base::printable((folder.path / kFile).string()),
                     problem);
}

/// The file's bytes; empty if there is no file.
Bytes read(const Folder& folder, int descriptor) {
  const int in = ::openat(descriptor, kFile, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  if (in < 0 && errno == ENOENT) return std::string();
  if (in < 0) return std::unexpected(in_words(folder, "cannot be read: " + words(errno)));
  struct stat about{};
  std::array<char, kBytes + 1> buffer{};
  const bool regular = ::fstat(in, &about) == 0 && S_ISREG(about.st_mode);
  const auto count = regular ? ::read(in, buffer.data(), buffer.size()) : -1;
  ::close(in);
  if ((about.st_mode & 077U) != 0)
    return std::unexpected(in_words(folder, "may be used by other users. Run: chmod 600 on it"));
  if (count != static_cast<ssize_t>(kBytes))
    return std::unexpected(in_words(folder,
                                    "is damaged. Restore it from a backup, or move it and the "
                                    "database away"));
  return std::string(buffer.data(), kBytes);
}

/// A file of the whole key, which gets its name only where no other process was faster; 0 or an errno.
int make(int folder) {
  const auto key = base::random_bytes(kBytes);
  // Another thread or process may be making one at this moment.
  const auto draft =
      fmt::format("{}.{}", kFile, base::to_hex(base::sha256(base::random_bytes(32))).substr(0, 16));
  const int out = ::openat(folder, draft.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (out < 0) return errno;
  struct stat owner{};
  const bool given =
      ::geteuid() != 0 || (::fstat(folder, &owner) == 0 && ::fchown(out, owner.st_uid, owner.st_gid) == 0);
  errno = ENOSPC;
  const bool written = given && ::write(out, key.data(), key.size()) == static_cast<ssize_t>(key.size()) &&
                       (::fsync(out) == 0 || errno == EINVAL);
  int code = written ? 0 : errno;
  ::close(out);
  if (written && ::linkat(folder, draft.c_str(), folder, kFile, 0) != 0 && errno != EEXIST) {
    // Not every file system has links.
    code = ::renameat2(folder, draft.c_str(), folder, kFile, RENAME_NOREPLACE) == 0 || errno == EEXIST
               ? 0
               : errno;
  }
  ::unlinkat(folder, draft.c_str(), 0);
  return code;
}

Bytes of_folder(const Folder& folder, bool may_make) {
  const auto opened = open_for_writing(folder);
  if (!opened) return std::unexpected(opened.error());
  auto key = read(folder, opened->descriptor());
  if (!key || !key->empty()) return key;
  if (!may_make) return std::unexpected(in_words(folder, "is missing"));
  if (const int code = make(opened->descriptor()); code != 0)
    return std::unexpected(in_words(folder, "cannot be made: " + words(code)));
  return read(folder, opened->descriptor());
}

}  // namespace

std::expected<base::Digest, std::string> RecordKey::derive(std::string_view label, bool make) const {
  if (!state_key_.empty()) return base::derived_key(state_key_, label);
  const auto folder = folder_();
  if (!folder)
    return std::unexpected("there is no state folder. Set PVE_STATE_DIR to a folder of this user.");
  const auto key = of_folder(*folder, make);
  if (!key) return std::unexpected(key.error());
  return base::derived_key(*key, label);
}

}  // namespace state
