// What the fixtures share, and what a fixture tool is.
#pragma once

#include <atomic>
#include <span>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/json.h"
#include "seam/changes.h"
#include "seam/tools.h"

namespace conformance {

class Jobs;
class Watcher;

/// Outlives every call.
struct Stage {
  base::Clock& clock;
  Jobs& jobs;
  Watcher& watcher;
  /// Set before the first request; null only until then.
  std::atomic<mcp::Changes*> changes{nullptr};
  /// Lists that a tool changes have one more entry while this is true.
  std::atomic<bool> one_more_tool{false};
  std::atomic<bool> one_more_prompt{false};
};

/// One row of a table of tools.
struct Tool {
  std::string_view name;
  std::string_view description;
  std::string_view input_schema;
  mcp::Outcome (*run)(const mcp::Call&, Stage&);
  bool may_be_task = false;
};

inline constexpr std::string_view kNoArguments = R"({"type":"object","additionalProperties":false})";

/// Contents, errors, progress, logs, changes of lists, header arguments.
std::span<const Tool> plain_tools();
/// They ask the client or its user.
std::span<const Tool> asking_tools();
/// They may answer with a task.
std::span<const Tool> job_tools();

mcp::Result text_result(std::string text);
mcp::Result failure(std::string text);
/// A string argument, or `otherwise` when there is none.
std::string text_argument(const mcp::Call& call, std::string_view name, std::string_view otherwise = {});

/// -32021, for a request that needs what the client did not declare.
mcp::ProtocolError missing_capability(std::string_view json);

/// A red dot of 1x1 pixels, and a sound of no length.
std::string png();
std::string wav();

/// "action=accept, content={...}" for whatever the client answered.
std::string in_words(const base::Json& answer);
/// The content of an accepted form, null otherwise.
const base::JsonObject* accepted(const base::JsonObject& inputs, std::string_view key);

/// Of a text that is in this source: ends the process when it is no object.
base::JsonObject object(std::string_view json);

}  // namespace conformance
