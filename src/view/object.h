// Shows an object as "key: value" lines.
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
  std::string remark;             ///< the lines at its end that do not belong to one member
};

/// Returns about `budget` bytes at most, ending at a whole line, and says what is omitted. The members of the
/// view come first, the others by name. Lists of objects become tables. Members of `pending` are shown next
/// to the values that they will replace: "memory: 8192 (pending: 16384)". A text of several lines is shown
/// below its label, with "| " before each line. `fields` are members separated by commas; "*": all; empty:
/// all, or the view's members if it is brief. The error is a clause about `fields`.
std::expected<ShownObject, std::string> show_object(const tool::View& view, const base::JsonObject& object,
                                                    std::size_t budget, std::string_view fields);
/// Shows all members.
std::string show_object(const tool::View& view, const base::JsonObject& object, std::size_t budget);

}  // namespace view
