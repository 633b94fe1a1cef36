// Members of `params._meta` that both eras have.
#pragma once

#include <expected>
#include <optional>

#include "base/json.h"
#include "jsonrpc/message.h"

namespace mcp {

/// Null when there is none, or it is no object.
inline const base::JsonObject* request_meta(const base::JsonObject& params) {
  const auto* const meta = params.if_contains("_meta");
  return meta != nullptr ? meta->if_object() : nullptr;
}

/// The token under which the client wants progress, if it wants any.
inline std::expected<std::optional<jsonrpc::Id>, jsonrpc::Error> progress_token(
    const base::JsonObject& meta) {
  const auto* const value = meta.if_contains("progressToken");
  if (value == nullptr || value->is_null()) return std::optional<jsonrpc::Id>{};
  auto token = jsonrpc::read_id(*value);
  if (!token) {
    return std::unexpected(jsonrpc::Error{
        jsonrpc::kInvalidParams, "Invalid params: \"progressToken\" must be a string or an integer", {}});
  }
  return token;
}

}  // namespace mcp
