// A small HTTP/1.1 server, over TLS or plain: it serves the simulator.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "net/http.h"

namespace net {

struct ServerReply {
  Response response;
  std::chrono::milliseconds delay{0};
  /// Close the connection instead of answering.
  bool drop = false;
};

/// Runs on a worker thread of the server, several at once; may block. The reply's headers must not name
/// Content-Length, Connection or Transfer-Encoding.
using Handler = std::function<ServerReply(const Request& request)>;

struct ServerOptions {
  /// An IP literal or "localhost".
  std::string address = "127.0.0.1";
  /// 0: any free one, see Server::port().
  std::uint16_t port = 0;
  /// Both PEM, or both empty for plain HTTP.
  std::string certificate_pem;
  std::string key_pem;

  /// Requests per connection; 0: no limit. The last answer announces the close.
  unsigned max_requests = 100;
  std::chrono::milliseconds idle_limit{5'000};
  /// Close after every status >= 400.
  bool close_on_error = true;
  /// A longer request body is answered 501 "for data too large".
  std::size_t max_body = 524'288;
  /// A longer request head kills the connection.
  std::size_t max_head = 8'192;
  /// Bodies over 1 KiB are compressed when the request offers gzip.
  bool compress = true;
  unsigned workers = 4;
  /// For methods that base::Method lacks (HEAD, OPTIONS, PATCH; the request then says GET). Without it they
  /// are answered 501 "method 'HEAD' not available".
  std::function<ServerReply(std::string_view method, const Request& request)> other_method;
};

/// Answers one request per connection at a time. The rules of ServerOptions default to those of PVE's
/// pveproxy: no chunked request bodies (501), no body with GET and DELETE (501), HTTP/1.x only; plain HTTP on
/// a TLS port is redirected (301, 308).
class Server {
 public:
  /// Listening when it returns. The error is one sentence.
  static std::expected<std::unique_ptr<Server>, std::string> start(ServerOptions options, Handler handler);
  /// Closes every connection and waits for handlers that run.
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  std::uint16_t port() const;
  /// Connections accepted so far.
  std::uint64_t connections() const;
  /// Closes the connections that wait for a request; those in use are left alone.
  void close_idle();

 private:
  struct State;
  explicit Server(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace net
