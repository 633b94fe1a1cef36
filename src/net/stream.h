// A connected socket, plain or under TLS, read and written without ever blocking. For the files of net/ only:
// it drags Asio in.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "net/tls.h"

namespace net {

struct FreeSession {
  void operator()(SSL* session) const;
};

/// Belongs to the thread of its io_context. That thread must block SIGPIPE (see quiet_thread).
class Stream {
 public:
  enum class State : std::uint8_t {
    Done,       ///< `bytes` were moved
    WantRead,   ///< again once readable
    WantWrite,  ///< again once writable
    End,        ///< the peer closed in order
    Broken,     ///< reset, or closed in the middle of TLS
  };
  struct Step {
    State state = State::Done;
    std::size_t bytes = 0;
  };

  explicit Stream(boost::asio::ip::tcp::socket socket);
  ~Stream();
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  /// Everything from here on goes through TLS. False when out of memory.
  bool start_tls(SSL_CTX* context, bool as_server);
  SSL* session() const { return session_.get(); }
  bool tls() const { return session_ != nullptr; }

  Step handshake();
  Step read(char* data, std::size_t size);
  /// After WantRead or WantWrite the same bytes must be given again.
  Step write(const char* data, std::size_t size);

  /// Calls `ready` once the wanted direction moves; never after close().
  void wait(State want, std::function<void()> ready);

  /// Nothing unread has arrived and the peer has not closed.
  bool quiet();
  /// The next byte without taking it; negative when none is there.
  int peek();
  /// No more will be written: tells TLS and TCP so.
  void finish();
  void close();

  /// Bytes the kernel took so far, those of TLS itself included.
  std::uint64_t written() const;
  /// Why the last step was Broken, one clause.
  const std::string& reason() const { return reason_; }

 private:
  Step tls_step(int result);
  Step system_error(const char* what);

  boost::asio::ip::tcp::socket socket_;
  std::unique_ptr<SSL, FreeSession> session_;
  std::shared_ptr<bool> open_;
  std::uint64_t written_ = 0;
  bool healthy_ = true;
  std::string reason_;
};

}  // namespace net
