// Keeps changes within PVE_SCOPE.
#pragma once

#include <expected>
#include <stop_token>
#include <string>

#include "base/json.h"
#include "engine/cluster/cluster.h"
#include "engine/row/row.h"

namespace engine {

/// Refuses a change that touches a guest outside the scope, makes one there, or changes another kind of
/// object that the scope does not allow. The error is a clause with the remedy. A call that lets PVE choose
/// the guests gets a list of those in the scope instead; the value is then a sentence that says so, else
/// empty. Does nothing without a scope and for reads, which are limited where PVE's answers arrive.
std::expected<std::string, std::string> keep_within_scope(const Row& row, base::JsonObject& arguments,
                                                          Cluster& cluster, const std::stop_token& stop);

}  // namespace engine
