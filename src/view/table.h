// Shows a list as a header with the count and rows, within a budget of bytes.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>

#include "base/json.h"
#include "tool/tool.h"
#include "view/selection.h"

namespace view {

/// Text and structured form of the same data. Neither exceeds the budget by more than a few hundred bytes.
struct Shown {
  std::string text;
  base::JsonObject structured;
};

struct TableOptions {
  std::size_t budget = 24'000;
  /// PVE's own count, if it sent only a part of the list.
  std::optional<std::int64_t> total;
  /// The present value of PVE's parameter `start`, which continues the list if `total` is larger.
  std::int64_t start = 0;
  bool sorted = false;  ///< sort by the first column; otherwise PVE's order
  /// The arguments that the tool has for a shorter answer, for the sentence at the end.
  bool pages = false;
  bool selects = false;
  /// The budget also applies to the structured form.
  bool structured = false;
  /// Keep numbers as PVE has them, for the JSON form.
  bool raw = false;
  std::int64_t now = 0;  ///< epoch seconds, for ages in the filter
};

/// Items that are not objects become one column. The error is a clause about `selection`.
std::expected<Shown, std::string> show_table(const tool::View& view, const base::JsonArray& items,
                                             const Selection& selection, const TableOptions& options);

}  // namespace view
