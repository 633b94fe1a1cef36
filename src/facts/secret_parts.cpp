#include "facts/secret_parts.h"

#include <algorithm>

#include "facts/facts.h"

namespace facts {
namespace {

using namespace std::string_view_literals;

using Parts = std::vector<std::string_view>;

/// Gives each "NAME=VALUE" of the list to `take`.
template <class Take>
void each_pair(std::string_view list, std::string_view separators, const Take& take) {
  while (!list.empty()) {
    const auto end = std::min(list.find_first_of(separators), list.size());
    const auto item = list.substr(0, end);
    if (const auto equals = item.find('='); equals != std::string_view::npos)
      take(item.substr(0, equals), item.substr(equals + 1));
    list.remove_prefix(std::min(end + 1, list.size()));
  }
}

/// What stands before the last @ of a URL's authority.
void add_credentials(std::string_view text, Parts& parts) {
  for (auto at = text.find("://"); at != std::string_view::npos; at = text.find("://", at + 3)) {
    const auto authority = text.substr(at + 3, text.substr(at + 3).find_first_of("/?#\\\"'<> ,;\t\r\n\0"sv));
    if (const auto end = authority.rfind('@'); end != std::string_view::npos && end > 0)
      parts.push_back(authority.substr(0, end));
  }
}

}  // namespace

Parts secret_parts(std::string_view name, std::string_view text) {
  Parts parts;
  if (name == "env") {
    each_pair(text, "\0"sv, [&](std::string_view, std::string_view value) {
      if (!value.empty()) parts.push_back(value);
    });
  } else if (name == "options") {
    each_pair(text, ", \t\n\0"sv, [&](std::string_view key, std::string_view value) {
      if (secret_name(key) && !value.empty()) parts.push_back(value);
    });
  } else {
    add_credentials(text, parts);
  }
  return parts;
}

std::string without_secret_parts(std::string_view name, std::string_view text) {
  const auto parts = secret_parts(name, text);
  std::string out;
  const char* copied = text.data();
  for (const auto part : parts) {
    out.append(copied, part.data()).append(kMask);
    copied = part.data() + part.size();
  }
  return out.append(copied, text.data() + text.size());
}

bool has_masked_part(std::string_view name, std::string_view text) {
  return std::ranges::count(secret_parts(name, text), kMask) > 0;
}

}  // namespace facts
