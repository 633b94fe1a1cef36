// Formats values of settings for the answer to a change: short, on one line, without secrets.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"

namespace change {

/// Returns true for a setting that is never shown: a password or a key.
bool is_secret(std::string_view name);

/// Returns printable text of at most 60 bytes without blanks at its ends; '' for the empty text.
std::string shown(std::string_view value);

/// Formats a JSON value; an object or a list of words as PVE writes it in a property string. Null gives "".
std::string shown(const base::Json& value);

/// Returns a value in a form for comparison: true as "1"; an object as "name=value,…", sorted by name; a list
/// with commas.
std::string comparable(const base::Json& value);

/// Describes the change of a setting; null means not set: "cores 2 -> 4", "onboot 1 set", "net0: tag 20
/// removed", "tags: web added". A secret or a text of several lines is only said to have changed. Empty if
/// both values are equal.
std::string difference(std::string_view name, const base::Json& before, const base::Json& after);

/// Returns the words of a list, each once. PVE splits lists at commas, semicolons and blanks.
std::vector<std::string> words(std::string_view list);

/// Returns "a", "a and b", "a, b and c"; with more than `most` items "a, b and 5 more".
std::string enumerated(const std::vector<std::string>& items, std::size_t most = 6);

}  // namespace change
