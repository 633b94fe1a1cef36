// The JSON-RPC codes that a ProtocolError may have.
#pragma once

namespace mcp {

inline constexpr int kInvalidParams = -32602;
inline constexpr int kInternalError = -32603;

}  // namespace mcp
