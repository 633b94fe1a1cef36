// Reading what a resource stands for.
#pragma once

#include <expected>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/json.h"
#include "engine/gate.h"
#include "engine/toolbox.h"
#include "mcp/resources.h"
#include "resource/uri.h"

namespace resource {

using Unread = std::variant<mcp::NoSuchResource, mcp::ProtocolError, mcp::InsufficientScope>;

struct Reading {
  base::Json data;
  std::int64_t lines = 0;  ///< of a log: how many there are, not only those read
  std::string note{};      ///< what could not be read, a sentence; usually empty
};

/// Nothing when the tool may be used.
using Permit = std::function<std::optional<engine::Refusal>(std::string_view tool)>;

/// PVE's data of any row but those of Kind::Api. A guest or node that does not exist, or not for this token,
/// is NoSuchResource; so is what `permit` refuses, unless a scope is lacking. A guest that has moved is
/// followed once.
std::expected<Reading, Unread> read(engine::Toolbox& toolbox, const Match& match, const Permit& permit,
                                    const std::stop_token& stop);

Unread unread(engine::Refusal refusal);

/// PVE's words mean that the object is not there.
bool is_gone(const pve::Error& error);

}  // namespace resource
