// A small HTTP/1.1 server, over TLS or plain: it serves MCP to the outside, and the simulator.
#pragma once

#include <chrono>
#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <string>

#include "net/http.h"
#include "net/responder.h"
#include "net/server_options.h"

namespace net {

/// Runs on the I/O thread, which serves all connections: must not block and must not throw. The answer may be
/// given then or later, from any thread.
using Serve = std::function<void(Request request, std::shared_ptr<Responder> responder)>;

struct ServerReply {
  Response response;
  std::chrono::milliseconds delay{0};
  /// Close the connection instead of answering.
  bool drop = false;
};

/// Runs on a worker thread of the server, several at once; may block.
using Handler = std::function<ServerReply(const Request& request)>;

/// Answers one request per connection at a time; pipelined ones wait for their turn. What is ambiguous about
/// where a request ends is refused and the connection closed (RFC 9112, 11.2).
class Server {
 public:
  /// Listening when it returns. The error is one sentence.
  static std::expected<std::unique_ptr<Server>, std::string> start(ServerOptions options, Serve serve);
  static std::expected<std::unique_ptr<Server>, std::string> start(ServerOptions options, Handler handler);
  /// Closes every connection, which tells Responder::on_gone of open answers, and waits for handlers that
  /// run. Responders may outlive it. Not on the I/O thread.
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  std::uint16_t port() const;
  /// Connections accepted so far.
  std::uint64_t connections() const;
  /// Closes the connections that wait for a request; those in use are left alone. Not on the I/O thread.
  void close_idle();

  /// New connections get this certificate; present ones keep theirs. Safe from every thread. An error (one
  /// sentence without the key) leaves the old one in use.
  std::expected<void, std::string> use_certificate(const std::string& certificate_pem,
                                                   const std::string& key_pem);

  /// The graceful end: accepts no more, closes idle connections, lets open answers complete and closes after
  /// them. True when all connections have ended within `limit`; the others stay until the destructor.
  ///
  /// A stream that never ends by itself would use up the limit: `end_streams` is called on the I/O thread as
  /// soon as no connection is accepted any more, for its owner to end() his streams. A request that was being
  /// read at that time may still reach Serve afterwards. Not on the I/O thread.
  bool drain(std::chrono::milliseconds limit, const std::function<void()>& end_streams = {});

 private:
  struct State;
  explicit Server(std::unique_ptr<State> state);
  static std::expected<std::unique_ptr<Server>, std::string> run(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace net
