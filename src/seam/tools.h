// The interface between the protocol and the tools: mcp::Server calls it, engine::Toolbox implements it, and
// so do test fixtures. It names nothing of PVE and nothing of JSON-RPC.
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

/// One tools/call, whatever its era and transport.
struct Call : Request {
  std::string_view name;
  const base::JsonObject& arguments;
  /// The client takes a Task instead of the result. Never obliges: a Result is always welcome.
  bool may_be_task = false;
};

/// What a tool gave. `is_error` marks what the model can act on: bad values, a refusal, a time-out.
struct Result {
  std::vector<Content> content;
  std::optional<base::Json> structured;
  bool is_error = false;
};

using Outcome = std::variant<Result, NeedInput, ProtocolError, Task, InsufficientScope>;

/// Hints of the tools specification. The protocol's defaults are the pessimistic ones.
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
  /// JSON Schema as compact JSON text: made once, sent as it is.
  std::string input_schema;
  std::optional<std::string> output_schema;
  Annotations annotations;
  /// May answer with a Task.
  bool may_be_task = false;
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

  /// What this caller may use, in a stable order. Never waits.
  virtual std::vector<ToolDescription> list(const Caller& caller) = 0;
  /// ToolDescription::may_be_task of the tool of this name; nothing when this caller has none, or where that
  /// is left to call(). Never waits.
  virtual std::optional<bool> may_be_task(const Caller& /*caller*/, std::string_view /*name*/) { return {}; }
  /// Blocks until the tool is done or `stop` fires.
  virtual Outcome call(const Call& call) = 0;
  /// Of the tool of this name, as its input schema marks them.
  virtual std::vector<HeaderArgument> header_arguments(std::string_view /*tool*/) { return {}; }
};

}  // namespace mcp
