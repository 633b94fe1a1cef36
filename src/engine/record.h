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

/// Records the end of the task, or that it was not waited for (nullptr).
void record_task(const Work& work, Ready& ready, const pve::Upid& upid, const pve::TaskReport* report);

/// As send(), of a change that no row makes.
std::expected<pve::Answer, pve::Error> send_recorded(Cluster& cluster, const guard::Attempt& attempt,
                                                     const pve::Call& wanted, const std::stop_token& stop);

}  // namespace engine
