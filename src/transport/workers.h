// Threads for calls that may wait: made on demand, few kept.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace transport {

/// Shared by its threads, so that a job that never returns blocks only its own thread.
class Workers final : public std::enable_shared_from_this<Workers> {
 public:
  /// At most `threads` jobs run and `queue` more wait for them.
  Workers(std::size_t threads, std::size_t queue) : limit_(threads), queue_limit_(queue) {}

  /// False: too many jobs, or closed; the job is dropped. A job does not throw.
  bool run(std::function<void()> job);
  /// True when no job runs or waits.
  bool wait_idle(std::chrono::milliseconds limit);
  /// Drops the jobs that wait, ends the threads that have none and awaits their end: what a library keeps for
  /// a thread (OpenSSL: its random generator) is gone with it. Threads whose job runs on are let go.
  void close();

 private:
  void work();
  /// Under the mutex. The calling thread ends: the next thread that ends joins it.
  void leave();
  bool idle() const { return busy_ == 0 && jobs_.empty(); }

  const std::size_t limit_;
  const std::size_t queue_limit_;

  std::mutex mutex_;
  std::condition_variable wake_;
  std::condition_variable settled_;
  std::deque<std::function<void()>> jobs_;
  std::vector<std::thread> threads_;
  std::vector<std::thread> ended_;
  std::size_t busy_ = 0;
  std::size_t waiting_ = 0;
  bool closed_ = false;
};

}  // namespace transport
