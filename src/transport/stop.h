// Ends a serving process from outside.
#pragma once

#include <atomic>
#include <optional>

namespace transport {

/// Owned by main; outlives what it stops. Safe from every thread, and stop() from signal handlers too.
class StopControl {
 public:
  StopControl();
  ~StopControl();
  StopControl(const StopControl&) = delete;
  StopControl& operator=(const StopControl&) = delete;

  /// 0: calls in flight are cancelled at once (SIGTERM, SIGINT). Any other code: they are answered first, as
  /// far as that takes no longer than StdioLimits::drain (rejected credentials: stop(1)). The first code
  /// counts; a later stop(0) only ends the wait.
  void stop(int exit_code) noexcept;

  /// The code that was asked for, if any.
  std::optional<int> requested() const noexcept;
  /// True once stop(0) was called.
  bool at_once() const noexcept { return at_once_.load(); }
  /// Readable from the first stop() on.
  int fd() const noexcept { return fd_; }

 private:
  int fd_;
  std::atomic<int> code_{-1};
  std::atomic<bool> at_once_{false};
};

}  // namespace transport
