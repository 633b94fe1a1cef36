// Work that outlives its call: PVE's tasks are the memory, so any process can be asked.
#pragma once

#include <expected>
#include <optional>
#include <string_view>

#include "base/clock.h"
#include "engine/outcome/started.h"
#include "engine/row/wording.h"
#include "engine/stop_requests.h"
#include "engine/toolbox.h"
#include "seam/tasks.h"

namespace engine {

/// Refers to the toolbox. Safe from many threads; remembers nothing but which tasks legacy sessions
/// asked PVE to stop.
class PveTasks final : public mcp::Tasks {
 public:
  /// What was asked to stop is remembered of this many tasks, the latest.
  static constexpr std::size_t kMostStopped = 1024;

  explicit PveTasks(Toolbox& toolbox) : toolbox_(toolbox) {}

  /// Modern: what PVE says, in every process alike. A task goes on until PVE has ended it, asked to stop or
  /// not; one whose end says that it was stopped is Cancelled, and one that failed, a stopped backup or
  /// migration among them, is Completed with an error.
  /// Legacy: the same, but one that a legacy session of this process asked PVE to stop is Cancelled from then
  /// on, however and whenever PVE ends it: the message says how. That is forgotten when the process ends, as
  /// its sessions are, or has stopped kMostStopped others.
  /// To look on takes the category of the tool that began the task, whatever the tier: without, it is -32602.
  std::expected<mcp::TaskState, mcp::ProtocolError> get(const mcp::Caller& caller, mcp::Era era,
                                                        std::string_view handle,
                                                        std::stop_token stop) override;
  std::expected<mcp::TaskState, mcp::ProtocolError> await(const mcp::Caller& caller, mcp::Era era,
                                                          std::string_view handle,
                                                          std::stop_token stop) override;
  /// The caller must still be allowed the tool that began the task: without, it is -32602, and
  /// mcp::kInsufficientScope with `scopes` in its data where another token would do. A task that has ended
  /// keeps its end.
  std::expected<void, mcp::ProtocolError> cancel(const mcp::Caller& caller, mcp::Era era,
                                                 std::string_view handle, std::stop_token stop) override;
  /// PVE's tasks ask nothing. Refused like get().
  std::expected<void, mcp::ProtocolError> update(const mcp::Caller& caller, std::string_view handle,
                                                 const base::JsonObject& inputs) override;

 private:
  Wording words_of(const Started& started);
  /// Why the caller may not look on.
  std::optional<mcp::ProtocolError> refusal_to_read(const mcp::Caller& caller, std::string_view handle) const;
  std::expected<mcp::TaskState, mcp::ProtocolError> look(const mcp::Caller& caller, mcp::Era era,
                                                         std::string_view handle,
                                                         std::chrono::milliseconds limit,
                                                         const std::stop_token& stop);
  mcp::TaskState ended(const mcp::Caller& caller, const Started& started, pve::TaskReport report,
                       std::chrono::milliseconds limit, const std::stop_token& stop);

  mcp::TaskState cancelled(const Started& started, base::Clock::Wall asked, const std::stop_token& stop);

  Toolbox& toolbox_;
  StopRequests stops_{kMostStopped};
};

}  // namespace engine
