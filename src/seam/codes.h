// The codes of JSON-RPC that a ProtocolError of the seam has.
#pragma once

namespace mcp {

inline constexpr int kInvalidParams = -32602;
inline constexpr int kInternalError = -32603;

}  // namespace mcp
