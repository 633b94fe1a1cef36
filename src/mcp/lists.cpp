#include "mcp/lists.h"

#include "mcp/modern.h"
#include "mcp/object_text.h"
#include "mcp/render.h"

namespace mcp {

Reply write_list(const Server& server, const Exchange& exchange, std::string_view name,
                 const std::function<void(std::string&)>& write) {
  if (const auto* const cursor = exchange.params.if_contains("cursor")) {
    if (!cursor->is_string() || !cursor->get_string().empty()) {
      return jsonrpc::invalid_params("unknown \"cursor\"");
    }
  }
  const bool modern = era(exchange.envelope.revision) == Era::Modern;
  std::string out;
  ObjectText object(out);
  if (modern) modern::begin_complete(object);
  write(object.key(name));
  if (modern) {
    modern::write_cacheable(object, modern::kListsTtl);
    modern::write_server_info(object, server.info());
  }
  object.close();
  return out;
}

Reply list_tools(const Server& server, const Exchange& exchange) {
  return write_list(server, exchange, "tools", [&](std::string& out) {
    write_tools(server.tools().list(exchange.caller), exchange.envelope.revision, out);
  });
}

}  // namespace mcp
