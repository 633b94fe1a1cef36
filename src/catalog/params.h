// Parameters with the same meaning in every row. They have no description: the server's instructions explain
// them once.
#pragma once

#include "tool/tool.h"

namespace catalog {

inline constexpr tool::Param kNode{.name = "node"};
inline constexpr tool::Param kVmid{.name = "vmid", .terse = true};
inline constexpr tool::Param kUpid{.name = "upid"};
inline constexpr tool::Param kSnapname{.name = "snapname"};
/// The value from a read of the same object; PVE refuses the change if the object has changed since.
inline constexpr tool::Param kDigest{.name = "digest"};
/// Settings to reset to their defaults, separated by commas. Not the boolean `delete` of ACLs and pools.
inline constexpr tool::Param kDelete{.name = "delete"};

inline constexpr tool::Param kStart{.name = "start"};
inline constexpr tool::Param kLimit{.name = "limit"};
inline constexpr tool::Param kTimeframe{.name = "timeframe"};
inline constexpr tool::Param kCf{.name = "cf"};

}  // namespace catalog
