// One message of revision 2026-07-28 over HTTP: what the headers repeat has to agree with the body.
#pragma once

#include <expected>
#include <optional>

#include "jsonrpc/message.h"
#include "mcp/opened.h"
#include "mcp/server.h"
#include "net/http.h"

namespace transport {

/// An HTTP status with the JSON-RPC error of its body.
struct HttpError {
  unsigned status = 400;
  jsonrpc::Error error;
};

/// Whether the headers say that the message is of the modern era.
bool names_modern(const net::Headers& headers);

/// The checks before a modern request is run, in the order in which clients rely on them: envelope -32602,
/// headers that disagree -32020, version -32022, headers that are missing -32020, method -32601 (404),
/// Mcp-Param-* -32020. Gives what mcp::Connection needs to run it.
std::expected<mcp::Opened, HttpError> open_modern(const jsonrpc::Request& request,
                                                  const net::Headers& headers, const mcp::Server& server);

}  // namespace transport
