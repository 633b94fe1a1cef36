// JSON for the whole program: Boost.JSON's values, a parser that does not throw, and a writer of our own.
#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/string.hpp>
#include <boost/json/value.hpp>
#include <cstddef>
#include <expected>
#include <string>
#include <string_view>

namespace base {

using Json = boost::json::value;
using JsonObject = boost::json::object;
using JsonArray = boost::json::array;

inline constexpr std::size_t kJsonDepth = 64;

/// Parses one JSON text (UTF-8, nothing but white space after it). The error is a short reason without the
/// input. Fails on invalid UTF-8 and when arrays and objects nest deeper than `depth`.
std::expected<Json, std::string> parse_json(std::string_view text, std::size_t depth = kJsonDepth);

/// Compact JSON, members in insertion order. Numbers are the shortest that read back equal; a non-finite
/// number becomes null. Control characters are escaped, everything else stays UTF-8.
std::string write_json(const Json& value);

/// The same, with the members of every object sorted by key: equal values give equal bytes.
std::string write_json_sorted(const Json& value);

/// One value as it stands in a form or a cell: a text as it is, a boolean as 1 or 0, everything else as
/// write_json().
std::string wire_text(const Json& value);

/// Appends the quoted and escaped form of `text` to `out`.
void write_json_string(std::string_view text, std::string& out);

}  // namespace base
