#include "net/http.h"

#include "base/text.h"

namespace net {

std::optional<std::string_view> find_header(const Headers& headers, std::string_view name) {
  const std::string wanted = base::lower_ascii(name);
  for (const auto& [key, value] : headers) {
    if (base::lower_ascii(key) == wanted) return value;
  }
  return std::nullopt;
}

}  // namespace net
