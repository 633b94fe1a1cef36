// The methods resources/*.
#pragma once

#include "mcp/exchange.h"
#include "mcp/server.h"

namespace mcp {

Reply list_resources(const Server& server, const Exchange& exchange);
Reply list_resource_templates(const Server& server, const Exchange& exchange);
Reply read_resource(const Server& server, const Exchange& exchange);
/// Legacy.
Reply subscribe_resource(const Server& server, const Exchange& exchange);
Reply unsubscribe_resource(const Server& server, const Exchange& exchange);

}  // namespace mcp
