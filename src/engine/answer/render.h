// The one place where PVE's answers become what the model reads.
#pragma once

#include <cstdint>

#include "base/json.h"
#include "engine/row/output.h"
#include "engine/row/row.h"
#include "engine/row/server_arguments.h"
#include "engine/row/wording.h"
#include "guard/may_use.h"
#include "pve/client.h"
#include "seam/tools.h"

namespace engine {

/// What an answer is shown by, besides itself.
struct Rendering {
  const Row& row;
  const base::JsonObject& arguments;  ///< by PVE's names
  const ServerArguments& for_server;
  Style style;
  /// Of a change.
  Wording words{};
  /// Whose statistics these are: "web01 (VM 100)". Anybody's text.
  std::string title{};
  /// Of whoever reads it.
  MayUse may{};
  std::int64_t now = 0;  ///< epoch seconds
};

/// A read as the row's view says, or as compact JSON with sorted keys. A change: the row's sentence, then the
/// UPID or the data. Values under names of secrets are masked, and
/// what fools a reader is replaced.
mcp::Result render(const Rendering& rendering, pve::Answer answer);

/// Puts "***" in the place of every text under the name of a secret, however deep.
void mask_secrets(base::Json& value);

/// Replaces what hides or reorders text, and controls but line breaks and tabs, by U+FFFD in every text and
/// name, however deep: structured content carries them past JSON's own escapes.
void replace_unsafe_characters(base::Json& value);

mcp::Result render_error(std::string text);

/// `facts` becomes structuredContent where the style asks for it.
mcp::Result render_text(std::string text, base::JsonObject facts, const Style& style);

}  // namespace engine
