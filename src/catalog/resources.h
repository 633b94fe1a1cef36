// All resources: rows only.
#pragma once

#include <span>

#include "tool/resource.h"

namespace catalog {

/// Returns the resources in the order of resources/list.
std::span<const tool::Resource> resources();

}  // namespace catalog
