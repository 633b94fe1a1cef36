// Serves PVE's tasks as MCP tasks. PVE keeps their state, so any process of this server can report it.
#pragma once

#include <expected>
#include <optional>
#include <string_view>

#include "base/clock.h"
#include "engine/cluster/latest_by_upid.h"
#include "engine/outcome/started.h"
#include "engine/row/wording.h"
#include "engine/toolbox.h"
#include "seam/tasks.h"

namespace engine {

/// Refers to the toolbox. Safe from many threads. Remembers only which tasks legacy sessions asked PVE to
/// stop.
class PveTasks final : public mcp::Tasks {
 public:
  /// The number of tasks whose stop request is remembered, the latest ones.
  static constexpr std::size_t kMostStopped = 1024;

  explicit PveTasks(Toolbox& toolbox) : toolbox_(toolbox) {}

  /// Modern sessions get PVE's state, which is the same in every process. A task is working until PVE has
  /// ended it, even if PVE was asked to stop it. It is Cancelled if its end says that it was stopped. It is
  /// Completed with an error if it failed; this includes stopped backups and migrations.
  /// Legacy sessions get the same, with one exception: a task that a legacy session of this process asked PVE
  /// to stop is Cancelled from then on, and the message says how it ended. The process forgets this after
  /// kMostStopped other requests.
  /// The caller needs the category of the tool that started the task, on any tier. Otherwise returns -32602.
  std::expected<mcp::TaskState, mcp::ProtocolError> get(const mcp::Caller& caller, mcp::Era era,
                                                        std::string_view handle,
                                                        std::stop_token stop) override;
  std::expected<mcp::TaskState, mcp::ProtocolError> await(const mcp::Caller& caller, mcp::Era era,
                                                          std::string_view handle,
                                                          std::stop_token stop) override;
  /// The caller needs the tool that started the task. Otherwise returns -32602, or mcp::kInsufficientScope
  /// with `scopes` in its data if a token with more scopes would be allowed. Does nothing to a task that has
  /// ended.
  std::expected<void, mcp::ProtocolError> cancel(const mcp::Caller& caller, mcp::Era era,
                                                 std::string_view handle, std::stop_token stop) override;
  /// Does nothing, because PVE's tasks ask for no input. Returns the errors of get().
  std::expected<void, mcp::ProtocolError> update(const mcp::Caller& caller, std::string_view handle,
                                                 const base::JsonObject& inputs) override;

 private:
  Wording words_of(const Started& started);
  /// Returns the error if the caller may not read the task, else nullopt.
  std::optional<mcp::ProtocolError> refusal_to_read(const mcp::Caller& caller, std::string_view handle) const;
  std::expected<mcp::TaskState, mcp::ProtocolError> look(const mcp::Caller& caller, mcp::Era era,
                                                         std::string_view handle,
                                                         std::chrono::milliseconds limit,
                                                         const std::stop_token& stop);
  mcp::TaskState ended(const mcp::Caller& caller, const Started& started, pve::TaskReport report,
                       std::chrono::milliseconds limit, const std::stop_token& stop);

  mcp::TaskState cancelled(const Started& started, base::Clock::Wall asked, const std::stop_token& stop);

  Toolbox& toolbox_;
  LatestByUpid<base::Clock::Wall> stops_{kMostStopped};  ///< when PVE was asked to stop the task
};

}  // namespace engine
