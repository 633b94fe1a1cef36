// Arguments of a tool as people write them in a shell.
#pragma once

#include <expected>
#include <span>
#include <string>

#include "base/json.h"

namespace cli {

/// `object` (JSON text, may be empty) with every "key=value" of `pairs` set in it, and the members of every
/// one that is itself an object, in their order. A value is a JSON number, boolean, null, string, array or
/// object where it reads as one, unless the tool's input schema wants a string there; else it is text. The
/// error is a sentence without values.
std::expected<base::JsonObject, std::string> arguments_of(const std::string& object,
                                                          std::span<const std::string> pairs,
                                                          const base::JsonObject& input_schema);

}  // namespace cli
