#include "base/log.h"

#include <poll.h>
#include <unistd.h>

#include <atomic>
#include <mutex>
#include <string>
#include <utility>

#include "base/text.h"

namespace base {
namespace {

std::atomic<bool> debug_on{false};
thread_local std::string context;

std::string_view word(LogLevel level) {
  switch (level) {
    case LogLevel::Debug:
      return "debug";
    case LogLevel::Info:
      return "info";
    case LogLevel::Warning:
      return "warning";
    case LogLevel::Error:
      return "error";
  }
  return "";
}

/// Drops the line if the pipe is full, because a host that does not read stderr must not block the server. A
/// pipe that is writable takes PIPE_BUF bytes, more than a line has, at once.
void write_line(std::string line) {
  static std::mutex mutex;
  static std::size_t lost = 0;
  const std::scoped_lock lock(mutex);
  pollfd out{STDERR_FILENO, POLLOUT, 0};
  if (::poll(&out, 1, 0) != 1) {
    ++lost;
    return;
  }
  if (const auto count = std::exchange(lost, 0); count != 0)
    line = "mcp-pve: warning: " + std::to_string(count) +
           " lines were dropped here, because stderr was not read\n" + line;
  // A failed write to stderr cannot be reported anywhere.
  [[maybe_unused]] const auto written = ::write(STDERR_FILENO, line.data(), line.size());
}

}  // namespace

LogContext::LogContext(std::string label) : before_(std::exchange(context, std::move(label))) {}
LogContext::~LogContext() { context = std::move(before_); }

void log_debug(bool on) { debug_on = on; }
bool log_debug() { return debug_on; }

void log(LogLevel level, std::string_view text) {
  if (level == LogLevel::Debug && !debug_on) return;
  std::string line = "mcp-pve: ";
  line += word(level);
  line += ": ";
  if (!context.empty()) line += "[" + printable(context, 200) + "] ";
  line += printable(text, 2000);
  line += '\n';
  write_line(std::move(line));
}

}  // namespace base
