// What was there before a change, what follows its task, and what is there then: the reads around a change.
#pragma once

#include <chrono>
#include <stop_token>
#include <string>

#include "base/json.h"
#include "engine/cluster/cluster.h"
#include "engine/outcome/describe_change.h"
#include "pve/tasks.h"

namespace engine {

/// Before a change whose row starts a task: a read or two. What cannot be read is empty and hinders nobody.
ObjectState read_before(const Row& row, const base::JsonObject& arguments, Cluster& cluster,
                        const std::stop_token& stop);

/// A change that PVE carries out, whose task has ended or goes on.
struct ChangeTask {
  const Row& row;
  const base::JsonObject& arguments;  ///< by PVE's names
  const Wording& words;
  const ObjectState& before;
  const pve::Upid& upid;
  const pve::TaskReport& report;
};

/// Of a task that went well: waits at most `limit` for what follows it, reads what is there then, and tells
/// it. With `open` set to true, what follows had not ended.
ChangeText follow_up(const ChangeTask& change, Cluster& cluster, std::chrono::milliseconds limit,
                     const pve::Tasks::OnWait& on_wait, const std::stop_token& stop, bool* open = nullptr);

/// Of one that failed: what it left behind; empty: nothing.
std::string leftovers(const ChangeTask& change, Cluster& cluster, const std::stop_token& stop);

}  // namespace engine
