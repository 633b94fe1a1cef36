// Sends changes so that each is recorded first. No other code of the engine sends one.
#pragma once

#include <expected>
#include <string>

#include "engine/step.h"
#include "guard/audit.h"
#include "pve/client.h"
#include "pve/tasks.h"
#include "pve/upid.h"

namespace engine {

/// Records the attempt, sends `wanted`, and records what became of it, unless PVE has started a task: then
/// ready.begun stays open for record_task(). Sends nothing if the attempt cannot be recorded; the error is
/// Held then. A GET is not recorded. Adds notes for the answer to ready.
std::expected<pve::Answer, pve::Error> send(Work& work, Ready& ready, const pve::Call& wanted);

/// Records the end of the task, or that it still runs. nullptr: no call waits for it.
void record_task(const Work& work, Ready& ready, const pve::Upid& upid, const pve::TaskReport* report);

/// Records the end of a task that record_task() recorded as running, when this process learns of it. Does
/// nothing for other tasks, and for tasks of calls with secrets: PVE's words may repeat these.
void record_end(Cluster& cluster, const std::string& upid, const std::string& exit_status);
/// As record_end(), if `answer` is PVE's status of a task that has ended.
void record_end(const Work& work, const Ready& ready, const pve::Answer& answer);

/// As send(), of a change that no row makes.
std::expected<pve::Answer, pve::Error> send_recorded(Cluster& cluster, const guard::Attempt& attempt,
                                                     const pve::Call& wanted, const std::stop_token& stop);

}  // namespace engine
