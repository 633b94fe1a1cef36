// Describes changes of resource pools.
#pragma once

#include "change/change.h"

namespace change {

/// `before` and `after` are answers to GET /pools?poolid=… (a list of one) or GET /pools/{poolid}.
Description describe_pool(const Change& change);

}  // namespace change
