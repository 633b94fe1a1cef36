// Checks the model's arguments against the row and PVE's facts.
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
  guard::MayUse may{};
};

/// Checks the arguments and converts each to the type of its field (value.h). They keep the order of `given`;
/// null counts as absent. The error lists all problems of the call, one a line: the parameter, its value
/// (never a secret) and what is valid. The fields refer to the row and to the names in `given`.
std::expected<Arguments, std::string> check(const Row& row, const base::JsonObject& given,
                                            const Limits& limits);

/// Checks what a row's prepare() made of the arguments, before they are sent: parameters that the caller may
/// not pass (guard/parameters.h), and those that the connected PVE does not have. Returns nullopt if the call
/// may be sent, else the sentence for the model.
std::optional<std::string> check_prepared(const Row& row, const Arguments& arguments, const Limits& limits);

/// Pairs arguments, by PVE's names, with the fields of the row. Moves the values out of `wire` but leaves the
/// names there, because the fields refer to them.
Arguments with_fields(const Row& row, base::JsonObject& wire);
/// Moves the values back to where with_fields() took them from.
void restore_values(Arguments&& arguments, base::JsonObject& wire);

/// Moves the values into an object, by PVE's names.
base::JsonObject on_wire(Arguments&& arguments);

using Secrets = std::vector<std::string>;

/// The values of the secret parameters, which must not be shown.
Secrets secrets_of(const Arguments& arguments);

/// Replaces each secret in the text by "***", because PVE repeats values that it refuses. Secrets of less
/// than four bytes stay, because they occur inside other words.
std::string without(const Secrets& secrets, std::string text);

}  // namespace engine
