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
#include "guard/parameters.h"

namespace engine {

/// What limits the arguments of a call besides its row.
struct Limits {
  guard::TierLimit tier{};
  /// Called only for arguments that not every version of PVE has, because it may wait for PVE.
  AskVersion connected{};
  /// The tools that an error may name to the caller.
  MayUse may{};
};

/// The checked arguments in the order of `given`, each in its own type (value.h); null counts as absent. The
/// error holds every problem of the call, one a line, each with the parameter, the value (never a secret) and
/// what is valid. The fields refer to the row and to the names in `given`.
std::expected<Arguments, std::string> check(const Row& row, const base::JsonObject& given,
                                            const Limits& limits);

/// Checks what a row's prepare() made of the arguments, before they are sent: parameters that the caller may
/// not pass (guard/parameters.h), and those that the connected PVE does not have. Returns nullopt if the call
/// may be sent, else the sentence for the model.
std::optional<std::string> check_prepared(const Row& row, const Arguments& arguments, const Limits& limits);

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
