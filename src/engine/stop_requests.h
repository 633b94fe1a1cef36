// Which of PVE's tasks this process asked PVE to stop.
#pragma once

#include <cstddef>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "base/clock.h"

namespace engine {

/// The latest ones only, by UPID. Safe from many threads.
class StopRequests {
 public:
  /// `most`: 1 or more.
  explicit StopRequests(std::size_t most) : most_(most) {}

  /// The first time counts. Forgets the oldest where there are too many.
  void add(const std::string& upid, base::Clock::Wall now);
  /// When it was asked for; nothing when it was not, or that is forgotten.
  std::optional<base::Clock::Wall> find(const std::string& upid) const;

 private:
  const std::size_t most_;
  mutable std::mutex mutex_;
  std::map<std::string, base::Clock::Wall> times_;
  std::deque<std::string> order_;
};

}  // namespace engine
