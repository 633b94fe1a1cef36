// The names of the log levels (RFC 5424).
#pragma once

#include <array>
#include <optional>
#include <string_view>

#include "seam/request.h"

namespace mcp {

inline constexpr std::array<std::string_view, 8> kLogLevelNames{"debug", "info",     "notice", "warning",
                                                                "error", "critical", "alert",  "emergency"};

constexpr std::string_view name(LogLevel level) { return kLogLevelNames[static_cast<std::size_t>(level)]; }

constexpr std::optional<LogLevel> log_level_named(std::string_view text) {
  for (std::size_t i = 0; i < kLogLevelNames.size(); ++i) {
    if (kLogLevelNames[i] == text) return static_cast<LogLevel>(i);
  }
  return std::nullopt;
}

}  // namespace mcp
