#include "engine/sources.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <thread>
#include <utility>

#include "base/text.h"
#include "engine/request.h"

namespace engine {
namespace {

constexpr std::size_t kAtOnce = 8;
/// PVE gives up on a dead node after three to ten seconds.
constexpr std::chrono::seconds kLongest{15};

}  // namespace

tool::Sources::Got ParallelReads::read(const tool::Read& read, const std::stop_token& stop) {
  const auto wanted = request({base::Method::Get, read.path}, read.arguments);
  if (!wanted) return std::unexpected(tool::Unseen{wanted.error()});
  auto answer = cluster_.client.call(*wanted, stop);
  if (answer) return std::move(answer->data);
  const auto& error = answer.error();
  if (error.kind == pve::Error::Kind::Cancelled) return std::unexpected(tool::Unseen{"no answer in time"});
  if (error.kind == pve::Error::Kind::Refused)
    return std::unexpected(tool::Unseen{base::printable(error.message), error.status == 403, error.status});
  return std::unexpected(tool::Unseen{pve::explain(error, "", cluster_.client.base_url())});
}

std::vector<tool::Sources::Got> ParallelReads::get(const std::vector<tool::Read>& reads) {
  std::vector<Got> got(reads.size(), std::unexpected(tool::Unseen{"no answer in time"}));
  std::stop_source enough;
  const std::stop_callback cancelled(stop_, [&] { enough.request_stop(); });
  std::atomic<std::size_t> next{0};
  std::mutex mutex;
  std::condition_variable done;
  std::size_t running = std::min(kAtOnce, reads.size());
  std::vector<std::jthread> threads;
  const auto work = [&] {
    try {
      for (auto i = next++; i < reads.size(); i = next++) got[i] = read(reads[i], enough.get_token());
    } catch (const std::exception&) {
      // No memory for an answer: the others still count.
      enough.request_stop();
    }
    const std::scoped_lock lock(mutex);
    if (--running == 0) done.notify_all();
  };
  threads.reserve(running);
  for (std::size_t i = 0, count = running; i < count; ++i) threads.emplace_back(work);
  {
    std::unique_lock lock(mutex);
    done.wait_for(lock, kLongest, [&] { return running == 0; });
  }
  enough.request_stop();
  threads.clear();
  return got;
}

std::int64_t ParallelReads::now() const {
  return std::chrono::floor<std::chrono::seconds>(cluster_.clock.wall()).time_since_epoch().count();
}

}  // namespace engine
