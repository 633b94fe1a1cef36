// The list methods: one page each, because the lists are short.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "mcp/exchange.h"
#include "mcp/server.h"

namespace mcp {

/// A result whose member `name` is what `write` appends. -32602 for a cursor: everything is on the first
/// page, so the only one a client can have is the empty one.
Reply write_list(const Server& server, const Exchange& exchange, std::string_view name,
                 const std::function<void(std::string&)>& write);

Reply list_tools(const Server& server, const Exchange& exchange);

}  // namespace mcp
