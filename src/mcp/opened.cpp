#include "mcp/opened.h"

#include <utility>

#include "base/text.h"

namespace mcp {

std::expected<Opened, jsonrpc::Error> open_method(const Server& server, const jsonrpc::Request& request,
                                                  std::expected<Envelope, jsonrpc::Error> envelope) {
  if (!envelope) return std::unexpected(std::move(envelope.error()));
  if (const auto* const method = server.find(request.method, envelope->revision))
    return Opened{*std::move(envelope), method};
  return std::unexpected(jsonrpc::Error{
      jsonrpc::kMethodNotFound, "Method not found: " + base::printable(request.method, 100), {}});
}

}  // namespace mcp
