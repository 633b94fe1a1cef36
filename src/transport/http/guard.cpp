#include "transport/http/guard.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "transport/http/header.h"

namespace transport {
namespace {

/// "[::1]:3000" -> "[::1]". A suffix that is not a port stays, so the host is then unknown.
std::string_view without_port(std::string_view host) {
  const auto colon = host.rfind(':');
  if (colon == std::string_view::npos) return host;
  const bool port = host.find_first_not_of("0123456789", colon + 1) == std::string_view::npos;
  return port ? host.substr(0, colon) : host;
}

std::string origin_host(std::string_view origin) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (origin.starts_with(scheme)) return std::string(origin.substr(scheme.size()));
  }
  return {};
}

}  // namespace

HttpGuard::HttpGuard(std::vector<std::string> hosts, std::vector<std::string> origins)
    : hosts_(std::move(hosts)), origins_(std::move(origins)) {
  for (auto& host : hosts_) {
    host = base::lower_ascii(host);
    // An IPv6 address stands in brackets where a port may follow.
    if (std::ranges::count(host, ':') > 1 && !host.starts_with('[')) host = "[" + host + "]";
  }
  for (auto& origin : origins_) origin = base::lower_ascii(origin);
  for (const auto* const own : {"localhost", "127.0.0.1", "[::1]"}) hosts_.emplace_back(own);
}

bool HttpGuard::known_host(std::string_view host) const {
  const auto name = base::lower_ascii(host);
  return std::ranges::any_of(
      hosts_, [&](const std::string& known) { return known == name || known == without_port(name); });
}

std::expected<void, std::string> HttpGuard::check_host(const net::Headers& headers) const {
  const auto host = single_header(headers, "host");
  if (host && *host && known_host(**host)) return {};
  return std::unexpected("The Host \"" + base::printable(host && *host ? **host : "", 100) +
                         "\" is not a name of this server; add it with --http-hosts.");
}

std::expected<void, std::string> HttpGuard::check_origin(const net::Headers& headers) const {
  const auto origin = single_header(headers, "origin");
  if (origin && !*origin) return {};
  const auto text = origin ? base::lower_ascii(**origin) : std::string{};
  if (std::ranges::find(origins_, text) != origins_.end()) return {};
  if (const auto from = origin_host(text); !from.empty() && known_host(from)) return {};
  return std::unexpected("Web pages of the origin \"" + base::printable(text, 100) +
                         "\" may not use this server; add the origin with --http-origins.");
}

net::Headers HttpGuard::cors(const net::Headers& headers) const {
  const auto origin = net::find_header(headers, "origin");
  if (!origin) return {};
  return {{"Access-Control-Allow-Origin", std::string(*origin)},
          {"Access-Control-Expose-Headers", "Mcp-Session-Id, MCP-Protocol-Version, WWW-Authenticate"},
          {"Vary", "Origin"}};
}

}  // namespace transport
