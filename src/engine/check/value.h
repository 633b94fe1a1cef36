// One argument's value: from what the model wrote to what PVE reads.
#pragma once

#include <expected>
#include <string>

#include "base/json.h"
#include "engine/row/row.h"
#include "guard/may_use.h"

namespace engine {

/// The value in its own type (text, integer, number, true/false, array of texts for an Array) when it fits
/// type, enumeration and PVE's own checks. Takes what loses nothing: "100" for 100, 1 for true, an array for
/// a list. The error is a clause after the parameter's name, without the value if that is a secret.
std::expected<base::Json, std::string> check_value(const Field& field, const base::Json& given,
                                                   const MayUse& may);

/// A text that PVE splits into several values.
bool is_list(const Field& field);

/// What would be valid: "an integer from 100 to 999999999", and how somebody with these tools finds it.
std::string expectation(const Field& field, const MayUse& may);

/// True when PVE reads the value as set: not false, not 0, not empty.
bool is_set(const base::Json& value);

}  // namespace engine
