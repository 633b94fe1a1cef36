// What became of a task, as the model reads it.
#pragma once

#include <string>
#include <string_view>

#include "engine/output.h"
#include "mcp/tools.h"
#include "pve/tasks.h"

namespace engine {

/// What to call for the end of a task that goes on; a clause, for the model.
inline constexpr std::string_view kHowToAwait = "pve_get_task_status with wait waits for its end";

struct Ending {
  std::string subject;  ///< the row's sentence without its full stop: "VM 100 start"
  const pve::Upid& upid;
  const pve::TaskReport& report;
  const std::string& base_url;
  std::string remedy{};    ///< of a failure, where more is known than pve::remedy() says
  bool cancelled = false;  ///< the call was, before the task's end was known: PVE's task goes on
};

/// A failed task is an error, one that goes on is none, one whose end nobody knows is, unless the call
/// was cancelled.
mcp::Result render_outcome(const Ending& ending, const Style& style);

}  // namespace engine
