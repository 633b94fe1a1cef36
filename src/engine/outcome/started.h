// A PVE task that a call has started. Its handle holds all that is needed to report it later.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/json.h"
#include "engine/outcome/describe_change.h"
#include "pve/upid.h"
#include "seam/tasks.h"

namespace engine {

struct Started {
  pve::Upid upid;
  std::string tool;            ///< the tool's name
  base::JsonObject arguments;  ///< those of the call that the text about its end needs
  ObjectState before{};        ///< the object before the change; empty if it is too long for a handle
};

/// One line of text with tabs. It is the same for every caller.
std::string handle_of(const Started& started);
/// Returns nullopt if the text is not a handle of this server.
std::optional<Started> parse_handle(std::string_view handle);

/// "Starting VM 100 on pve1: running, 12 s"
mcp::TaskState working(const Started& started, std::string_view doing, base::Clock::Wall now);

/// The Task that the call returns in place of a result. `note` is the beginning of its message, or empty.
mcp::Task begun(const Started& started, std::string_view doing, const std::string& note,
                base::Clock::Wall now);

}  // namespace engine
