// Time is injected: code that needs it takes a Clock, so that tests never sleep.
#pragma once

#include <chrono>
#include <mutex>
#include <stop_token>

namespace base {

/// Safe to use from several threads.
class Clock {
 public:
  using Wall = std::chrono::sys_time<std::chrono::milliseconds>;
  using Steady = std::chrono::steady_clock::time_point;

  Clock() = default;
  Clock(const Clock&) = delete;
  Clock& operator=(const Clock&) = delete;
  virtual ~Clock() = default;

  /// Time of day, UTC.
  virtual Wall wall() const = 0;
  /// Monotonic, for durations.
  virtual Steady steady() const = 0;
  /// Holds the calling thread for `time`, less once `stop` is asked.
  virtual void sleep(std::chrono::milliseconds time, const std::stop_token& stop) = 0;
};

class SystemClock final : public Clock {
 public:
  Wall wall() const override {
    return std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
  }
  Steady steady() const override { return std::chrono::steady_clock::now(); }
  void sleep(std::chrono::milliseconds time, const std::stop_token& stop) override;
};

/// Stands still until it is set, or until a thread sleeps on it.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(Wall start = Wall{std::chrono::seconds{1'780'000'000}}) : wall_(start) {}

  Wall wall() const override {
    const std::scoped_lock lock(mutex_);
    return wall_;
  }
  Steady steady() const override {
    const std::scoped_lock lock(mutex_);
    return steady_;
  }
  void sleep(std::chrono::milliseconds time, const std::stop_token& stop) override {
    if (!stop.stop_requested()) advance(time);
  }
  void advance(std::chrono::milliseconds by) {
    const std::scoped_lock lock(mutex_);
    wall_ += by;
    steady_ += by;
  }

 private:
  mutable std::mutex mutex_;
  Wall wall_;
  Steady steady_{};
};

}  // namespace base
