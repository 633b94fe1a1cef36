// All tools: one file of rows per category.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tool/tool.h"

namespace catalog {

/// Returns all categories in the order of docs/tools.md.
std::span<const tool::Category> categories();

/// Returns the names of the categories that are on by default.
std::vector<std::string> usual_categories();

}  // namespace catalog
