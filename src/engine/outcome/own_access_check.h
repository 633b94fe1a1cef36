// Refuses changes that take the server's own access to PVE away.
#pragma once

#include <expected>
#include <stop_token>
#include <string>

#include "base/json.h"
#include "engine/cluster/cluster.h"
#include "engine/row/row.h"

namespace engine {

/// Checks that the server's own user and token still work after the call. The error is the sentence for the
/// model; the call must not be sent then. The value is a sentence for the answer if this could not be
/// checked, else empty. Reads from PVE only for changes of the ACL.
std::expected<std::string, std::string> check_own_access(const Row& row, const base::JsonObject& arguments,
                                                         Cluster& cluster, const std::stop_token& stop);

}  // namespace engine
