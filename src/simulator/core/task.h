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

/// `work` changes the state when the task ends; it runs once, and not at all when the task was stopped.
using TaskWork = std::function<TaskEnd(State&)>;
/// Tidies up after a stop request (the lock is cleared anyhow).
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
  std::int64_t end_ms = 0;  ///< when it ends or ended
  bool running = true;
  bool stopping = false;
  std::string status;  ///< exit status once it has ended
  /// Lines of the run, appearing evenly over its duration, the first at once.
  std::vector<std::string> log;
  std::vector<std::string> end_log;
  unsigned locked_guest = 0;
  std::string stopped_status = "received interrupt";
  TaskWork work;
  TaskStop on_stop;
};

}  // namespace simulator
