// Counts the backups that remain when a guest is deleted.
#pragma once

#include <stop_token>

#include "base/json.h"
#include "engine/cluster/cluster.h"

namespace engine {

/// The number of backups that each storage has of the guest, as far as the token may see them: {"backup-nfs":
/// 3}. The number is null if the storage did not answer, or was not asked because there are too many. Empty
/// if no storage is known. Reads a few lists at the same time, for at most five seconds.
base::JsonObject kept_backups(const pve::Guest& guest, Cluster& cluster, const std::stop_token& stop);

}  // namespace engine
