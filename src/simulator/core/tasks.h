// Starting, ending and finding tasks.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "simulator/core/call.h"
#include "simulator/core/task.h"

namespace simulator {

struct TaskSpec {
  std::string node;
  std::string type;  ///< "qmstart", "vzdump", …
  std::string id;    ///< a vmid as text, a service, or empty
  std::string user;  ///< "root@pam" or "root@pam!demo"
  /// Scaled by Options::task_speed; at 0 the task ends before start_task returns.
  std::chrono::milliseconds duration{500};
  /// The lines appear evenly over the duration.
  std::vector<std::string> log;
  /// Runs at the end; empty: the task ends OK.
  TaskWork work;
  /// The guest that has `lock` from the start until before `work` runs, or until a stop; 0: none.
  unsigned lock_guest = 0;
  std::string lock;
  /// The exit status when a user stops it.
  std::string stopped_status = "received interrupt";
  TaskStop on_stop;
};

/// Starts the task and returns its UPID. If the guest is already locked, it keeps that lock; a caller that
/// must refuse then checks the lock before.
std::string start_task(State& state, TaskSpec spec);

/// Starts a task of the caller on the call's node, or on the one that answers if the call names none, and
/// answers with its UPID. An empty `id` means the call's vmid, if it has one.
Answer run_task(Call& call, std::string_view type, std::string_view id, std::chrono::milliseconds duration,
                TaskWork work, std::vector<std::string> log = {});

/// The same with a task that fails at once, as where PVE checks only in the worker.
Answer failing_task(Call& call, std::string_view type, std::string_view id, std::string error);

/// Runs `work` after that time, scaled by Options::task_speed. At speed 0 it runs before this returns.
void later(State& state, std::chrono::milliseconds in, std::function<void(State&)> work);

Task* find_task(State& state, std::string_view upid);
/// Asks the task to end, which takes it at most two seconds of simulated time.
void stop_task(State& state, Task& task);
/// Runs all work that is due by `now_ms`, in order of time.
void advance(State& state, std::int64_t now_ms);
/// The present lines of the task's log, including the last line if the task has ended.
std::vector<std::string> task_log(const State& state, const Task& task);

/// A line of the cluster log; priority 6 is information, 3 an error.
void log_line(State& state, std::string node, std::string user, std::string tag, std::string message,
              unsigned priority = 6);

}  // namespace simulator
