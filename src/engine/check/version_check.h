// What the connected PVE lacks of a call, before it is sent.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "engine/row/row.h"

namespace engine {

/// The version of the connected PVE, "8.4.14"; may wait for it. Nothing when PVE does not say: then PVE has
/// the word. Empty: the same.
using AskVersion = std::function<std::optional<std::string>()>;

/// A sentence when the connected PVE has no such endpoint. Asks only where the facts know versions.
std::optional<std::string> lacking_endpoint(const Row& row, const AskVersion& ask);

/// For each argument that the connected PVE does not take, or not with this value, what it is and which
/// version takes it. Asks only for an argument of which the facts know versions.
std::vector<std::string> lacking_arguments(const Arguments& arguments, const AskVersion& ask);

/// True when the connected PVE is newer than the row's facts.
bool is_newer(const Row& row, const AskVersion& ask);

}  // namespace engine
