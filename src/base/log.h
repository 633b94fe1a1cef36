// Lines on stderr. stdout belongs to the protocol.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace base {

enum class LogLevel : std::uint8_t { Debug, Info, Warning, Error };

/// Writes `mcp-pve: LEVEL: text` as one line to stderr, made printable (base/text.h); after log_json(true) an
/// object with time (ISO 8601, UTC), level, message and, if there is one, context. Debug lines only after
/// log_debug(true). Callers keep secrets out. Safe from every thread; one call is one write.
void log(LogLevel level, std::string_view text);

/// While it lives, lines of this thread carry `label`, in brackets or as context: whose request it is. Empty:
/// nothing.
class LogContext {
 public:
  explicit LogContext(std::string label);
  ~LogContext();
  LogContext(const LogContext&) = delete;
  LogContext& operator=(const LogContext&) = delete;

 private:
  std::string before_;
};

void log_json(bool on);

void log_debug(bool on);
/// Lets a caller skip building a debug text.
bool log_debug();

}  // namespace base
