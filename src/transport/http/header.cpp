#include "transport/http/header.h"

#include <algorithm>
#include <vector>

#include "base/base64.h"
#include "base/text.h"

namespace transport {
namespace {

/// Without parameters, in lower case.
std::string media_type(std::string_view text) {
  return base::lower_ascii(base::trim(text.substr(0, text.find(';'))));
}

/// Like base::split(), but separators in quoted strings are text.
std::vector<std::string_view> split_unquoted(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  bool quoted = false;
  std::size_t begin = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '"') quoted = !quoted;
    if (text[i] == '\\' && quoted) ++i;
    if (quoted || i >= text.size() || text[i] != separator) continue;
    parts.push_back(text.substr(begin, i - begin));
    begin = i + 1;
  }
  parts.push_back(text.substr(begin));
  return parts;
}

/// One element of Accept.
struct Range {
  std::string type;
  /// It has parameters, so it accepts only some forms of the type.
  bool narrowed = false;
  /// "q=0": anything but this.
  bool refused = false;
};

Range read_range(std::string_view text) {
  const auto parts = split_unquoted(text, ';');
  Range range{base::lower_ascii(base::trim(parts.front())), false, false};
  for (std::size_t i = 1; i < parts.size(); ++i) {
    const auto equals = std::min(parts[i].find('='), parts[i].size());
    const auto name = base::lower_ascii(base::trim(parts[i].substr(0, equals)));
    if (name != "q") {
      range.narrowed = range.narrowed || !name.empty();
      continue;
    }
    const auto quality = base::trim(parts[i].substr(std::min(equals + 1, parts[i].size())));
    range.refused = quality == "0" || (quality.starts_with("0.") &&
                                       quality.find_first_not_of('0', 2) == std::string_view::npos);
    // The rest is not a parameter of the type.
    break;
  }
  return range;
}

/// Higher if the range is more specific; 0: the range does not cover this type.
int weight(const Range& range, std::string_view wanted) {
  if (range.type == wanted) return range.narrowed ? 3 : 4;
  if (range.type == std::string(wanted.substr(0, wanted.find('/'))) + "/*") return 2;
  return range.type == "*/*" ? 1 : 0;
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
  bool admitted = false;
  int heaviest = 1;
  for (const auto& [key, value] : headers) {
    if (base::lower_ascii(key) != "accept") continue;
    any = true;
    for (const auto text : split_unquoted(value, ',')) {
      const auto range = read_range(text);
      const int weighs = weight(range, wanted);
      if (weighs < heaviest) continue;
      admitted = !range.refused || (admitted && weighs == heaviest);
      heaviest = weighs;
    }
  }
  return !any || admitted;
}

bool is_json(const net::Headers& headers) {
  const auto value = net::find_header(headers, "content-type");
  return value && media_type(*value) == "application/json";
}

}  // namespace transport
