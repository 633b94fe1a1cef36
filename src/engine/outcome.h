// What became of a task, as the model reads it.
#pragma once

#include <string>

#include "engine/output.h"
#include "mcp/tools.h"
#include "pve/tasks.h"

namespace engine {

/// `subject` is the row's sentence without its full stop: "VM 100 start". A failed task is an error, one that
/// goes on is none, one whose end nobody knows is.
mcp::Result render_outcome(const std::string& subject, const pve::Upid& upid, const pve::TaskReport& report,
                           const std::string& base_url, const Style& style);

}  // namespace engine
