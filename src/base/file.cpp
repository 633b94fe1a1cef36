#include "base/file.h"

#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "base/text.h"

namespace base {

std::expected<std::string, int> read_all(int descriptor, std::size_t most) {
  std::string text;
  std::array<char, 4096> buffer;
  for (;;) {
    const auto count = ::read(descriptor, buffer.data(), buffer.size());
    if (count == 0) return text;
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return std::unexpected(errno);
    text.append(buffer.data(), static_cast<std::size_t>(count));
    if (text.size() > most) return std::unexpected(EFBIG);
  }
}

std::optional<std::string> exposure(int descriptor, const std::string& path) {
  struct stat status{};
  if (::fstat(descriptor, &status) != 0) return std::nullopt;
  const mode_t readers = status.st_uid == ::geteuid() ? S_IRGRP | S_IROTH : S_IROTH;
  const bool read = (status.st_mode & readers) != 0;
  const bool written = (status.st_mode & (S_IWGRP | S_IWOTH)) != 0;
  if (!read && !written) return std::nullopt;
  const std::string verb = !written ? "read" : read ? "read and write" : "write";
  return "other users can " + verb + " the file; run \"chmod 600 " + printable(path) + "\"";
}

}  // namespace base
