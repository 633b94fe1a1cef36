// What the server and the client say they can do.
#pragma once

#include <string>

#include "jsonrpc/message.h"
#include "mcp/exchange.h"
#include "mcp/server.h"

namespace mcp {

/// The `capabilities` object of a revision: what is offered, and nothing else.
std::string write_capabilities(const Offer& offer, Revision revision);

/// Whether a modern client declared the tasks extension on this request.
bool declares_tasks(const Envelope& envelope);
/// -32021 for a client that did not.
jsonrpc::Error tasks_undeclared();

/// -32021: `required` is a ClientCapabilities object.
jsonrpc::Error missing_capability(base::JsonObject required);

}  // namespace mcp
