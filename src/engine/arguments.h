// The model's arguments against a row and the facts.
#pragma once

#include <expected>
#include <functional>
#include <optional>
#include <string>

#include "base/json.h"
#include "engine/row.h"
#include "tool/tool.h"

namespace engine {

struct Limits {
  /// What the caller may do; parameters can need more than their tool.
  tool::Tier tier = tool::Tier::Full;
  /// True when the connected PVE is newer than the facts: a parameter that they do not know is then passed
  /// on. Asked only for such a parameter, because it may wait for PVE. Empty means no.
  std::function<bool()> newer_pve{};
};

/// The checked arguments by PVE's names, each in its own type (value.h); null counts as absent. The error
/// holds every problem of the call, one a line, each with the parameter, the value (never a secret) and what
/// is valid.
std::expected<base::JsonObject, std::string> check(const Row& row, const base::JsonObject& given,
                                                   const Limits& limits);

/// What no value excuses, judged once more on what is about to be sent, after a row's prepare(): marks of the
/// parameters, and combinations that are refused.
std::optional<std::string> forbidden(const Row& row, const base::JsonObject& arguments, const Limits& limits);

/// True when PVE version `connected` ("9.3.1") is newer than `known` ("9.2"), by its first two numbers.
bool is_newer(std::string_view connected, std::string_view known);

}  // namespace engine
