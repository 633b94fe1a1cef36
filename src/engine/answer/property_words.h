// What PVE takes in a property string, told where it refused one.
#pragma once

#include <string>
#include <string_view>

#include "engine/answer/denial.h"

namespace engine {

/// Of PVE's reason about a parameter: the key that was meant or those that there are, what is needed, how an
/// address is written. Empty of any other reason, and where the keys are not known.
std::string property_words(std::string_view parameter, std::string_view reason, const pve::Call& call,
                           const ErrorContext& context);

}  // namespace engine
