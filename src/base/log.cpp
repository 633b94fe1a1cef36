#include "base/log.h"

#include <unistd.h>

#include <atomic>
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
  // A failed write to stderr has nobody left to tell.
  [[maybe_unused]] const auto written = ::write(STDERR_FILENO, line.data(), line.size());
}

}  // namespace base
