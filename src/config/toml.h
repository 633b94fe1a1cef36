// The TOML file as plain keys and values.
#pragma once

#include <expected>
#include <string>
#include <vector>

namespace config {

struct TomlEntry {
  std::string key;                  ///< dotted: "cluster.base_url"
  std::vector<std::string> values;  ///< of an array one each
  bool is_array = false;
  unsigned line = 0;
};

/// Flattens the tables. Strings, integers, booleans and arrays of them are understood. The error is a clause
/// that begins with the line, where one is at fault, and never repeats the text.
std::expected<std::vector<TomlEntry>, std::string> parse_toml(const std::string& text);

}  // namespace config
