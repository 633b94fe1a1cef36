#include "transport/workers.h"

#include <algorithm>
#include <system_error>
#include <utility>

namespace transport {
namespace {

constexpr std::size_t kKeptThreads = 4;
/// How long the others stay for the next burst.
constexpr std::chrono::seconds kLinger{10};

void join(std::vector<std::thread>& threads) {
  for (auto& thread : threads) thread.join();
}

}  // namespace

bool Workers::run(std::function<void()> job) {
  std::vector<std::thread> ended;
  std::unique_lock lock(mutex_);
  if (closed_ || jobs_.size() + busy_ >= limit_ + queue_limit_) return false;
  jobs_.push_back(std::move(job));
  if (jobs_.size() > waiting_ && threads_.size() < limit_) {
    try {
      threads_.emplace_back([self = shared_from_this()] { self->work(); });
    } catch (const std::system_error&) {
      // The system has no more threads; the existing ones work through the queue.
      if (threads_.empty()) {
        jobs_.pop_back();
        return false;
      }
    }
  }
  ended.swap(ended_);
  // The woken thread needs the mutex at once.
  lock.unlock();
  wake_.notify_one();
  join(ended);
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
  leave();
}

void Workers::leave() {
  const auto own = std::ranges::find(threads_, std::this_thread::get_id(), &std::thread::get_id);
  // Detached by close().
  if (own == threads_.end()) return;
  ended_.push_back(std::move(*own));
  threads_.erase(own);
  settled_.notify_all();
}

bool Workers::wait_idle(std::chrono::milliseconds limit) {
  std::unique_lock lock(mutex_);
  return settled_.wait_for(lock, limit, [this] { return idle(); });
}

void Workers::close() {
  std::deque<std::function<void()>> dropped;
  std::vector<std::thread> ended;
  std::unique_lock lock(mutex_);
  closed_ = true;
  dropped.swap(jobs_);
  wake_.notify_all();
  settled_.wait(lock, [this] { return threads_.size() <= busy_; });
  for (auto& thread : threads_) thread.detach();
  threads_.clear();
  ended.swap(ended_);
  lock.unlock();
  join(ended);
}

}  // namespace transport
