// The model's arguments against a row and the facts.
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "engine/check/version_check.h"
#include "engine/row/row.h"
#include "guard/may_use.h"
#include "tool/tool.h"

namespace engine {

struct Limits {
  /// What the caller may do; parameters can need more than their tool.
  tool::Tier tier = tool::Tier::Full;
  /// Asked only for what not every version has: it may wait for PVE.
  AskVersion connected{};
  /// Who does not allow the tier full, a clause; empty: the server's setting.
  std::string reason{};
  /// With more scopes the caller's token would reach the tier full.
  bool scope_would_do = false;
  /// Of whoever reads what is wrong.
  MayUse may{};
};

/// The checked arguments in the order of `given`, each in its own type (value.h); null counts as absent. The
/// error holds every problem of the call, one a line, each with the parameter, the value (never a secret) and
/// what is valid. The fields refer to the row and to the names in `given`.
std::expected<Arguments, std::string> check(const Row& row, const base::JsonObject& given,
                                            const Limits& limits);

/// What no value excuses, judged once more on what is about to be sent, after a row's prepare(): marks of the
/// parameters, combinations that are refused, and what the connected PVE lacks.
std::optional<std::string> forbidden(const Row& row, const Arguments& arguments, const Limits& limits);

/// Arguments by PVE's names with the fields that the row has for them. Takes the values out of `wire`; the
/// fields refer to the names in it, which stay.
Arguments with_fields(const Row& row, base::JsonObject& wire);
/// The values back to where with_fields() took them from.
void restore_values(Arguments&& arguments, base::JsonObject& wire);

/// The values by PVE's names, moved out.
base::JsonObject on_wire(Arguments&& arguments);

using Secrets = std::vector<std::string>;

/// The values that must not be shown.
Secrets secrets_of(const Arguments& arguments);

/// PVE repeats refused values: puts "***" in the place of each secret. Secrets of fewer than four bytes stay,
/// because they occur inside other words.
std::string without(const Secrets& secrets, std::string text);

}  // namespace engine
