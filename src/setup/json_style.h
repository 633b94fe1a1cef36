// How a JSON text is laid out, and values in that layout.
#pragma once

#include <string>
#include <string_view>

#include "base/json.h"
#include "setup/json_text.h"

namespace setup {

struct JsonStyle {
  std::string unit = "  ";  ///< one step of indentation
  std::string line_end = "\n";
  std::string colon = ": ";
};

/// Of the first members; two blanks where nothing is indented.
JsonStyle json_style(std::string_view text, const JsonText& read);

/// An object on lines of its own, a list on one line. `indent` is that of the line on which it begins.
void write_styled(const base::Json& value, const JsonStyle& style, const std::string& indent,
                  std::string& out);

/// "key": value.
std::string styled_member(std::string_view key, const base::Json& value, const JsonStyle& style,
                          const std::string& indent);

}  // namespace setup
