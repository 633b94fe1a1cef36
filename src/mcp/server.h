// The MCP server: what it is called, the tools it offers, and the table of methods it answers. It keeps no
// state of a client; that is in mcp/connection.h.
#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "jsonrpc/message.h"
#include "mcp/tools.h"

namespace mcp {

struct Exchange;

struct ServerInfo {
  std::string name;
  std::string title;
  std::string version;
  /// For the model; the essence in the first 500 characters. Empty: none.
  std::string instructions;
};

/// A `result` object as JSON text, or the error to answer with.
using Reply = std::expected<std::string, jsonrpc::Error>;

/// How a method is run: at once, or on a worker because it may wait.
enum class Pace : std::uint8_t { Inline, Worker };

struct Method {
  std::string_view name;
  bool legacy;
  bool modern;
  Pace pace;
  Reply (*run)(const class Server&, const Exchange&);
};

/// Owns nothing of `tools`, which must live as long. Safe from many threads.
class Server {
 public:
  Server(Tools& tools, ServerInfo info);

  Tools& tools() const { return tools_; }
  const ServerInfo& info() const { return info_; }

  /// Null when this era has no such method, or it was not advertised: -32601. `initialize` is not here: it
  /// makes the state of a connection.
  static const Method* find(std::string_view name, Era era);

 private:
  Tools& tools_;
  ServerInfo info_;
};

}  // namespace mcp
