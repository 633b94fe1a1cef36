// The seam between the protocol and whoever has tools: mcp::Server calls it, engine::Toolbox implements it,
// and so do test fixtures. It names nothing of PVE and nothing of JSON-RPC.
#pragma once

#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/json.h"
#include "mcp/content.h"

namespace mcp {

enum class Era : std::uint8_t { Legacy, Modern };

/// Who asks. What may run is the server's own limit and this one together, checked at every list and every
/// call.
struct Caller {
  /// A name for logs; empty for the one caller of a stdio process.
  std::string identity;
  /// Absent: no limit beyond the server's. The words are the implementation's (tier, category, scope).
  std::optional<std::string> tier;
  std::optional<std::vector<std::string>> categories;
  std::vector<std::string> scopes;
};

/// Receives progress of the call in flight. Safe from the thread of the call; silent once the call has
/// returned.
class Progress {
 public:
  Progress() = default;
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  virtual ~Progress() = default;
  /// `progress` must grow from one report to the next; `total` when it is known.
  virtual void report(double progress, std::optional<double> total, std::string_view message) = 0;
};

/// One tools/call, whatever its era and transport. Valid for the duration of Tools::call only.
struct Call {
  const Caller& caller;
  std::string_view name;
  const base::JsonObject& arguments;
  Era era;
  const base::JsonObject& client_capabilities;
  /// Answers the user has given so far, by the key they were asked under.
  const base::JsonObject& inputs;
  Progress& progress;
  std::stop_token stop;
};

/// What a tool gave. `is_error` marks what the model can act on: bad values, a refusal, a time-out.
struct Result {
  std::vector<Content> content;
  std::optional<base::Json> structured;
  bool is_error = false;
};

/// The tool needs an answer from the user first; nothing was changed yet. Tools are re-entrant: they are
/// called again with the answer in Call::inputs.
struct NeedInput {
  std::string key;
  std::string message;
  /// A flat JSON Schema of primitive members (elicitation form).
  base::JsonObject requested_schema;
};

/// The request itself was wrong: an unknown tool, arguments of the wrong shape. `code` is a JSON-RPC code.
struct ProtocolError {
  int code;
  std::string message;
  base::Json data;
};

/// The work goes on under a durable handle.
struct Task {
  std::string id;
  std::string status_message;
};

using Outcome = std::variant<Result, NeedInput, ProtocolError, Task>;

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
  /// Blocks until the tool is done or `stop` fires.
  virtual Outcome call(const Call& call) = 0;
};

}  // namespace mcp
