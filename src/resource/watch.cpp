#include "resource/watch.h"

#include <utility>

namespace resource {

Watch::~Watch() { stop(); }

void Watch::stop() {
  std::thread ending;
  {
    const std::scoped_lock lock(mutex_);
    stopped_ = true;
    watched_ = {};
    round_.request_stop();
    wake_.request_stop();
    ending = std::move(thread_);
  }
  if (ending.joinable()) ending.join();
}

void Watch::watch(const mcp::Watched& watched, mcp::Changes& changes) {
  const std::scoped_lock lock(mutex_);
  if (stopped_) return;
  const bool nothing = watched == mcp::Watched{};
  watched_ = watched;
  changes_ = &changes;
  if (nothing) round_.request_stop();
  wake_.request_stop();
  if (nothing || running_) return;
  // One that has said that it does not run any more needs nothing of ours to end.
  if (thread_.joinable()) thread_.join();
  running_ = true;
  thread_ = std::thread([this] { run(); });
}

void Watch::run() {
  for (;;) {
    mcp::Watched watched;
    std::stop_token wake;
    std::stop_token round;
    {
      const std::scoped_lock lock(mutex_);
      if (stopped_ || watched_ == mcp::Watched{}) {
        running_ = false;
        return;
      }
      wake_ = std::stop_source{};
      round_ = std::stop_source{};
      wake = wake_.get_token();
      round = round_.get_token();
      watched = watched_;
    }
    tell(poll_.once(watched, round), round);
    if (!round.stop_requested()) clock_.sleep(poll_.rest(), wake);
  }
}

void Watch::tell(const Poll::Updates& updates, const std::stop_token& stop) {
  const auto each = [&](const std::vector<std::string>& names, const auto& still, const auto& say) {
    for (const auto& name : names) {
      mcp::Changes* changes = nullptr;
      {
        const std::scoped_lock lock(mutex_);
        if (still(name)) changes = changes_;
      }
      if (changes != nullptr && !stop.stop_requested()) say(*changes, name);
    }
  };
  each(
      updates.resources, [this](const auto& uri) { return watched_.resources.contains(uri); },
      [](mcp::Changes& changes, const auto& uri) { changes.resource_updated(uri); });
  each(
      updates.tasks, [this](const auto& handle) { return watched_.tasks.contains(handle); },
      [](mcp::Changes& changes, const auto& handle) { changes.task_updated(handle); });
}

}  // namespace resource
