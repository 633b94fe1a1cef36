// Members of `params._meta` that both eras have.
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "base/json.h"
#include "jsonrpc/message.h"

namespace mcp {

/// Null when there is none, or it is no object.
inline const base::JsonObject* request_meta(const base::JsonObject& params) {
  const auto* const meta = params.if_contains("_meta");
  return meta != nullptr ? meta->if_object() : nullptr;
}

/// The trace-id of a `traceparent` (W3C Trace Context, version 00 and later ones read alike); "" when it is
/// none or malformed, which the standard wants ignored.
inline std::string trace_of(std::string_view traceparent) {
  constexpr std::string_view kHex = "0123456789abcdef";
  constexpr std::size_t kLength = 55;
  if (traceparent.size() < kLength || traceparent[2] != '-' || traceparent[35] != '-' ||
      traceparent[52] != '-')
    return {};
  if (traceparent.starts_with("ff") || (traceparent.starts_with("00") && traceparent.size() != kLength))
    return {};
  if (traceparent.size() > kLength && traceparent[kLength] != '-') return {};
  const auto trace = traceparent.substr(3, 32);
  const auto parent = traceparent.substr(36, 16);
  const auto hex = [&](std::string_view text) {
    return text.find_first_not_of(kHex) == std::string_view::npos;
  };
  const auto id = [&](std::string_view text) {
    return hex(text) && text.find_first_not_of('0') != std::string_view::npos;
  };
  const bool sound = hex(traceparent.substr(0, 2)) && hex(traceparent.substr(53, 2));
  return sound && id(trace) && id(parent) ? std::string(trace) : std::string{};
}

inline std::string trace_in(const base::JsonObject& meta) {
  const auto* const value = meta.if_contains("traceparent");
  return value != nullptr && value->is_string() ? trace_of(value->get_string()) : std::string{};
}

/// The token under which the client wants progress, if it wants any.
inline std::expected<std::optional<jsonrpc::Id>, jsonrpc::Error> progress_token(
    const base::JsonObject& meta) {
  const auto* const value = meta.if_contains("progressToken");
  if (value == nullptr || value->is_null()) return std::optional<jsonrpc::Id>{};
  auto token = jsonrpc::read_id(*value);
  if (!token) {
    return jsonrpc::invalid_params("\"progressToken\" must be a string of at most 8192 bytes or an integer");
  }
  return token;
}

}  // namespace mcp
