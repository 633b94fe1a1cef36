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
  /// Shown evenly over the duration.
  std::vector<std::string> log;
  /// Runs at the end; empty: the task ends OK.
  TaskWork work;
  /// Put on this guest at once and taken off before `work` runs (also on a stop); 0: none.
  unsigned lock_guest = 0;
  std::string lock;
  /// The exit status when a user stops it.
  std::string stopped_status = "received interrupt";
  TaskStop on_stop;
};

/// Starts it and returns its UPID. A task whose guest is already locked keeps that lock; refusing is up to
/// the caller.
std::string start_task(State& state, TaskSpec spec);

/// The answer of most actions: a task of the caller on the call's node. `id` empty: the call's vmid, if any.
Answer run_task(Call& call, std::string_view type, std::string_view id, std::chrono::milliseconds duration,
                TaskWork work, std::vector<std::string> log = {});

/// A task that fails with `error`, as when PVE checks inside the worker.
Answer failing_task(Call& call, std::string_view type, std::string_view id, std::string error);

/// Runs `work` after that time, which Options::task_speed scales as a task's; at 0 before it returns.
void later(State& state, std::chrono::milliseconds in, std::function<void(State&)> work);

Task* find_task(State& state, std::string_view upid);
/// Asks it to end; it does so within two seconds of simulated time.
void stop_task(State& state, Task& task);
/// Runs everything that is due at `now_ms`, in order of time.
void advance(State& state, std::int64_t now_ms);
/// The lines of its log as they are now, the last line of an ended one included.
std::vector<std::string> task_log(const State& state, const Task& task);

/// A line of the cluster log; priority 6 is information, 3 an error.
void log_line(State& state, std::string node, std::string user, std::string tag, std::string message,
              unsigned priority = 6);

}  // namespace simulator
