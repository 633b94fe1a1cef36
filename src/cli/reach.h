// The first two steps of a connection, one by one, for `doctor`.
#pragma once

#include <sys/socket.h>

#include <chrono>
#include <cstdint>
#include <expected>
#include <string>
#include <vector>

namespace cli {

struct Address {
  sockaddr_storage bytes{};
  socklen_t size = 0;
  std::string text;
};

struct Addresses {
  std::vector<Address> all;
  std::string text() const;
};

/// The system's resolver, given up after `limit`; the look-up's thread may then outlive the call. The error
/// is a clause.
std::expected<Addresses, std::string> look_up(const std::string& host, std::uint16_t port,
                                              std::chrono::milliseconds limit);

/// Tries one after the other until one opens within `limit`. Says which in either case.
std::expected<std::string, std::string> connects(const Addresses& addresses, std::chrono::milliseconds limit);

}  // namespace cli
