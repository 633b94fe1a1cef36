// Verifies the parameters of a call against the endpoint's schema.
#pragma once

#include <optional>

#include "simulator/core/call.h"

namespace simulator {

/// PVE's 400 with the errors of all parameters at once; nullopt if they are valid. Where PVE joins several
/// values of a `-list` into one, so does this.
std::optional<Answer> verify(Call& call);

/// PVE's refusal of parameters that only the login root@pam may set.
std::optional<Answer> refuse_root_only(const Call& call);

}  // namespace simulator
