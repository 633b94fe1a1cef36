// The endpoint that a change is sent to.
#pragma once

#include "base/json.h"
#include "tool/tool.h"

namespace engine {

/// The tool's own call. A change of a VM's configuration that creates a volume is sent as POST instead:
/// creating it can take minutes, so PVE then makes a task of it, while the connection of a PUT may time out.
tool::Endpoint sent_as(const tool::Tool& tool, const base::JsonObject& arguments);

}  // namespace engine
