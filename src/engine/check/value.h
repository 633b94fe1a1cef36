// Converts the value of one argument from what the model wrote to what PVE reads.
#pragma once

#include <expected>
#include <string>

#include "base/json.h"
#include "engine/row/row.h"
#include "guard/may_use.h"

namespace engine {

/// Converts the value to the field's type (text, integer, number, boolean, array of texts) and checks it
/// against PVE's type, enumeration and format. Accepts other forms of the same value: "100" for 100, 1 for
/// true, an array for a list. The error is a clause that follows the parameter's name; it does not show a
/// secret.
std::expected<base::Json, std::string> check_value(const Field& field, const base::Json& given,
                                                   const guard::MayUse& may);

/// True if PVE splits the text into several values.
bool is_list(const Field& field);

/// Says what is valid, such as "an integer from 100 to 999999999", and which of the caller's tools shows such
/// values.
std::string expectation(const Field& field, const guard::MayUse& may);

/// True if PVE reads the value as set: it is not false, 0 or empty.
bool is_set(const base::Json& value);

}  // namespace engine
