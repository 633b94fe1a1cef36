#include "mcp/server.h"

#include <algorithm>
#include <array>
#include <utility>
#include <variant>

#include "mcp/call_tool.h"
#include "mcp/exchange.h"
#include "mcp/modern.h"
#include "mcp/object_text.h"
#include "mcp/render.h"

namespace mcp {
namespace {

Reply ping(const Server& /*server*/, const Exchange& /*exchange*/) { return "{}"; }

Reply discover(const Server& server, const Exchange& /*exchange*/) {
  return modern::write_discovery(server.info());
}

Reply list_tools(const Server& server, const Exchange& exchange) {
  // Everything is on the first page, so the only cursor a client can have is the empty one.
  if (const auto* const cursor = exchange.params.if_contains("cursor")) {
    if (!cursor->is_string() || !cursor->get_string().empty()) {
      return std::unexpected(
          jsonrpc::Error{jsonrpc::kInvalidParams, "Invalid params: unknown \"cursor\"", {}});
    }
  }
  const auto revision = exchange.envelope.revision;
  std::string out;
  ObjectText object(out);
  if (era(revision) == Era::Modern) modern::begin_complete(object);
  write_tools(server.tools().list(exchange.caller), revision, object.key("tools"));
  if (era(revision) == Era::Modern) {
    modern::write_cacheable(object);
    modern::write_server_info(object, server.info());
  }
  object.close();
  return out;
}

constexpr std::array kMethods{
    Method{"ping", true, false, Pace::Inline, ping},
    Method{"server/discover", false, true, Pace::Inline, discover},
    Method{"tools/list", true, true, Pace::Inline, list_tools},
    Method{"tools/call", true, true, Pace::Worker, call_tool},
};

}  // namespace

Server::Server(Tools& tools, ServerInfo info) : tools_(tools), info_(std::move(info)) {}

const Method* Server::find(std::string_view name, Era era) {
  const auto found = std::ranges::find(kMethods, name, &Method::name);
  if (found == kMethods.end()) return nullptr;
  return (era == Era::Legacy ? found->legacy : found->modern) ? &*found : nullptr;
}

}  // namespace mcp
