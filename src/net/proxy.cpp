#include "net/proxy.h"

#include <arpa/inet.h>

#include "base/number.h"
#include "base/text.h"

namespace net {
namespace {

std::optional<std::uint32_t> ipv4(std::string_view text) {
  in_addr address{};
  if (::inet_pton(AF_INET, std::string(text).c_str(), &address) != 1) return std::nullopt;
  return ntohl(address.s_addr);
}

bool in_network(std::string_view host, std::string_view network) {
  const auto slash = network.find('/');
  const auto address = ipv4(host);
  const auto base_address = ipv4(network.substr(0, slash));
  if (slash == std::string_view::npos || !address || !base_address) return false;
  const auto bits = base::parse_number<unsigned>(network.substr(slash + 1));
  if (!bits || *bits > 32) return false;
  const std::uint32_t mask = *bits == 0 ? 0 : ~std::uint32_t{0} << (32 - *bits);
  return (*address & mask) == (*base_address & mask);
}

bool names(std::string_view entry, const Url& url) {
  if (entry == "*") return true;
  std::string wanted = base::lower_ascii(entry);
  // "host:port" restricts an entry to that port.
  const auto colon = wanted.rfind(':');
  if (colon != std::string::npos && wanted.find(':') == colon) {
    if (wanted.substr(colon + 1) != std::to_string(url.port)) return false;
    wanted.resize(colon);
  }
  if (wanted.size() > 2 && wanted.front() == '[' && wanted.back() == ']')
    wanted = wanted.substr(1, wanted.size() - 2);
  while (wanted.starts_with('*')) wanted.erase(0, 1);
  while (wanted.starts_with('.')) wanted.erase(0, 1);
  if (wanted.empty()) return false;
  return url.host == wanted || url.host.ends_with("." + wanted) || in_network(url.host, wanted);
}

bool excluded(std::string_view no_proxy, const Url& url) {
  for (const auto part : base::split(no_proxy, ',')) {
    for (const auto word : base::split(base::trim(part), ' ')) {
      if (!word.empty() && names(word, url)) return true;
    }
  }
  return false;
}

}  // namespace

std::expected<std::optional<Proxy>, std::string> proxy_for(const Url& url, std::string_view https_proxy,
                                                           std::string_view no_proxy) {
  https_proxy = base::trim(https_proxy);
  if (https_proxy.empty() || !url.tls || url.is_loopback() || excluded(no_proxy, url)) return std::nullopt;
  if (base::has_control(https_proxy)) return std::unexpected("HTTPS_PROXY has a control character");
  if (const auto at = https_proxy.find("://"); at != std::string_view::npos) {
    const std::string scheme = base::lower_ascii(https_proxy.substr(0, at));
    if (scheme != "http")
      return std::unexpected("HTTPS_PROXY has the scheme '" + base::printable(scheme, 20) +
                             "': only http:// proxies are supported (TLS goes through their tunnel)");
    https_proxy.remove_prefix(at + 3);
  }
  while (https_proxy.ends_with('/')) https_proxy.remove_suffix(1);
  Proxy proxy;
  if (const auto at = https_proxy.rfind('@'); at != std::string_view::npos) {
    proxy.credentials = base::percent_decode(https_proxy.substr(0, at));
    https_proxy.remove_prefix(at + 1);
  }
  // The scheme is given so that PVE's default port does not apply.
  const auto address = parse_url("http://" + std::string(https_proxy));
  if (!address) return std::unexpected("HTTPS_PROXY " + address.error());
  proxy.host = address->host;
  proxy.port = address->port;
  return proxy;
}

}  // namespace net
