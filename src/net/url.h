// The address of a PVE server as people write it.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

namespace net {

struct Url {
  bool tls = true;
  /// Lower case; an IPv6 literal in its shortest form, without brackets, with its zone ("fe80::1%eth0").
  std::string host;
  std::uint16_t port = 8006;

  /// host:port with brackets where needed and without a zone: the Host header.
  std::string authority() const;
  /// Normalised: "https://pve:8006", "https://[::1]:8006", "https://[fe80::1%25eth0]:8006" (RFC 6874). The
  /// same URL comes of it again.
  std::string text() const;
  /// The host is this machine by its very name (localhost, 127.0.0.0/8, ::1); no look-up is made.
  bool is_loopback() const;
};

/// Accepts `pve`, `pve:8006`, `https://pve:8006/`, the same ending in `/api2/json`, `http://…`, and IPv6
/// literals (`::1`, `[::1]:8006`; in brackets a zone after % or %25). Without a scheme https and 8006 are
/// meant; with one the port defaults to 443 or 80. The error is a clause without the value that says what is
/// wrong and what to write: "has a query (…)".
std::expected<Url, std::string> parse_url(std::string_view text);

}  // namespace net
