#include "base/json_end.h"

#include <boost/json/stream_parser.hpp>

namespace base {

std::size_t json_end(std::string_view text) {
  boost::json::stream_parser parser;
  boost::system::error_code error;
  // Byte by byte: what the library says to have consumed of a longer piece ends at a token, not at the byte.
  for (std::size_t i = 0; i < text.size(); ++i) {
    parser.write(text.data() + i, 1, error);
    if (error) return i;
  }
  return text.size();
}

}  // namespace base
