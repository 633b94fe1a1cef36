#include "cli/listen.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "config/settings.h"

namespace cli {
namespace {

std::optional<std::uint16_t> port_in(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return port;
}

}  // namespace

std::expected<Listen, std::string> parse_listen(std::string_view text) {
  const auto wrong = [&] {
    return std::unexpected(
        config::complaint("--listen", text, "must be an address and a port, such as 127.0.0.1:8006"));
  };
  Listen listen{"127.0.0.1", 8006};
  std::string_view host = text;
  const auto colon = text.rfind(':');
  const bool bare_ipv6 = std::ranges::count(text, ':') > 1 && !text.starts_with('[');
  if (const auto port = port_in(text)) {
    listen.port = *port;
    return listen;
  }
  if (!bare_ipv6 && colon != std::string_view::npos && !text.ends_with(']')) {
    const auto port = port_in(text.substr(colon + 1));
    if (!port) return wrong();
    listen.port = *port;
    host = text.substr(0, colon);
  }
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  if (host.empty()) return wrong();
  listen.address = host;
  return listen;
}

}  // namespace cli
