#include "resource/watch.h"

#include <cstddef>
#include <system_error>
#include <utility>
#include <vector>

#include "base/log.h"
#include "engine/cluster/parallel.h"

namespace resource {

Watch::~Watch() { stop(); }

void Watch::stop() {
  std::thread ending;
  {
    const std::scoped_lock lock(mutex_);
    stopped_ = true;
    round_.request_stop();
    wake_.request_stop();
    ending = std::move(thread_);
  }
  if (ending.joinable()) ending.join();
}

void Watch::watch(mcp::Changes& changes) {
  const std::scoped_lock lock(mutex_);
  if (stopped_) return;
  changes_ = &changes;
  asked_ = true;
  wake_.request_stop();
  if (running_) return;
  // A thread that has announced its end no longer uses this object.
  if (thread_.joinable()) thread_.join();
  try {
    thread_ = std::thread([this] { run(); });
    running_ = true;
  } catch (const std::system_error&) {
    base::log(base::LogLevel::Warning,
              "no thread could be started to look for changes; the next subscription tries again.");
  }
}

void Watch::run() {
  for (;;) {
    mcp::Changes* changes = nullptr;
    std::stop_token wake;
    std::stop_token round;
    {
      const std::scoped_lock lock(mutex_);
      wake_ = std::stop_source{};
      round_ = std::stop_source{};
      wake = wake_.get_token();
      round = round_.get_token();
      changes = changes_;
      asked_ = false;
    }
    const auto watched = changes->watched();
    if (watched == mcp::Watched{}) untold_.clear();
    {
      const std::scoped_lock lock(mutex_);
      if (stopped_ || (watched == mcp::Watched{} && !asked_)) {
        running_ = false;
        return;
      }
    }
    tell(*changes, poll_.once(watched, round), round);
    if (!round.stop_requested()) clock_.sleep(poll_.rest(), wake);
  }
}

void Watch::tell(mcp::Changes& changes, const Poll::Updates& updates, const std::stop_token& stop) {
  for (const auto& uri : updates.resources) {
    if (stop.stop_requested()) return;
    changes.resource_updated(uri);
  }
  untold_.insert(updates.tasks.begin(), updates.tasks.end());
  const std::vector<std::string> tasks(untold_.begin(), untold_.end());
  std::vector<char> told(tasks.size(), 0);
  engine::in_parallel(tasks.size(), 1, kLook, stop, [&](std::size_t i, const std::stop_token& enough) {
    told[i] = changes.task_updated(tasks[i], enough) ? 1 : 0;
  });
  for (std::size_t i = 0; i < tasks.size(); ++i) {
    if (told[i] != 0) untold_.erase(tasks[i]);
  }
}

}  // namespace resource
