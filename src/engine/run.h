// Runs one call of one row: checks the arguments, prepares and sends the request, renders the answer.
#pragma once

#include <cstdint>
#include <string_view>

#include "engine/check/arguments.h"
#include "engine/cluster/cluster.h"
#include "engine/row/row.h"
#include "guard/gate.h"
#include "seam/tools.h"

namespace engine {

/// Which changes a caller has asked for, by the tool of the category api that was called.
struct Lane {
  enum class Kind : std::uint8_t { Any, Reversible, Irreversible };
  Kind kind = Kind::Any;
  std::string_view other{};  ///< the tool for the others
};

/// The caller must be allowed to use the row; the arguments are not checked yet. Finds the node of the target
/// and, for a heavy row, waits for a slot on that node. Waits for the end of a task that the call starts, at
/// most Options::wait, unless the call becomes a Task. `limits` are those of the caller. Refuses a change
/// that is not in the lane, before anything asks about it.
mcp::Outcome run(const Row& row, const Limits& limits, Cluster& cluster, const mcp::Call& call,
                 const Lane& lane = {});

}  // namespace engine
