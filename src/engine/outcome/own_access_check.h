// Changes that can only harm this server: they take its own access to PVE away.
#pragma once

#include <expected>
#include <stop_token>
#include <string>

#include "base/json.h"
#include "engine/cluster/cluster.h"
#include "engine/row/row.h"

namespace engine {

/// Whether the call leaves the server's own user and token able to work. The error is the sentence for the
/// model: the call must not be sent. Otherwise a sentence to go with the answer where that could not be
/// checked, or nothing. Reads, for changes of the ACL and of users' groups.
std::expected<std::string, std::string> check_own_access(const Row& row, const base::JsonObject& arguments,
                                                         Cluster& cluster, const std::stop_token& stop);

}  // namespace engine
