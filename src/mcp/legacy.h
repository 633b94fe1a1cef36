// The legacy era, 2024-11-05 to 2025-11-25: what `initialize` agrees on lasts for the connection.
#pragma once

#include <expected>
#include <stop_token>
#include <string>

#include "base/json.h"
#include "jsonrpc/message.h"
#include "mcp/exchange.h"
#include "mcp/server.h"

namespace mcp::legacy {

struct Session {
  Revision revision = Revision::R2025_11_25;
  base::JsonObject client_capabilities;
};

/// The revision asked for if it is a legacy one, else 2025-11-25.
std::expected<Session, jsonrpc::Error> initialize(const base::JsonObject& params);

/// The result of `initialize`.
std::string write_initialized(const Session& session, const ServerInfo& info);

std::expected<Envelope, jsonrpc::Error> open(const Session& session, const base::JsonObject& params);

/// Whether the user behind this client can be asked by a form.
bool can_elicit(const Envelope& envelope);

/// Asks by `elicitation/create` and waits. Gives the client's ElicitResult, or a sentence why there is none.
std::expected<base::Json, std::string> elicit(const NeedInput& question, const Exchange& exchange);

}  // namespace mcp::legacy
