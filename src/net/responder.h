// How a server's answer is given: at once or piece by piece, from any thread.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "net/http.h"

namespace net {

/// The answer to one request. Safe from every thread; given once, whole or piece by piece: what comes after a
/// complete answer is ignored. Dropping the last reference without a complete answer closes the connection.
///
/// Headers must not name Content-Length, Connection or Transfer-Encoding: those are left out, and so is a
/// header whose name is not a valid token; control characters in values and in the reason become spaces.
class Responder {
 public:
  Responder() = default;
  Responder(const Responder&) = delete;
  Responder& operator=(const Responder&) = delete;
  virtual ~Responder() = default;

  /// The whole answer. Its size is not limited.
  virtual void answer(Response response) = 0;

  /// Status and headers; the body (`head.body` first) follows with write(), chunked, or until the connection
  /// closes for an HTTP/1.0 peer.
  virtual void begin(Response head) = 0;
  /// Never waits. False when the peer is gone, when nothing was begun or all has ended, or when more than
  /// ServerOptions::max_pending bytes already wait for a peer that does not read: then the connection is
  /// closed. A single piece may be larger than that.
  virtual bool write(std::string_view bytes) = 0;
  virtual void end() = 0;

  /// `gone` is called once, on the I/O thread, when the peer goes (it closed, the connection broke, a limit
  /// was hit, the server ends) before answer() or end(); soon when that has happened already; never once
  /// answer() or end() have returned, unless it was already running. It must not block, and is destroyed as
  /// soon as it is of no more use. A later one replaces an earlier one.
  ///
  /// A peer that closes only its sending side counts as gone. One that has sent a lot of further requests
  /// without waiting for its answers is no longer read from, and then only missed when it is written to.
  virtual void on_gone(std::function<void()> gone) = 0;

  /// Where the request came from: "127.0.0.1:50312", "[::1]:50312".
  virtual std::string peer() const = 0;
};

}  // namespace net
