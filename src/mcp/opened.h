// A request of which its era adapter has read the envelope, and the table the method.
#pragma once

#include <expected>

#include "jsonrpc/message.h"
#include "mcp/exchange.h"
#include "mcp/server.h"

namespace mcp {

struct Opened {
  Envelope envelope;
  const Method* method;  ///< never null; lives as long as the program
};

/// The error of the envelope passes; -32601 where this revision has no such method or it is not offered.
std::expected<Opened, jsonrpc::Error> open_method(const Server& server, const jsonrpc::Request& request,
                                                  std::expected<Envelope, jsonrpc::Error> envelope);

}  // namespace mcp
