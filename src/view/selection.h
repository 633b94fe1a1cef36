// The part of a list that the model asks for.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

namespace view {

struct Selection {
  std::string fields;                ///< columns, separated by commas; empty: the default ones
  std::string filter;                ///< see Filter
  std::optional<std::size_t> limit;  ///< maximum of rows
  std::size_t cursor = 0;            ///< rows to skip at the beginning
};

}  // namespace view
