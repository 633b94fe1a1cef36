// GET /version.
#pragma once

#include <expected>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>

#include "pve/client.h"

namespace pve {

/// "9.2.11"; an answer without a version is Error::Malformed.
std::expected<std::string, Error> version(Client& client, const std::stop_token& stop);

/// Asks when it is first needed and remembers what PVE said. Safe from many threads.
class ConnectedVersion {
 public:
  explicit ConnectedVersion(Client& client) : client_(client) {}

  /// "9.2.11"; may wait for PVE. Nothing when PVE does not answer; the next call asks again.
  std::optional<std::string> get(const std::stop_token& stop);

 private:
  Client& client_;
  std::mutex mutex_;
  std::optional<std::string> version_;
};

}  // namespace pve
