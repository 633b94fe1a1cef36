#include "config/listen.h"

#include <arpa/inet.h>

#include <algorithm>

#include "base/number.h"
#include "config/settings.h"

namespace config {
namespace {

bool is_ipv4(const std::string& address) {
  in_addr parsed{};
  return ::inet_pton(AF_INET, address.c_str(), &parsed) == 1;
}

// With or without a zone.
std::optional<in6_addr> ipv6(const std::string& address) {
  in6_addr parsed{};
  if (::inet_pton(AF_INET6, address.substr(0, address.find('%')).c_str(), &parsed) != 1) return std::nullopt;
  return parsed;
}

}  // namespace

bool Listen::is_loopback() const {
  if (address == "localhost") return true;
  if (is_ipv4(address)) return address.starts_with("127.");
  const auto parsed = ipv6(address);
  return parsed && IN6_IS_ADDR_LOOPBACK(&*parsed) != 0;
}

bool Listen::is_any() const {
  if (is_ipv4(address)) return address == "0.0.0.0";
  const auto parsed = ipv6(address);
  return parsed && IN6_IS_ADDR_UNSPECIFIED(&*parsed) != 0;
}

std::string Listen::text() const {
  const bool literal = address.find(':') != std::string::npos;
  return (literal ? "[" + address + "]" : address) + ":" + std::to_string(port);
}

std::expected<Listen, std::string> parse_listen(std::string_view name, std::string_view text,
                                                std::optional<std::uint16_t> usual_port) {
  const auto wrong = [&] {
    return std::unexpected(
        complaint(name, text, "must be localhost or an IP address, and a port, such as 127.0.0.1:8006"));
  };
  Listen listen{"127.0.0.1", usual_port.value_or(0)};
  if (const auto port = base::parse_number<std::uint16_t>(text)) {
    listen.port = *port;
    return listen;
  }
  std::string_view host = text;
  const auto colon = text.rfind(':');
  const bool bare_ipv6 = std::ranges::count(text, ':') > 1 && !text.starts_with('[');
  if (!bare_ipv6 && colon != std::string_view::npos && !text.ends_with(']')) {
    const auto port = base::parse_number<std::uint16_t>(text.substr(colon + 1));
    if (!port) return wrong();
    listen.port = *port;
    host = text.substr(0, colon);
  } else if (!usual_port) {
    return wrong();
  }
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  listen.address = host;
  if (listen.address != "localhost" && !is_ipv4(listen.address) && !ipv6(listen.address)) return wrong();
  return listen;
}

}  // namespace config
