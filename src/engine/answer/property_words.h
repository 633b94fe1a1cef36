// Explains why PVE refused a property string, and what it accepts.
#pragma once

#include <string>
#include <string_view>

#include "engine/answer/denial.h"

namespace engine {

/// Explains PVE's error about a parameter: the key that was probably meant, the valid keys, the key that is
/// missing, or the form of an address. Empty for other errors, and if the keys are not known.
std::string property_words(std::string_view parameter, std::string_view reason, const pve::Call& call,
                           const ErrorContext& context);

}  // namespace engine
