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

std::unexpected<jsonrpc::Error> insufficient_scope(const InsufficientScope& scope);
std::unexpected<jsonrpc::Error> protocol_error(ProtocolError error);
/// -32021 for what the client did not declare, else -32603 with the reason.
Reply cannot_ask(const NeedInput& need, const Envelope& envelope, std::string_view reason);

}  // namespace mcp
