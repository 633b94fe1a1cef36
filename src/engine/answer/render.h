// Renders PVE's answers as the text that the model reads.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/json.h"
#include "engine/row/output.h"
#include "engine/row/row.h"
#include "engine/row/server_arguments.h"
#include "engine/row/wording.h"
#include "guard/may_use.h"
#include "pve/client.h"
#include "seam/tools.h"

namespace engine {

/// An answer's call, and how to show it.
struct Rendering {
  const Row& row;
  const base::JsonObject& arguments;  ///< by PVE's names
  const ServerArguments& for_server;
  Style style;
  /// for a change
  Wording words{};
  /// The object of the statistics: "web01 (VM 100)". PVE's text, not yet safe to show.
  std::string title{};
  /// The tools that the text may name to the caller.
  guard::MayUse may{};
  std::int64_t now = 0;  ///< epoch seconds
};

/// Renders a read by the row's view, or as compact JSON with sorted keys. Renders a change as the row's
/// sentence, followed by the UPID or the data. Masks values under names of secrets, and replaces characters
/// that could mislead a reader.
mcp::Result render(const Rendering& rendering, pve::Answer answer);

/// Replaces every text under the name of a secret by "***", at any depth. `path`: the template of the call
/// that gave the value, because some names are secret in the answers of some calls only.
void mask_secrets(base::Json& value, std::string_view path = {});

/// Replaces characters that hide or reorder text, and control characters except line breaks and tabs, by
/// U+FFFD, in all texts and names at any depth. JSON's escapes do not stop them: clients decode structured
/// content.
void replace_unsafe_characters(base::Json& value);

mcp::Result render_error(std::string text);

/// `facts` becomes structuredContent if the style asks for it.
mcp::Result render_text(std::string text, base::JsonObject facts, const Style& style);

}  // namespace engine
