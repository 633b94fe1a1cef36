// Shows PVE's logs: the last lines first, without losing an error or a warning.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/json.h"

namespace view {

/// Returns true for a line in which a PVE program reports an error or a warning.
bool is_error_or_warning(std::string_view line);

struct LogOptions {
  std::size_t budget = 24'000;
  std::int64_t total = 0;  ///< number of lines that PVE has; 0: as many as it sent
  /// The model has asked for a position: show all lines in PVE's order.
  bool in_order = false;
  std::size_t usual = 40;  ///< maximum of lines that are not errors or warnings
};

/// `lines` has PVE's form, [{"n":1,"t":"…"}].
std::string show_log(const base::JsonArray& lines, const LogOptions& options);

}  // namespace view
