// Are the parameters what the endpoint's schema says?
#pragma once

#include <optional>

#include "simulator/core/call.h"

namespace simulator {

/// The 400 with the errors of all parameters at once, in PVE's words; nothing when they fit. Values of array
/// parameters and of `-list` formats given as several values are joined where PVE does.
std::optional<Answer> verify(Call& call);

/// What PVE gives to the user root@pam alone, which a token never is.
std::optional<Answer> refuse_root_only(const Call& call);

}  // namespace simulator
