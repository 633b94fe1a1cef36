// The version of the connected PVE.
#pragma once

#include <mutex>
#include <optional>
#include <stop_token>
#include <string>

#include "pve/client.h"

namespace engine {

/// Asks when it is first needed and remembers what PVE said. Safe from many threads.
class ConnectedVersion {
 public:
  explicit ConnectedVersion(pve::Client& client) : client_(client) {}

  /// "9.2.11"; may wait for PVE. Nothing when PVE does not answer; the next call asks again.
  std::optional<std::string> get(const std::stop_token& stop);

 private:
  pve::Client& client_;
  std::mutex mutex_;
  std::optional<std::string> version_;
};

}  // namespace engine
