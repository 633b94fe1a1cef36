// Content codings of HTTP bodies.
#pragma once

#include <cstddef>
#include <expected>
#include <string>
#include <string_view>

namespace net {

/// The body behind a Content-Encoding value: gzip, x-gzip, deflate (with or without zlib's frame), identity
/// or
/// "". At most `limit` bytes come out. The error is one clause.
std::expected<std::string, std::string> decode_body(std::string_view coding, std::string body,
                                                    std::size_t limit);

std::string gzip(std::string_view text);

/// zlib's frame, what HTTP calls deflate.
std::string deflate(std::string_view text);

}  // namespace net
