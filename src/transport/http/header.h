// Header values of Streamable HTTP.
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "net/http.h"

namespace transport {

/// The value of a header that may be there once; nothing when it is absent. The error is a clause: it was
/// there twice.
std::expected<std::optional<std::string>, std::string> single_header(const net::Headers& headers,
                                                                     std::string_view name);

/// Whether a value is of visible ASCII, blanks and tabs, as every one is that is well formed.
bool is_plain(std::string_view value);

/// The decoded value: "=?base64?…?=" decoded (2026-07-28, "Value encoding"), anything else as it is. Nothing
/// if the value is not plain ASCII, the encoding is broken, or the decoded bytes are not UTF-8. Only Mcp-Name
/// and Mcp-Param-* may be encoded.
std::optional<std::string> decode_value(std::string_view value);

/// Whether Accept admits this media type, "application/json": the range that says most of it decides (RFC
/// 9110 12.5.1), of equal ones any. An absent header admits everything.
bool accepts(const net::Headers& headers, std::string_view media_type);

/// "application/json; charset=utf-8" is application/json.
bool is_json(const net::Headers& headers);

}  // namespace transport
