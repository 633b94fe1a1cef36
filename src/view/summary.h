// Summarizes a list that is too long to show by groups.
#pragma once

#include <string>
#include <vector>

#include "base/json.h"
#include "view/filter.h"

namespace view {

struct Summary {
  std::string text;  ///< a line break and a line for each group
  base::JsonObject structured;
  std::string example;  ///< a filter that narrows the list: "status=stopped"
};

/// Counts items by each key that has few values, and adds up sizes; `keys` come first.
Summary summarise(const Items& items, const std::vector<std::string>& keys);

/// Returns "25 running, 5 stopped" from the items' status, the most frequent first; empty if they have none.
std::string state_counts(const Items& items);

}  // namespace view
