// The interface to tasks that outlive their call: tasks of the 2026 extension and of revision 2025-11-25.
#pragma once

#include <chrono>
#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "seam/request.h"

namespace mcp {

struct Result;

struct TaskState {
  enum class Status : std::uint8_t { Working, InputRequired, Completed, Failed, Cancelled };
  using Time = std::chrono::sys_time<std::chrono::milliseconds>;

  Status status = Status::Working;
  std::string message{};
  Time created{};
  Time updated{};
  /// How long after `created` a client can ask for the task; absent: as long as the implementation keeps it.
  std::optional<std::chrono::milliseconds> ttl{};
  std::chrono::milliseconds poll{1000};
  /// If InputRequired: the open questions. Their keys are unique for the life of the task.
  std::vector<InputRequest> requests{};
  /// If Completed: the tool's result, also if the tool reports an error.
  std::shared_ptr<const Result> result{};
  /// If Failed: why there will be no result.
  std::optional<ProtocolError> error{};
};

/// The work continues in the background under a durable handle. Only the caller that started it gets the
/// sealed handle.
struct Task {
  std::string handle;
  TaskState state;
};

/// Safe to call from many threads at once. `handle` is the handle of a Task that this process, an earlier run
/// of it or another process issued. For an unknown handle all return a ProtocolError with -32602.
class Tasks {
 public:
  Tasks() = default;
  Tasks(const Tasks&) = delete;
  Tasks& operator=(const Tasks&) = delete;
  virtual ~Tasks() = default;

  /// Returns the task's state. For the modern era the state comes from the work itself, so every process
  /// returns the same.
  virtual std::expected<TaskState, ProtocolError> get(const Caller& caller, Era era, std::string_view handle,
                                                      std::stop_token stop) = 0;
  /// Waits until the task is no longer Working or until `stop` is requested, then returns the state as get()
  /// does.
  virtual std::expected<TaskState, ProtocolError> await(const Caller& caller, Era era,
                                                        std::string_view handle, std::stop_token stop) = 0;
  /// Asks the work to stop. If that succeeds before the work ends and the request came in the legacy era,
  /// get() and await() must report Cancelled from then on: revision 2025-11-25 has already told its client so
  /// and allows no later change, and its sessions live in one process. Idempotent. If the caller may not
  /// cancel: -32602, or kInsufficientScope if another bearer token might.
  virtual std::expected<void, ProtocolError> cancel(const Caller& caller, Era era, std::string_view handle,
                                                    std::stop_token stop) = 0;
  /// Passes answers to some or all of TaskState::requests. The answers match their questions. Keys that were
  /// answered meanwhile are ignored.
  virtual std::expected<void, ProtocolError> update(const Caller& caller, std::string_view handle,
                                                    const base::JsonObject& inputs) = 0;
};

}  // namespace mcp
