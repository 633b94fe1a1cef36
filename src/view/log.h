// PVE's logs: the last lines first, and no error or warning lost.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/json.h"

namespace view {

/// True for a line by which PVE's programs report that something is or may be wrong.
bool is_complaint(std::string_view line);

struct LogOptions {
  std::size_t budget = 24'000;
  std::int64_t total = 0;  ///< lines that PVE has; 0: those sent
  /// The model has asked for the lines from here on: all of them, in PVE's order.
  bool as_asked = false;
  std::size_t usual = 40;  ///< most lines that are no complaint
};

/// `lines` as PVE sends them, [{"n":1,"t":"…"}].
std::string show_log(const base::JsonArray& lines, const LogOptions& options);

}  // namespace view
