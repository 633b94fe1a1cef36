// What became of a task, as the model reads it.
#pragma once

#include <chrono>
#include <string>

#include "engine/outcome/describe_change.h"
#include "engine/row/output.h"
#include "engine/row/wording.h"
#include "guard/may_use.h"
#include "pve/tasks.h"
#include "seam/tools.h"

namespace engine {

struct TaskOutcome {
  Wording words;
  const pve::Upid& upid;
  const pve::TaskReport& report;
  const std::string& base_url;
  const MayUse& may;     ///< of whoever reads it
  std::string remedy{};  ///< of a failure, where more is known than its words tell
  /// What it did, of one that went well (describe_change()), or what it left behind, of one that failed.
  ChangeText description{};
  /// How long the call waited for its turn on the node.
  std::chrono::milliseconds queued{0};
  bool cancelled = false;  ///< the call was, before the task's end was known: PVE's task goes on
};

/// " in 64 s", where that is worth a word.
std::string long_duration(std::chrono::milliseconds waited);

/// A failed task is an error, one that goes on is none, one whose end nobody knows is, unless the call was
/// cancelled. The UPID is in the text where it is of use: unless all went well.
mcp::Result render_outcome(const TaskOutcome& outcome, const Style& style);

}  // namespace engine
