// All tools of the product: one file per category, nothing but rows.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tool/tool.h"

namespace catalog {

/// All categories in the order of the README.
std::span<const tool::Category> categories();

/// The names of those that are on where nothing else is said.
std::vector<std::string> usual_categories();

}  // namespace catalog
