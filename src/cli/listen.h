// Where `simulate` listens.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

namespace cli {

struct Listen {
  std::string address;  ///< an IP literal or "localhost", without brackets
  std::uint16_t port = 8006;
};

/// "127.0.0.1:8006", "[::1]:8006", "127.0.0.1" (port 8006), "8006" (this machine only). Port 0 is any free
/// one. The error is a sentence.
std::expected<Listen, std::string> parse_listen(std::string_view text);

}  // namespace cli
