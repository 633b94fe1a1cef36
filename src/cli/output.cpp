#include "cli/output.h"

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <limits>

#include "base/text.h"

namespace cli {

bool print(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const auto written = ::write(descriptor, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

std::string shown(std::string_view text, bool terminal) {
  std::string out;
  if (terminal) {
    for (const auto line : base::split(text, '\n')) {
      if (!out.empty()) out += '\n';
      out += base::printable(line, std::numeric_limits<std::size_t>::max());
    }
  } else {
    out = text;
  }
  if (!out.ends_with('\n')) out += '\n';
  return out;
}

void leave(int code) {
  (void)std::fflush(nullptr);
  ::_exit(code);
}

}  // namespace cli
