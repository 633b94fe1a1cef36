// Checks, before a call is sent, that the connected version of PVE has its endpoint, parameters and values.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "engine/row/row.h"

namespace engine {

/// Returns the version of the connected PVE, such as "8.4.14"; may wait for PVE. Returns nullopt if PVE does
/// not say its version. The checks pass then, as they do with an empty function, and PVE decides.
using AskVersion = std::function<std::optional<std::string>()>;

/// The sentence that refuses the call if the connected PVE does not have its endpoint, else nullopt. Asks for
/// the version only if the facts say that not every version has the endpoint.
std::optional<std::string> lacking_endpoint(const Row& row, const AskVersion& ask);

/// One text for each argument that the connected PVE does not accept: what it lacks, and which version has
/// it. Asks for the version only if the facts say that not every version accepts an argument or its value.
std::vector<std::string> lacking_arguments(const Arguments& arguments, const AskVersion& ask);

/// True if the connected PVE is newer than the row's facts.
bool is_newer(const Row& row, const AskVersion& ask);

}  // namespace engine
