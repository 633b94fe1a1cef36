// GET /version.
#pragma once

#include <expected>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>

#include "base/clock.h"
#include "pve/client.h"

namespace pve {

/// "9.2.11"; an answer without a version is Error::Malformed.
std::expected<std::string, Error> version(Client& client, const std::stop_token& stop);

/// Asks PVE on demand and remembers the version for some minutes only, because PVE may be upgraded meanwhile.
/// Safe from many threads; owns nothing it is given.
class ConnectedVersion {
 public:
  ConnectedVersion(Client& client, const base::Clock& clock) : client_(client), clock_(clock) {}

  /// "9.2.11"; may wait for PVE. Nothing when PVE does not answer; the next call asks again.
  std::optional<std::string> get(const std::stop_token& stop);

 private:
  Client& client_;
  const base::Clock& clock_;
  std::mutex mutex_;
  std::optional<std::string> version_;
  base::Clock::Steady taken_{};
};

}  // namespace pve
