// Describes changes of backup jobs.
#pragma once

#include "change/change.h"

namespace change {

/// For a creation, `before` and `after` are the list of jobs, since PVE does not return the new job's id.
/// Otherwise they are the job.
Description describe_backup_job(const Change& change);

}  // namespace change
