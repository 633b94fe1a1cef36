// The interface between the protocol and the tools: mcp::Server calls it, engine::Toolbox and the fixtures of
// the tests implement it. It names nothing of PVE and nothing of JSON-RPC.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/json.h"
#include "seam/content.h"
#include "seam/request.h"
#include "seam/tasks.h"

namespace mcp {

/// One tools/call of any era and transport.
struct Call : Request {
  std::string_view name;
  const base::JsonObject& arguments;
  /// The client accepts a Task instead of the result; a Result is always allowed.
  bool may_be_task = false;
};

/// The result of a tool. `is_error` marks an error that the model can act on: an invalid value, a refusal, a
/// time-out.
struct Result {
  std::vector<Content> content;
  std::optional<base::Json> structured;
  bool is_error = false;
};

using Outcome = std::variant<Result, NeedInput, ProtocolError, Task, InsufficientScope>;

/// The annotations of MCP's tools specification. The defaults are the protocol's, which assume the worst.
struct Annotations {
  bool read_only = false;
  bool destructive = true;
  bool idempotent = false;
  bool open_world = true;
};

struct ToolDescription {
  std::string_view name;
  std::string_view title;
  std::string description;
  /// JSON Schema as compact JSON text, so that it is built once and sent unchanged.
  std::string input_schema;
  std::optional<std::string> output_schema;
  Annotations annotations;
  /// A call may return a Task.
  bool may_be_task = false;
  /// A person must agree to each call, so a host should not let a program answer for its user.
  bool needs_person = false;
};

/// An argument that HTTP clients repeat in the header Mcp-Param-`header` (schema keyword x-mcp-header).
struct HeaderArgument {
  std::string name;
  std::string header;
};

/// Safe to call from many threads at once.
class Tools {
 public:
  Tools() = default;
  Tools(const Tools&) = delete;
  Tools& operator=(const Tools&) = delete;
  virtual ~Tools() = default;

  /// Returns the tools that this caller may use, in a stable order. Never waits.
  virtual std::vector<ToolDescription> list(const Caller& caller) = 0;
  /// Returns ToolDescription::may_be_task of the tool `name`; nullopt if this caller has no such tool, or if
  /// only call() can decide. Never waits.
  virtual std::optional<bool> may_be_task(const Caller& /*caller*/, std::string_view /*name*/) { return {}; }
  /// Runs the tool. Blocks until it is done or `stop` is requested.
  virtual Outcome call(const Call& call) = 0;
  /// Returns the header arguments that the tool's input schema marks.
  virtual std::vector<HeaderArgument> header_arguments(std::string_view /*tool*/) { return {}; }
};

}  // namespace mcp
