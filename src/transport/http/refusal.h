// The body of the answer to a refused HTTP request: a JSON-RPC error.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "jsonrpc/message.h"
#include "net/http.h"

namespace transport {

/// For a session of the older revisions that is unknown or has ended, as the official SDKs say it. No request
/// of 2026-07-28 gets it.
inline constexpr int kNoSuchSession = -32001;

/// The code of an error that a status tells: that of JSON-RPC where it has one, else the status itself, which
/// is none of the codes that JSON-RPC and MCP reserve.
int code_of(unsigned status);

/// The id of the request that a body is. Nothing if it is not a request, or if it has more than 64 KiB, which
/// is too much to parse for a refused caller.
std::optional<jsonrpc::Id> id_in(std::string_view body);

/// A JSON-RPC error of this code as the whole answer, without the member "id" where there is none.
net::Response error_response(unsigned status, const std::optional<jsonrpc::Id>& id,
                             const jsonrpc::Error& error, const net::Headers& headers);
/// The same with the code of the status.
net::Response refusal_response(unsigned status, const std::optional<jsonrpc::Id>& id,
                               std::string_view sentence, const net::Headers& headers);

}  // namespace transport
