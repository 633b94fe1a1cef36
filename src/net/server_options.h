// What a server allows its peers.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace net {

/// How pveproxy differs from a plain HTTP/1.1 server. Besides what is below: no chunked request bodies (501),
/// no body with GET and DELETE (501), a longer body is 501 "for data too large"; what it cannot read, and a
/// head over its limit, closes the connection without a word; plain HTTP on a TLS port is redirected (301,
/// 308); ServerOptions::idle_limit is for the whole of a request.
struct Pveproxy {
  /// Close after every status >= 400.
  bool close_on_error = true;
  /// Methods that base::Method lacks (HEAD, OPTIONS, PATCH, …) reach the handler, see Request::verb.
  /// Otherwise they are answered 501 "method 'HEAD' not available".
  bool every_method = false;
  /// Bodies over 1 KiB are compressed when the request offers gzip (those of a Handler).
  bool compress = true;
};

/// Limits of 0 bytes, connections or requests mean no limit.
struct ServerOptions {
  using Milliseconds = std::chrono::milliseconds;

  /// An IP literal or "localhost".
  std::string address = "127.0.0.1";
  /// 0: any free one, see Server::port().
  std::uint16_t port = 0;
  /// Both PEM, or both empty for plain HTTP.
  std::string certificate_pem;
  std::string key_pem;

  /// A longer request body is answered 413.
  std::size_t max_body = 4'194'304;
  /// Bytes of all request bodies from their first byte to that of their answer, of all connections together.
  /// Bounds what callers can make the server hold before anybody asked who they are, and while they wait for
  /// their turn. Beyond it incomplete bodies make room (408), the longest under way first of those that are
  /// no less than half as large as they are on average. When the next of them is the one that wants room, or
  /// all are being answered, that one is answered 503.
  std::size_t max_bodies = 67'108'864;
  /// A longer request head, or one of more than 100 fields, is answered 431. Not 0;
  /// more than 65'000 counts as that.
  std::size_t max_head = 16'384;
  /// Bytes of an answer in pieces that may wait for a peer that does not read.
  std::size_t max_pending = 1'048'576;
  /// Per connection. The last answer announces the close.
  unsigned max_requests = 0;
  /// At this number the connection makes room that has been waiting longest for a request: for its first
  /// byte, or from there for the rest of head and body (408). When all are being answered, the newcomer is
  /// answered 503.
  std::size_t max_connections = 1'024;
  /// The same for the connections from one IP address. Behind a proxy all come from one.
  std::size_t max_per_address = 0;

  /// From accepting the connection to the end of the TLS handshake.
  Milliseconds handshake_limit{10'000};
  /// From the first byte of a request to the end of its head; then 408.
  Milliseconds head_limit{10'000};
  /// From the end of the head to the end of the body; then 408.
  Milliseconds body_limit{30'000};
  /// Without a byte of a next request.
  Milliseconds idle_limit{60'000};
  /// How long the peer may read nothing of the output, and its system acknowledge nothing.
  Milliseconds stall_limit{60'000};

  /// The body, JSON, of what the server refuses by itself: no request that can be read, or one beyond a
  /// limit. Called on the I/O thread with the status and a sentence. Without it the sentence is the body.
  std::function<std::string(unsigned status, std::string_view sentence)> refusal_body;

  /// Threads for a Handler; a Serve takes none.
  unsigned workers = 4;
  std::optional<Pveproxy> pveproxy;
};

/// pveproxy's limits and manners, as the simulator has them.
ServerOptions pveproxy_options();

}  // namespace net
