// A PVE task that a call has begun, as its durable handle says it.
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
  std::string tool;            ///< its name
  base::JsonObject arguments;  ///< of the call, as far as its end is told by them
  ObjectState before{};        ///< what was there before; left out where it would be long
};

/// One line of text with tabs; the same whoever called.
std::string handle_of(const Started& started);
/// Nothing when the text is none of ours.
std::optional<Started> parse_handle(std::string_view handle);

/// "Starting VM 100 on pve1: running, 12 s"
mcp::TaskState working(const Started& started, std::string_view doing, base::Clock::Wall now);

/// What a call gives in place of its result. `note` is what its answer would have begun with, or empty.
mcp::Task begun(const Started& started, std::string_view doing, const std::string& note,
                base::Clock::Wall now);

}  // namespace engine
