#include "net/http.h"

#include <algorithm>

#include "base/ascii.h"
#include "base/text.h"

namespace net {

std::optional<std::string_view> find_header(const Headers& headers, std::string_view name) {
  const std::string wanted = base::lower_ascii(name);
  for (const auto& [key, value] : headers) {
    if (base::lower_ascii(key) == wanted) return value;
  }
  return std::nullopt;
}

bool is_http_token(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return base::is_alnum(c) || std::string_view("!#$%&'*+-.^_`|~").contains(c);
  });
}

}  // namespace net
