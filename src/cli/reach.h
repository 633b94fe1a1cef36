// The first two steps of a connection, one by one, for `doctor`.
#pragma once

#include <chrono>
#include <cstdint>
#include <expected>
#include <string>
#include <vector>

namespace cli {

/// Of one host, as IP literals.
struct Addresses {
  std::vector<std::string> all;
  std::uint16_t port = 0;
  /// "192.0.2.1:8006, [2001:db8::1]:8006"
  std::string text() const;
};

/// By the resolver of the server's connections, given up after `limit`. The error is a clause.
std::expected<Addresses, std::string> look_up(const std::string& host, std::uint16_t port,
                                              std::chrono::milliseconds limit);

/// Tries one after the other until one opens within `limit`. Says which in either case.
std::expected<std::string, std::string> connects(const Addresses& addresses, std::chrono::milliseconds limit);

}  // namespace cli
