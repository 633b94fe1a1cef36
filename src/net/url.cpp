#include "net/url.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <optional>

#include "base/ascii.h"
#include "base/number.h"
#include "base/text.h"

namespace net {
namespace {

constexpr std::uint16_t kPvePort = 8006;
// RFC 6874: the '%' before a zone is written so in a URL.
constexpr std::string_view kZoneInUrl = "%25";

bool is_ipv4(const std::string& host) {
  in_addr address{};
  return ::inet_pton(AF_INET, host.c_str(), &address) == 1;
}

bool names_a_zone(std::string_view name) {
  return !name.empty() && std::ranges::all_of(name, [](char c) {
    return base::is_alnum(c) || c == '.' || c == '-' || c == '_';
  });
}

// The literal in its shortest form, with its zone unchanged; nothing if it is not an IPv6 literal.
std::optional<std::string> ipv6(std::string_view literal) {
  const auto zone_at = std::min(literal.find('%'), literal.size());
  const auto zone = literal.substr(zone_at);
  if (!zone.empty() && !names_a_zone(zone.substr(1))) return std::nullopt;
  in6_addr address{};
  if (::inet_pton(AF_INET6, std::string(literal.substr(0, zone_at)).c_str(), &address) != 1)
    return std::nullopt;
  std::array<char, INET6_ADDRSTRLEN> shortest{};
  ::inet_ntop(AF_INET6, &address, shortest.data(), shortest.size());
  return shortest.data() + std::string(zone);
}

// Why a name cannot be a host; nothing when it can.
std::optional<std::string> host_misfit(const std::string& host) {
  if (host.empty()) return "has no host name";
  if (is_ipv4(host)) return std::nullopt;
  if (host.size() > 253) return "has a host name of over 253 characters";
  for (const char c : host) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x80) return "has a host name with non-ASCII letters (write its xn-- form)";
    const bool fits = base::is_lower(c) || base::is_digit(c) || c == '-' || c == '_' || c == '.';
    if (!fits) return std::string("has the character '") + c + "' in its host name";
  }
  const auto labels = base::split(host, '.');
  for (const auto label : labels) {
    if (label.empty()) return "has a host name with an empty part";
    if (label.size() > 63) return "has a host name with a part of over 63 characters";
    if (label.front() == '-' || label.back() == '-')
      return "has a host name with a part that begins or ends with '-'";
  }
  if (base::is_digits(labels.back())) return "has an IPv4 address that is not four numbers from 0 to 255";
  return std::nullopt;
}

std::optional<std::uint16_t> parse_port(std::string_view text) {
  const auto port = base::parse_number<std::uint16_t>(text);
  return port == 0 ? std::nullopt : port;
}

std::optional<std::string> path_misfit(std::string_view rest) {
  if (rest.find('?') != std::string_view::npos) return "has a query (remove everything from '?' on)";
  if (rest.find('#') != std::string_view::npos) return "has a fragment (remove everything from '#' on)";
  while (rest.ends_with('/')) rest.remove_suffix(1);
  if (rest.empty() || rest == "/api2/json") return std::nullopt;
  return "has a path other than /api2/json (PVE answers at the root of its port)";
}

struct Authority {
  std::string host;
  std::optional<std::uint16_t> port;
};

std::expected<Authority, std::string> parse_bracketed(std::string_view text) {
  const auto close = text.find(']');
  if (close == std::string_view::npos) return std::unexpected("has '[' without ']'");
  std::string literal(text.substr(1, close - 1));
  const auto zone = std::min(literal.find('%'), literal.size());
  if (literal.compare(zone, kZoneInUrl.size(), kZoneInUrl) == 0)
    literal.replace(zone, kZoneInUrl.size(), "%");
  auto host = ipv6(literal);
  if (!host) return std::unexpected("has brackets around something that is not an IPv6 address");
  const auto after = text.substr(close + 1);
  if (after.empty()) return Authority{std::move(*host), std::nullopt};
  const auto port = after.front() == ':' ? parse_port(after.substr(1)) : std::nullopt;
  if (!port) return std::unexpected("has no port number from 1 to 65535 after ']'");
  return Authority{std::move(*host), port};
}

std::expected<Authority, std::string> parse_authority(std::string_view text) {
  if (text.starts_with('[')) return parse_bracketed(text);
  if (auto literal = ipv6(text)) return Authority{std::move(*literal), std::nullopt};
  const auto colon = text.find(':');
  std::string host = base::lower_ascii(text.substr(0, colon));
  if (host.size() > 1 && host.ends_with('.')) host.pop_back();
  if (auto misfit = host_misfit(host)) return std::unexpected(*misfit);
  if (colon == std::string_view::npos) return Authority{host, std::nullopt};
  const auto port = parse_port(text.substr(colon + 1));
  if (!port) return std::unexpected("has a port that is not a number from 1 to 65535");
  return Authority{host, port};
}

}  // namespace

std::string Url::authority() const {
  const auto zone = host.find('%');
  const bool literal = host.find(':') != std::string::npos;
  const std::string name = literal ? "[" + host.substr(0, zone) + "]" : host;
  return name + ":" + std::to_string(port);
}

std::string Url::text() const {
  const bool literal = host.find(':') != std::string::npos;
  std::string name = literal ? "[" + host + "]" : host;
  if (const auto zone = name.find('%'); zone != std::string::npos) name.replace(zone, 1, kZoneInUrl);
  return (tls ? "https://" : "http://") + name + ":" + std::to_string(port);
}

bool Url::is_loopback() const {
  if (host == "localhost" || host.ends_with(".localhost")) return true;
  if (is_ipv4(host)) return host.starts_with("127.");
  in6_addr address{};
  if (::inet_pton(AF_INET6, host.c_str(), &address) != 1) return false;
  return IN6_IS_ADDR_LOOPBACK(&address) != 0;
}

std::expected<Url, std::string> parse_url(std::string_view text) {
  text = base::trim(text);
  if (text.empty()) return std::unexpected("is empty");
  if (base::has_control(text)) return std::unexpected("has a control character");
  if (text.find_first_of(" \\") != std::string_view::npos)
    return std::unexpected("has a space or a backslash");
  Url url;
  std::uint16_t default_port = kPvePort;
  if (const auto scheme_end = text.find("://"); scheme_end != std::string_view::npos) {
    const std::string scheme = base::lower_ascii(text.substr(0, scheme_end));
    if (scheme != "https" && scheme != "http")
      return std::unexpected("has the scheme '" + base::printable(scheme, 20) + "' (use https or http)");
    url.tls = scheme == "https";
    default_port = url.tls ? 443 : 80;
    text.remove_prefix(scheme_end + 3);
  }
  const auto path_at = text.find_first_of("/?#");
  const auto authority = text.substr(0, path_at);
  if (authority.find('@') != std::string_view::npos)
    return std::unexpected("has a user name (set the API token's id and secret instead)");
  if (path_at != std::string_view::npos) {
    if (auto misfit = path_misfit(text.substr(path_at))) return std::unexpected(*misfit);
  }
  auto parsed = parse_authority(authority);
  if (!parsed) return std::unexpected(parsed.error());
  url.host = std::move(parsed->host);
  url.port = parsed->port.value_or(default_port);
  return url;
}

}  // namespace net
