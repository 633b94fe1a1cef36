// The backups that a guest leaves behind when it is deleted.
#pragma once

#include <stop_token>

#include "base/json.h"
#include "engine/cluster/cluster.h"

namespace engine {

/// How many backups of the guest each storage has, as far as the token may see them: {"backup-nfs": 3}; null
/// where a storage did not say, or was one too many to ask. Empty where no storage is known. Reads a few
/// lists at the same time, and waits for none longer than five seconds.
base::JsonObject kept_backups(const pve::Guest& guest, Cluster& cluster, const std::stop_token& stop);

}  // namespace engine
