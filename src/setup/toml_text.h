// A TOML text whose bytes are to stay: where its headers and its pairs are.
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "setup/line.h"

namespace setup {

/// The text as JSON: dates as objects with the one member "$date", infinities and NaN as texts. Error: a
/// clause that begins with the line.
std::expected<base::JsonObject, std::string> read_toml(std::string_view text);

/// A [table], a [[table of a list]], or a key with its value.
struct TomlStatement {
  std::vector<std::string> path;  ///< from the root of the file
  std::size_t table_size = 0;     ///< so much of the path is from the header above; of a header all
  bool is_header = false;
  Span value;  ///< of a pair
  Span lines;  ///< whole lines, with their line end where they have one
};

/// Of a text that read_toml() takes, in order.
std::vector<TomlStatement> toml_statements(std::string_view text);

}  // namespace setup
