// What of a list the model wants to see.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

namespace view {

struct Selection {
  std::string fields;                ///< columns, separated by commas; empty: the usual ones
  std::string filter;                ///< see Filter
  std::optional<std::size_t> limit;  ///< rows
  std::size_t cursor = 0;            ///< rows left out at the beginning
};

}  // namespace view
