// The order of a list's items.
#pragma once

#include <span>
#include <string_view>

#include "view/filter.h"

namespace view {

/// By the first key; equal ones by the next, since PVE's own order changes from call to call.
void sort_by(std::span<const std::string_view> keys, Items& items);

}  // namespace view
