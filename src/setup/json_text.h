// A JSON text whose bytes are to stay: where its members are.
#pragma once

#include <cstddef>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "setup/line.h"

namespace setup {

/// Whether comments and trailing commas may be there.
enum class Comments { Refused, Kept };

/// A valid text. All positions are the same in `plain` and in the original.
struct JsonText {
  std::string plain;                         ///< comments, trailing commas and a byte order mark are blanks
  std::vector<std::size_t> trailing_commas;  ///< their positions, in order
  base::Json value;                          ///< null when there is nothing but blanks
  bool is_blank = false;
};

/// Error: a clause that begins with the line.
std::expected<JsonText, std::string> read_json_text(std::string_view text, Comments comments);

struct JsonMember {
  std::string key;  ///< without its escapes
  Span name;        ///< the key with its quotes
  Span value;
};

/// The object or array that begins at `begin`, with its brackets.
Span json_value_at(std::string_view plain, std::size_t begin);

/// The top value; not for a blank text.
Span json_top(std::string_view plain);

/// The members of an object in their order. `object` is its span in a valid text.
std::vector<JsonMember> json_members(std::string_view plain, Span object);

}  // namespace setup
