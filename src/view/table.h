// A list as a counted header and rows, within a budget of bytes.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>

#include "base/json.h"
#include "tool/tool.h"
#include "view/selection.h"

namespace view {

/// The same facts in two forms. Neither is longer than the budget by more than a few hundred bytes.
struct Shown {
  std::string text;
  base::JsonObject structured;
};

struct TableOptions {
  std::size_t budget = 24'000;
  /// PVE's own count, where it sent only a part.
  std::optional<std::int64_t> total;
  /// The parameter of PVE that goes on where `total` says there is more, "start"; its value now.
  std::int64_t start = 0;
  bool sorted = false;  ///< by the first column; else in PVE's order
  /// What the model can say to get less: names of parameters, for the sentence at the end.
  bool pages = false;
  bool selects = false;
  /// The structured form counts too.
  bool structured = false;
  /// Whether numbers stay as PVE has them: a value of the JSON form.
  bool raw = false;
  std::int64_t now = 0;  ///< epoch seconds, for ages in the filter
};

/// Items that are no objects are shown as one column. The error is a clause about `selection`.
std::expected<Shown, std::string> show_table(const tool::View& view, const base::JsonArray& items,
                                             const Selection& selection, const TableOptions& options);

}  // namespace view
