#include "auth/location.h"

#include <algorithm>

#include "base/text.h"

namespace auth {
namespace {

constexpr std::size_t kLimit = 2048;

// A quote, a backslash or a blank would leave the quoted string of a challenge.
bool is_url_byte(char c) {
  return c > 0x20 && c < 0x7F && std::string_view("\"<>\\^`{|}").find(c) == std::string_view::npos;
}

}  // namespace

std::string Location::origin_text() const {
  std::string text = origin.text();
  const std::string_view usual = origin.tls ? ":443" : ":80";
  if (text.ends_with(usual)) text.resize(text.size() - usual.size());
  return text;
}

std::string Location::text() const { return origin_text() + path; }

std::string Location::target() const {
  std::string target = path.empty() ? "/" : path;
  if (!query.empty()) target += "?" + query;
  return target;
}

bool Location::is_safe() const { return origin.tls || origin.is_loopback(); }

std::expected<Location, std::string> parse_location(std::string_view text) {
  if (text.size() > kLimit) return std::unexpected("is longer than 2048 bytes");
  if (!std::ranges::all_of(text, is_url_byte)) return std::unexpected("has a character that no URL has");
  const auto scheme_end = text.find("://");
  if (scheme_end == std::string_view::npos) return std::unexpected("has no scheme (https://…)");
  if (text.find('#') != std::string_view::npos) return std::unexpected("has a fragment");
  const auto path_at = std::min(text.find_first_of("/?", scheme_end + 3), text.size());
  const auto origin = net::parse_url(text.substr(0, path_at));
  if (!origin) return std::unexpected(origin.error());
  if (origin->host.find('%') != std::string::npos) return std::unexpected("has an address with a zone");
  Location location{*origin, {}, {}};
  auto rest = text.substr(path_at);
  if (const auto mark = rest.find('?'); mark != std::string_view::npos) {
    location.query = rest.substr(mark + 1);
    rest = rest.substr(0, mark);
  }
  while (rest.ends_with('/')) rest.remove_suffix(1);
  location.path = rest;
  return location;
}

}  // namespace auth
