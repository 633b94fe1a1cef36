// All resources of the product.
#pragma once

#include <span>

#include "tool/resource.h"

namespace catalog {

/// In the order in which they are listed.
std::span<const tool::Resource> resources();

}  // namespace catalog
