// Sorts the items of a list.
#pragma once

#include <span>
#include <string_view>

#include "view/filter.h"

namespace view {

/// Sorts by the first key, equal items by the next keys, since PVE's own order changes from call to call.
void sort_by(std::span<const std::string_view> keys, Items& items);

}  // namespace view
