// The interface to work that outlives its call: tasks of the 2026 extension and of revision 2025-11-25.
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
  /// How long the task can be asked for after `created`; absent: as long as it is remembered.
  std::optional<std::chrono::milliseconds> ttl{};
  std::chrono::milliseconds poll{1000};
  /// InputRequired: what is still asked, keys unique in the life of the task.
  std::vector<InputRequest> requests{};
  /// Completed: the tool's result, errors of the work itself included.
  std::shared_ptr<const Result> result{};
  /// Failed: there will be no result.
  std::optional<ProtocolError> error{};
};

/// The work continues under a durable handle. Only the caller that began it gets the handle's sealed form.
struct Task {
  std::string handle;
  TaskState state;
};

/// Safe to call from many threads at once. `handle` is one that a Task had, issued by this process, by an
/// earlier run of it, or by another process. Unknown ones are ProtocolErrors with -32602.
class Tasks {
 public:
  Tasks() = default;
  Tasks(const Tasks&) = delete;
  Tasks& operator=(const Tasks&) = delete;
  virtual ~Tasks() = default;

  /// For the modern era what the work itself says, which is the same in each process that is asked.
  virtual std::expected<TaskState, ProtocolError> get(const Caller& caller, Era era, std::string_view handle,
                                                      std::stop_token stop) = 0;
  /// get(), once the task is no longer Working, or `stop` fires.
  virtual std::expected<TaskState, ProtocolError> await(const Caller& caller, Era era,
                                                        std::string_view handle, std::stop_token stop) = 0;
  /// Asks the work to stop. Once that went well for work that had not ended, a task that was asked of by the
  /// legacy era should be Cancelled for its get() and await(): revision 2025-11-25 was told so, lets no end
  /// be taken back, and its sessions live in one process. Idempotent. Where the caller may not, -32602, or
  /// kInsufficientScope when another token might.
  virtual std::expected<void, ProtocolError> cancel(const Caller& caller, Era era, std::string_view handle,
                                                    std::stop_token stop) = 0;
  /// Answers to TaskState::requests, some of them or all, which fit what was asked; keys that were answered
  /// meanwhile are ignored.
  virtual std::expected<void, ProtocolError> update(const Caller& caller, std::string_view handle,
                                                    const base::JsonObject& inputs) = 0;
};

}  // namespace mcp
