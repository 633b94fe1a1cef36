// The legacy era, 2024-11-05 to 2025-11-25: what `initialize` agrees on lasts for the session.
#pragma once

#include <expected>
#include <optional>
#include <string>

#include "base/json.h"
#include "jsonrpc/message.h"
#include "mcp/exchange.h"
#include "mcp/server.h"

namespace mcp::legacy {

struct Session {
  Revision revision = Revision::R2025_11_25;
  /// Those of elicitation, roots and sampling, with the names of their parts and nothing in these.
  base::JsonObject client_capabilities;
  /// Absent until logging/setLevel: no logs.
  std::optional<LogLevel> log_level;
};

/// The revision asked for if it is a legacy one, else 2025-11-25.
std::expected<Session, jsonrpc::Error> initialize(const base::JsonObject& params);

/// The result of `initialize`.
std::string write_initialized(const Session& session, const Server& server);

std::expected<Envelope, jsonrpc::Error> open(const Session& session, const base::JsonObject& params);

/// Asks by a request to the client and waits. Gives an answer that answers(), or a sentence why there is
/// none. Members that the client's revision does not know are left out or translated; a form that its
/// revision cannot express is not sent.
std::expected<base::Json, std::string> ask(const InputRequest& request, const Exchange& exchange);

}  // namespace mcp::legacy
