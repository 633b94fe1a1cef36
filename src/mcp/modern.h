// The modern era, 2026-07-28: every request carries version and capabilities in `params._meta`; nothing is
// inferred from an earlier one.
#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "base/json.h"
#include "jsonrpc/message.h"
#include "mcp/exchange.h"
#include "mcp/object_text.h"
#include "mcp/server.h"

namespace mcp::modern {

inline constexpr int kUnsupportedVersion = -32022;

/// Whether these params say that they are of this era. A claim may still be malformed.
bool claims(const base::JsonObject& params);

/// Checks `_meta`: -32602 for a missing or malformed member, then -32022 for a version not spoken here.
std::expected<Envelope, jsonrpc::Error> open(const base::JsonObject& params);

/// Whether the user behind this client can be asked by a form.
bool can_elicit(const Envelope& envelope);

/// The answers that came with a repeated request, by key.
std::expected<base::JsonObject, jsonrpc::Error> input_responses(const base::JsonObject& params);

/// The result of `server/discover`.
std::string write_discovery(const ServerInfo& info);

/// The result that asks for an answer and a repetition of the request.
std::string write_input_required(const NeedInput& question, const ServerInfo& info);

/// The members that begin and end each complete result of this era.
void begin_complete(ObjectText& object);
void write_cacheable(ObjectText& object);
void write_server_info(ObjectText& object, const ServerInfo& info);

}  // namespace mcp::modern
