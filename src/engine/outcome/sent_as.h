// The call as which a change is sent.
#pragma once

#include "base/json.h"
#include "tool/tool.h"

namespace engine {

/// The tool's own call, but that a change of a VM's configuration that makes a volume goes by POST: PVE then
/// works in a task, while a PUT would be long, and its connection may end before PVE answers it.
tool::Endpoint sent_as(const tool::Tool& tool, const base::JsonObject& arguments);

}  // namespace engine
