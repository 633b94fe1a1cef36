// Where a server of this program listens.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

namespace config {

struct Listen {
  std::string address;  ///< an IP literal without brackets, or "localhost"
  std::uint16_t port = 0;

  /// Only this machine can connect.
  bool is_loopback() const;
  /// The wildcard address (0.0.0.0, ::), which clients cannot use as a destination.
  bool is_any() const;
  /// "127.0.0.1:8006", "[::1]:8006".
  std::string text() const;
};

/// "127.0.0.1:8006", "[::1]:8006", "8006" (this machine only), and "127.0.0.1" where there is a `usual_port`.
/// Port 0 is any free one. The error is a sentence about the setting `name`.
std::expected<Listen, std::string> parse_listen(std::string_view name, std::string_view text,
                                                std::optional<std::uint16_t> usual_port);

}  // namespace config
