// A list too long to show, told by its groups.
#pragma once

#include <string>
#include <vector>

#include "base/json.h"
#include "view/filter.h"

namespace view {

struct Summary {
  std::string text;  ///< a line for each group, each begun by a line break
  base::JsonObject structured;
  std::string example;  ///< a filter that narrows the list: "status=stopped"
};

/// Counts by the keys that have few values, sums of sizes; `keys` come first.
Summary summarise(const Items& items, const std::vector<std::string>& keys);

/// "25 running, 5 stopped" of the items' status, the most frequent first; empty when they have none.
std::string state_counts(const Items& items);

}  // namespace view
