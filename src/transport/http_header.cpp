#include "transport/http_header.h"

#include <algorithm>

#include "base/base64.h"
#include "base/text.h"

namespace transport {
namespace {

/// Without parameters, in lower case.
std::string media_type(std::string_view text) {
  return base::lower_ascii(base::trim(text.substr(0, text.find(';'))));
}

/// "q=0" says: anything but this.
bool refused(std::string_view range) {
  const auto at = base::lower_ascii(range).find("q=0");
  if (at == std::string::npos) return false;
  const auto rest = base::trim(range.substr(at + 3));
  return rest.find_first_not_of(".0") == std::string_view::npos;
}

}  // namespace

std::expected<std::optional<std::string>, std::string> single_header(const net::Headers& headers,
                                                                     std::string_view name) {
  std::optional<std::string> found;
  const auto wanted = base::lower_ascii(name);
  for (const auto& [key, value] : headers) {
    if (base::lower_ascii(key) != wanted) continue;
    if (found) return std::unexpected(std::string(name) + " is given twice");
    found = std::string(base::trim(value));
  }
  return found;
}

bool is_plain(std::string_view value) {
  return std::ranges::all_of(value, [](char c) { return (c >= ' ' && c <= '~') || c == '\t'; });
}

std::optional<std::string> decode_value(std::string_view value) {
  constexpr std::string_view kBegin = "=?base64?";
  constexpr std::string_view kEnd = "?=";
  if (!is_plain(value)) return std::nullopt;
  if (!value.starts_with(kBegin) || !value.ends_with(kEnd) || value.size() < kBegin.size() + kEnd.size())
    return std::string(value);
  value.remove_prefix(kBegin.size());
  value.remove_suffix(kEnd.size());
  auto decoded = base::from_base64(value);
  if (!decoded || !base::is_utf8(*decoded)) return std::nullopt;
  return decoded;
}

bool accepts(const net::Headers& headers, std::string_view wanted) {
  bool any = false;
  const auto type = wanted.substr(0, wanted.find('/'));
  for (const auto& [key, value] : headers) {
    if (base::lower_ascii(key) != "accept") continue;
    any = true;
    for (const auto range : base::split(value, ',')) {
      const auto name = media_type(range);
      if ((name == wanted || name == "*/*" || name == std::string(type) + "/*") && !refused(range))
        return true;
    }
  }
  return !any;
}

bool is_json(const net::Headers& headers) {
  const auto value = net::find_header(headers, "content-type");
  return value && media_type(*value) == "application/json";
}

}  // namespace transport
