// The bytes of a response.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "net/http.h"

namespace net {

/// How the peer finds the end of the body.
enum class Framing : std::uint8_t {
  Length,    ///< the whole body is in the response
  Chunked,   ///< chunk() by chunk(), then kLastChunk
  UntilEnd,  ///< until the connection closes
  Without,   ///< there is none, whatever the response holds
};

/// Status line and headers with the empty line behind them, as Responder says. `close` announces the end of
/// the connection.
std::string write_head(const Response& response, Framing framing, bool close);

/// `bytes` must not be empty.
std::string chunk(std::string_view bytes);

inline constexpr std::string_view kLastChunk = "0\r\n\r\n";

}  // namespace net
