// The methods prompts/* and completion/complete.
#pragma once

#include "mcp/exchange.h"
#include "mcp/server.h"

namespace mcp {

Reply list_prompts(const Server& server, const Exchange& exchange);
Reply get_prompt(const Server& server, const Exchange& exchange);
Reply complete(const Server& server, const Exchange& exchange);

}  // namespace mcp
