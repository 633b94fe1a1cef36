// Values of settings as the answer to a change shows them: short, on one line, no secret.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"

namespace change {

/// Of a setting that is never shown: a password or a key.
bool is_secret(std::string_view name);

/// Printable, at most 60 bytes, without blanks at its ends; "" (empty) as `''`.
std::string shown(std::string_view value);

/// The same of a JSON value; an object or a list of words as PVE writes it in a property string. Null is "".
std::string shown(const base::Json& value);

/// As it travels, to be compared: a true as "1"; an object as "name=value,…" by name, a list with commas.
std::string comparable(const base::Json& value);

/// One setting before and after, either may be null (not set): "cores 2 -> 4", "onboot 1 set", "net0: tag 20
/// removed", "tags: web added". A secret is only said to have changed, as is a text of several lines. Empty
/// when both say the same.
std::string difference(std::string_view name, const base::Json& before, const base::Json& after);

/// The words of a list as PVE splits it: at commas, semicolons and blanks. Each once.
std::vector<std::string> words(std::string_view list);

/// "a", "a and b", "a, b and c"; more than `most`: "a, b and 5 more".
std::string enumerated(const std::vector<std::string>& items, std::size_t most = 6);

}  // namespace change
