// Changes of resource pools.
#pragma once

#include "change/change.h"

namespace change {

/// `before` and `after` are GET /pools?poolid=…, a list of one, or GET /pools/{poolid}.
Told tell_pool(const Change& change);

}  // namespace change
