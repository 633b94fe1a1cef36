// Log lines about refused callers, limited so that they cannot fill the disk.
#pragma once

#include <cstddef>
#include <mutex>
#include <string_view>

#include "base/clock.h"

namespace transport {

/// Ten lines at once, one a second on average; those beyond are counted. Safe from many threads.
class RefusalLog {
 public:
  explicit RefusalLog(const base::Clock& clock) : clock_(clock), allowed_at_(clock.steady()) {}

  void refused(std::string_view peer, std::string_view sentence);
  /// To be called now and then: says how many were counted since.
  void beat();

 private:
  bool allowed();

  const base::Clock& clock_;
  std::mutex mutex_;
  double allowance_ = 10;
  base::Clock::Steady allowed_at_;
  std::size_t untold_ = 0;
};

}  // namespace transport
