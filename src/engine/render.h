// The one place where PVE's answers become what the model reads.
#pragma once

#include "base/json.h"
#include "engine/row.h"
#include "mcp/tools.h"
#include "pve/client.h"

namespace engine {

/// A read: `data` as compact JSON with sorted keys, inside an object with `total` and `changes` where PVE
/// gave those. A change: the row's sentence with `given` (the model's arguments) in it, then the UPID or the
/// data. Values under names of secrets are masked.
mcp::Result render(const Row& row, const base::JsonObject& given, pve::Answer answer);

/// The row's sentence with `given` in it, without its full stop: "VM 100 start".
std::string sentence(const Row& row, const base::JsonObject& given);

mcp::Result render_error(std::string text);

}  // namespace engine
