// Remembers which of PVE's tasks this process asked PVE to stop.
#pragma once

#include <cstddef>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "base/clock.h"

namespace engine {

/// Keeps the latest requests, by UPID. Safe from many threads.
class StopRequests {
 public:
  /// `most`: the maximum number of requests, at least 1.
  explicit StopRequests(std::size_t most) : most_(most) {}

  /// Keeps the time of the first request for a task. Forgets the oldest request if there are too many.
  void add(const std::string& upid, base::Clock::Wall now);
  /// The time of the request; nullopt if there was none, or if it is forgotten.
  std::optional<base::Clock::Wall> find(const std::string& upid) const;

 private:
  const std::size_t most_;
  mutable std::mutex mutex_;
  std::map<std::string, base::Clock::Wall> times_;
  std::deque<std::string> order_;
};

}  // namespace engine
