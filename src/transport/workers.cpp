#include "transport/workers.h"

#include <system_error>
#include <thread>
#include <utility>

namespace transport {
namespace {

constexpr std::size_t kKeptThreads = 4;
/// How long the others stay for the next burst.
constexpr std::chrono::seconds kLinger{10};

}  // namespace

bool Workers::run(std::function<void()> job) {
  std::unique_lock lock(mutex_);
  if (closed_ || jobs_.size() + busy_ >= limit_ + queue_limit_) return false;
  jobs_.push_back(std::move(job));
  if (jobs_.size() > waiting_ && threads_ < limit_) {
    try {
      std::thread([self = shared_from_this()] { self->work(); }).detach();
      ++threads_;
    } catch (const std::system_error&) {
      // The system has no more threads: those there are go on with the queue.
      if (threads_ == 0) {
        jobs_.pop_back();
        return false;
      }
    }
  }
  // Who is woken needs the mutex at once.
  lock.unlock();
  wake_.notify_one();
  return true;
}

void Workers::work() {
  std::unique_lock lock(mutex_);
  while (!closed_) {
    if (jobs_.empty()) {
      ++waiting_;
      const bool more = wake_.wait_for(lock, kLinger, [this] { return closed_ || !jobs_.empty(); });
      --waiting_;
      if (!more && waiting_ >= kKeptThreads) break;
      continue;
    }
    auto job = std::move(jobs_.front());
    jobs_.pop_front();
    ++busy_;
    lock.unlock();
    job();
    job = nullptr;
    lock.lock();
    --busy_;
    if (idle()) settled_.notify_all();
  }
  --threads_;
}

bool Workers::wait_idle(std::chrono::milliseconds limit) {
  std::unique_lock lock(mutex_);
  return settled_.wait_for(lock, limit, [this] { return idle(); });
}

void Workers::close() {
  std::deque<std::function<void()>> dropped;
  const std::scoped_lock lock(mutex_);
  closed_ = true;
  dropped.swap(jobs_);
  wake_.notify_all();
}

}  // namespace transport
