// The thread that looks for changes while anybody listens.
#pragma once

#include <mutex>
#include <set>
#include <span>
#include <stop_token>
#include <string>
#include <thread>

#include "base/clock.h"
#include "resource/poll.h"
#include "seam/changes.h"

namespace resource {

/// One thread for all subscriptions, and none without subscriptions. Safe from many threads.
class Watch final : public mcp::Watch {
 public:
  Watch(std::span<const tool::Resource> rows, engine::Toolbox& toolbox)
      : poll_(rows, toolbox), clock_(toolbox.cluster().clock) {}
  /// stop()
  ~Watch() override;

  void watch(mcp::Changes& changes) override;
  /// Ends the looking for good. When it has returned, no `changes` is called any more. Not from `changes`.
  void stop();

 private:
  void run();
  void tell(mcp::Changes& changes, const Poll::Updates& updates, const std::stop_token& stop);

  Poll poll_;                     ///< of the thread alone
  std::set<std::string> untold_;  ///< of the thread alone: tasks whose state could not be had
  base::Clock& clock_;
  std::mutex mutex_;
  mcp::Changes* changes_ = nullptr;
  bool asked_ = false;  ///< since the thread has last looked at what is listened to
  bool running_ = false;
  bool stopped_ = false;
  std::stop_source wake_;   ///< ends a pause
  std::stop_source round_;  ///< ends a look
  std::thread thread_;
};

}  // namespace resource
