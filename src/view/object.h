// An object as "key: value" lines.
#pragma once

#include <cstddef>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "tool/tool.h"

namespace view {

struct ShownObject {
  std::string text;
  std::vector<std::string> keys;  ///< the members that the text shows
  std::string remark;             ///< the lines at its end that are about no single member
};

/// At most about `budget` bytes, ending at a whole line; says what is left out. The members that the view
/// names come first, the others by name; lists of objects inside become tables of their own. A member
/// "pending" holds what will take the place of others: "memory: 8192 (pending: 16384)". A text of several
/// lines stands below its label, "| " before each line. `fields` are members separated by commas, "*" all;
/// none: all, or those that a brief view names. The error is a clause about `fields`.
std::expected<ShownObject, std::string> show_object(const tool::View& view, const base::JsonObject& object,
                                                    std::size_t budget, std::string_view fields);
/// All members.
std::string show_object(const tool::View& view, const base::JsonObject& object, std::size_t budget);

}  // namespace view
