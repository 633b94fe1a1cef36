// Reads the object before a change that starts a task, waits for what follows the task, and reads the object
// after it.
#pragma once

#include <chrono>
#include <stop_token>
#include <string>

#include "base/json.h"
#include "engine/cluster/cluster.h"
#include "engine/outcome/describe_change.h"
#include "pve/tasks.h"

namespace engine {

/// Reads the object before a change that starts a task: one or two requests. What cannot be read is empty;
/// the call continues.
ObjectState read_before(const Row& row, const base::JsonObject& arguments, Cluster& cluster,
                        const std::stop_token& stop);

/// A change that PVE carries out as a task, which may have ended.
struct ChangeTask {
  const Row& row;
  const base::JsonObject& arguments;  ///< by PVE's names
  const Wording& words;
  const ObjectState& before;
  const pve::Upid& upid;
  const pve::TaskReport& report;
};

/// For a successful task: waits at most `limit` for what follows it, reads the object, and describes the
/// change. Sets `open` to true if what follows had not ended.
ChangeText follow_up(const ChangeTask& change, Cluster& cluster, std::chrono::milliseconds limit,
                     const pve::Tasks::OnWait& on_wait, const std::stop_token& stop, bool* open = nullptr);

/// For a failed task: the sentence that says what it left behind; empty if there is nothing.
std::string leftovers(const ChangeTask& change, Cluster& cluster, const std::stop_token& stop);

}  // namespace engine
