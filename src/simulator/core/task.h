// A PVE task (worker) and how it ends.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace simulator {

struct State;

struct TaskEnd {
  /// "OK", "WARNINGS: 1", or the error text.
  std::string status = "OK";
  /// Written to the log before its last line.
  std::vector<std::string> log;
};

/// Changes the state at the end of the task. It runs once, or never if the task is stopped.
using TaskWork = std::function<TaskEnd(State&)>;
/// Cleans up after a stop request. It need not remove the guest's lock.
using TaskStop = std::function<void(State&)>;

struct Task {
  std::string upid;
  std::string node;
  std::string type;
  std::string id;
  std::string user;   ///< "root@pam"
  std::string token;  ///< "demo"; empty: none
  unsigned pid = 0;
  std::uint64_t pstart = 0;
  std::int64_t start = 0;  ///< seconds since 1970
  std::int64_t start_ms = 0;
  std::int64_t end_ms = 0;  ///< end of the task, also in the future
  bool running = true;
  bool stopping = false;
  std::string status;  ///< exit status once it has ended
  /// The lines of the run. They appear evenly over its duration, the first at once.
  std::vector<std::string> log;
  std::vector<std::string> end_log;
  unsigned locked_guest = 0;
  std::string stopped_status = "received interrupt";
  TaskWork work;
  TaskStop on_stop;
};

}  // namespace simulator
