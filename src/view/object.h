// An object as "key: value" lines.
#pragma once

#include <string>

#include "base/json.h"
#include "tool/tool.h"

namespace view {

/// At most about `budget` bytes, ending at a whole line; says what is left out. The members that the view
/// names come first, the others by name; lists of objects inside become tables of their own.
std::string show_object(const tool::View& view, const base::JsonObject& object, std::size_t budget);

}  // namespace view
