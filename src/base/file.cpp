#include "base/file.h"

#include <unistd.h>

#include <array>
#include <cerrno>

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

}  // namespace base
