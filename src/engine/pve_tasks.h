// Work that outlives its call: PVE's tasks are the memory, so any process can be asked.
#pragma once

#include <expected>
#include <string_view>

#include "engine/started.h"
#include "engine/toolbox.h"
#include "mcp/tasks.h"

namespace engine {

/// Refers to the toolbox. Safe from many threads; keeps nothing.
class PveTasks final : public mcp::Tasks {
 public:
  explicit PveTasks(Toolbox& toolbox) : toolbox_(toolbox) {}

  /// One that PVE was asked to stop and that says so is Cancelled; one that failed is Completed with an
  /// error.
  std::expected<mcp::TaskState, mcp::ProtocolError> get(const mcp::Caller& caller, std::string_view handle,
                                                        std::stop_token stop) override;
  std::expected<mcp::TaskState, mcp::ProtocolError> await(const mcp::Caller& caller, std::string_view handle,
                                                          std::stop_token stop) override;
  /// The caller must still be allowed the tool that began the task.
  std::expected<void, mcp::ProtocolError> cancel(const mcp::Caller& caller, std::string_view handle,
                                                 std::stop_token stop) override;
  /// PVE's tasks ask nothing.
  std::expected<void, mcp::ProtocolError> update(const mcp::Caller& caller, std::string_view handle,
                                                 const base::JsonObject& inputs) override;

 private:
  std::expected<mcp::TaskState, mcp::ProtocolError> look(std::string_view handle,
                                                         std::chrono::milliseconds limit,
                                                         const std::stop_token& stop);
  mcp::TaskState ended(const Started& started, pve::TaskReport report, const std::stop_token& stop);

  Toolbox& toolbox_;
};

}  // namespace engine
