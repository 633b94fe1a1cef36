// Reads the object of a resource.
#pragma once

#include <chrono>
#include <expected>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/json.h"
#include "engine/toolbox.h"
#include "guard/gate.h"
#include "resource/uri.h"
#include "seam/resources.h"

namespace resource {

using Unread = std::variant<mcp::NoSuchResource, mcp::ProtocolError, mcp::InsufficientScope>;

struct Reading {
  base::Json data;
  std::int64_t lines = 0;  ///< of a log: how many there are, not only those read
  std::string note{};      ///< what is not in the data and why, sentences; usually empty
  bool partial = false;    ///< something could not be read: what is not there need not have gone
};

/// Nothing when the tool may be used.
using Permit = std::function<std::optional<guard::Refusal>(std::string_view tool)>;

/// How long the nodes of one storage are waited for.
inline constexpr std::chrono::seconds kLongest{15};

/// PVE's data of any row but those of Kind::Api, put right as the row's tool does it. A guest or node that
/// does not exist, or not for this token, is NoSuchResource; so is what `permit` refuses, unless a scope is
/// lacking. A guest of a kind that `permit` lets be neither listed nor read is as if it did not exist. A
/// guest that has moved is followed once; of the nodes of a storage none is waited for longer than `longest`
/// together.
std::expected<Reading, Unread> read(engine::Toolbox& toolbox, const Match& match, const Permit& permit,
                                    const std::stop_token& stop, std::chrono::seconds longest = kLongest);

Unread unread(guard::Refusal refusal);

/// PVE's words mean that the object is not there.
bool is_gone(const pve::Error& error);

}  // namespace resource
