// All tools of the product: one file per category, nothing but rows.
#pragma once

#include <span>

#include "tool/tool.h"

namespace catalog {

/// The twelve categories in the order of the README.
std::span<const tool::Category> categories();

}  // namespace catalog
