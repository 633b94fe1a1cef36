// Renders the end of a task for the model.
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
  const guard::MayUse& may;  ///< the tools that the text may name
  std::string remedy{};      ///< of a failure, if more is known than PVE's words tell
  /// What a successful task did (describe_change()), or what a failed one left behind.
  ChangeText description{};
  /// How long the call waited for a slot on the node.
  std::chrono::milliseconds queued{0};
  bool cancelled = false;  ///< the call was cancelled before the task's end was known; the PVE task continues
};

/// " in 64 s"; empty for less than 10 s.
std::string long_duration(std::chrono::milliseconds waited);

/// Makes an error of a failed task, and of one whose end is not known unless the call was cancelled. A task
/// that still runs is not an error. The text contains the UPID unless the task succeeded without a complaint.
mcp::Result render_outcome(const TaskOutcome& outcome, const Style& style);

}  // namespace engine
