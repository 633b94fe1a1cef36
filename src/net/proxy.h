// Which HTTPS proxy, if any, leads to a host: HTTPS_PROXY and NO_PROXY as curl reads them.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "net/url.h"

namespace net {

struct Proxy {
  std::string host;
  std::uint16_t port = 80;
  /// "user:password", decoded; empty without. A secret: never log it.
  std::string credentials;
};

/// `https_proxy` and `no_proxy` are the values of the variables ("" when unset). Nothing for a direct
/// connection: no proxy set, a plain-http or loopback `url`, or a host that `no_proxy` names (exact, domain
/// suffix, address, IPv4 network in CIDR form, `*`). The error is one sentence without credentials.
std::expected<std::optional<Proxy>, std::string> proxy_for(const Url& url, std::string_view https_proxy,
                                                           std::string_view no_proxy);

}  // namespace net
