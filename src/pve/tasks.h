// Following PVE's tasks to their end.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "pve/client.h"
#include "pve/task_progress.h"
#include "pve/upid.h"

namespace pve {

struct TaskReport {
  enum class State : std::uint8_t {
    Running,   ///< still running when the wait ended
    Done,      ///< OK
    Warnings,  ///< done, exit status "WARNINGS: n"
    Failed,    ///< any other exit status
    Unknown,   ///< PVE could not be asked; `error` says why
  };
  State state = State::Unknown;
  std::string exit_status;  ///< PVE's, printable; empty while it runs
  /// The last lines of its log, 200 at most, printable, oldest first, without PVE's closing "TASK …" line.
  /// Best effort.
  std::vector<std::string> log;
  std::chrono::milliseconds waited{0};
  std::optional<Error> error;
};

/// Done, Warnings or Failed, by PVE's exit status of a task that has ended.
TaskReport::State state_of(std::string_view exit_status);

struct Waiting {
  std::chrono::milliseconds waited{0};     ///< by this waiter
  std::optional<TaskProgress> progress{};  ///< the last one found in the task's log
};

/// Waits for tasks. The first waiter of a task asks PVE, with growing pauses, and later waiters of the same
/// task share the answers. Never stops a task. Safe from many threads; owns nothing it is given.
class Tasks {
 public:
  /// Called between the questions, from the thread that waits: every two seconds at least while PVE answers.
  /// If it is set, one of the waiters also reads the new lines of the log, not in the first second and never
  /// more often than the task's status; if that fails, there is no progress. Empty: no progress is read.
  using OnWait = std::function<void(const Waiting& waiting)>;

  Tasks(Client& client, base::Clock& clock);
  ~Tasks();
  Tasks(const Tasks&) = delete;
  Tasks& operator=(const Tasks&) = delete;

  /// Returns when the task has ended, `limit` has passed or `stop` is asked; in the last two cases the task
  /// continues. A limit of 0 asks once. A request that fails for a passing reason is repeated.
  TaskReport await(const Upid& upid, std::chrono::milliseconds limit, const OnWait& on_wait,
                   const std::stop_token& stop);
  /// await(), then the end of the log.
  TaskReport follow(const Upid& upid, std::chrono::milliseconds limit, const OnWait& on_wait,
                    const std::stop_token& stop);

 private:
  struct Watch;

  std::shared_ptr<Watch> join(const std::string& upid);
  void leave(const std::string& upid, const std::shared_ptr<Watch>& watch);
  void wait(const Upid& upid, Watch& watch, std::chrono::milliseconds limit, const OnWait& on_wait,
            const std::stop_token& stop);
  void ask(const Upid& upid, Watch& watch, const std::stop_token& stop);
  void read_on(const Upid& upid, Watch& watch, const std::stop_token& stop);
  std::vector<std::string> log_end(const Upid& upid, const std::stop_token& stop);

  Client& client_;
  base::Clock& clock_;
  std::mutex mutex_;
  std::map<std::string, std::weak_ptr<Watch>, std::less<>> watches_;
};

}  // namespace pve
