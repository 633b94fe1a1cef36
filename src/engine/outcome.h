// What became of a task, as the model reads it.
#pragma once

#include <string>

#include "engine/may_use.h"
#include "engine/output.h"
#include "mcp/tools.h"
#include "pve/tasks.h"

namespace engine {

struct Ending {
  std::string subject;  ///< the row's sentence without its full stop: "VM 100 start"
  const pve::Upid& upid;
  const pve::TaskReport& report;
  const std::string& base_url;
  const MayUse& may;       ///< of whoever reads it
  std::string remedy{};    ///< of a failure, where more is known than its words tell
  bool cancelled = false;  ///< the call was, before the task's end was known: PVE's task goes on
};

/// A failed task is an error, one that goes on is none, one whose end nobody knows is, unless the call
/// was cancelled.
mcp::Result render_outcome(const Ending& ending, const Style& style);

}  // namespace engine
