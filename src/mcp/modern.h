// The modern era, 2026-07-28: every request carries version and capabilities in `params._meta`; nothing is
// inferred from an earlier one.
#pragma once

#include <chrono>
#include <expected>
#include <string>
#include <string_view>

#include "base/json.h"
#include "jsonrpc/message.h"
#include "mcp/exchange.h"
#include "mcp/object_text.h"
#include "mcp/server.h"

namespace mcp::modern {

inline constexpr int kHeaderMismatch = -32020;
inline constexpr int kMissingCapability = -32021;
inline constexpr int kUnsupportedVersion = -32022;

/// Whether these params say that they are of this era. A claim may still be malformed.
bool claims(const base::JsonObject& params);

/// Checks `_meta`: -32602 for a missing or malformed member, then -32022 for a version not spoken here.
std::expected<Envelope, jsonrpc::Error> open(const base::JsonObject& params);

/// The result of `server/discover`.
std::string write_discovery(const Server& server);

/// The result that asks for answers and a repetition of the request with `state`.
std::string write_input_required(const NeedInput& need, std::string_view state, const ServerInfo& info);
/// One member of `inputRequests`.
void write_input_request(ObjectText& requests, const InputRequest& question);

/// Lists depend on tier and categories, which change by a reload alone: that is told (listChanged).
inline constexpr std::chrono::milliseconds kListsTtl = std::chrono::minutes(5);

/// The members that begin and end each complete result of this era.
void begin_complete(ObjectText& object);
/// Never shared between users, because the offer depends on the caller.
void write_cacheable(ObjectText& object, std::chrono::milliseconds ttl);
void write_server_info(ObjectText& object, const ServerInfo& info);
/// The member of `_meta` alone.
void write_server_info_member(ObjectText& meta, const ServerInfo& info);

}  // namespace mcp::modern
