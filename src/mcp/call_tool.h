// The method tools/call.
#pragma once

#include "mcp/exchange.h"
#include "mcp/server.h"

namespace mcp {

/// Runs the tool and renders its outcome for the era of the request. Waits as long as the tool, or the user
/// it asks, does.
Reply call_tool(const Server& server, const Exchange& exchange);

/// A result object of tools/call.
std::string write_call_result(const Result& result, const Server& server, Revision revision);

}  // namespace mcp
