#include "engine/cluster/parallel.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

namespace engine {

void in_parallel(std::size_t count, std::size_t at_once, std::chrono::seconds longest,
                 const std::stop_token& stop, const EachOf& each) {
  std::stop_source enough;
  const std::stop_callback cancelled(stop, [&] { enough.request_stop(); });
  std::atomic<std::size_t> next{0};
  std::mutex mutex;
  std::condition_variable done;
  std::size_t running = 0;
  const auto work = [&] {
    try {
      for (auto i = next++; i < count && !enough.stop_requested(); i = next++) each(i, enough.get_token());
    } catch (const std::exception&) {
      // There was no memory for an answer. The answers of the other threads remain valid.
      enough.request_stop();
    }
    const std::scoped_lock lock(mutex);
    if (--running == 0) done.notify_all();
  };
  const auto workers = std::min(at_once, count);
  std::vector<std::jthread> threads;
  threads.reserve(workers);
  {
    std::unique_lock lock(mutex);
    try {
      while (threads.size() < workers) {
        threads.emplace_back(work);
        ++running;
      }
      // NOLINTNEXTLINE(bugprone-empty-catch)
    } catch (const std::system_error&) {
      // The system has no more threads, so those that exist do all the work.
    }
    done.wait_for(lock, longest, [&] { return running == 0; });
  }
  enough.request_stop();
  threads.clear();
}

}  // namespace engine
