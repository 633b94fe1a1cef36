#include "base/log.h"

#include <poll.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <mutex>
#include <string>
#include <utility>

#include "base/json.h"
#include "base/text.h"
#include "base/when.h"

namespace base {
namespace {

std::atomic<bool> debug_on{false};
std::atomic<bool> as_json{false};
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

std::string now() {
  const auto seconds =
      std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch());
  auto text = date_text(seconds.count());
  text[text.find(' ')] = 'T';
  return text + "Z";
}

std::string line_of(LogLevel level, std::string_view label, std::string_view text) {
  // As JSON a character may take two bytes, and one write takes PIPE_BUF.
  const auto shown = printable(text, as_json ? 1500 : 2000);
  if (as_json) {
    JsonObject line{{"time", now()}, {"level", word(level)}, {"message", shown}};
    if (!label.empty()) line["context"] = printable(label, 200);
    return write_json(Json(std::move(line))) + "\n";
  }
  std::string line = "mcp-pve: ";
  line += word(level);
  line += ": ";
  if (!label.empty()) line += "[" + printable(label, 200) + "] ";
  return line + shown + "\n";
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
    line = line_of(LogLevel::Warning, {},
                   std::to_string(count) + " lines were dropped here, because stderr was not read") +
           line;
  // A failed write to stderr cannot be reported anywhere.
  [[maybe_unused]] const auto written = ::write(STDERR_FILENO, line.data(), line.size());
}

}  // namespace

LogContext::LogContext(std::string label) : before_(std::exchange(context, std::move(label))) {}
LogContext::~LogContext() { context = std::move(before_); }

void log_json(bool on) { as_json = on; }
void log_debug(bool on) { debug_on = on; }
bool log_debug() { return debug_on; }

void log(LogLevel level, std::string_view text) {
  if (level == LogLevel::Debug && !debug_on) return;
  write_line(line_of(level, context, text));
}

}  // namespace base
