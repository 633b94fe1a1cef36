// Parameters that mean the same in every row. They carry no description: the server's instructions explain
// them once.
#pragma once

#include "tool/tool.h"

namespace catalog {

inline constexpr tool::Param kNode{.name = "node"};
inline constexpr tool::Param kVmid{.name = "vmid", .terse = true};
inline constexpr tool::Param kUpid{.name = "upid"};
inline constexpr tool::Param kSnapname{.name = "snapname"};
/// From the read of the same object; PVE refuses the change when the object has changed since.
inline constexpr tool::Param kDigest{.name = "digest"};
/// Comma-separated settings to reset to their default. Not the boolean of ACLs and pools.
inline constexpr tool::Param kDelete{.name = "delete"};

inline constexpr tool::Param kStart{.name = "start"};
inline constexpr tool::Param kLimit{.name = "limit"};
inline constexpr tool::Param kTimeframe{.name = "timeframe"};
inline constexpr tool::Param kCf{.name = "cf"};

}  // namespace catalog
