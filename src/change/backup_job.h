// Changes of backup jobs.
#pragma once

#include "change/change.h"

namespace change {

/// Of a creation `before` and `after` are the list of jobs: PVE does not say which id the new one has. Else
/// they are the job.
Told tell_backup_job(const Change& change);

}  // namespace change
