// MCP over Streamable HTTP: both eras on one endpoint.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "mcp/server.h"
#include "net/http.h"
#include "transport/stop.h"

namespace transport {

/// Why a request is not served: an HTTP answer.
struct Refusal {
  unsigned status = 401;
  /// The whole value of WWW-Authenticate, or empty.
  std::string challenge;
  /// For the body, one sentence.
  std::string sentence;
};

/// The caller who sent these headers. Called on a worker; may wait. Called again, with the Authorization
/// header alone, for streams that stay open.
using Authenticate =
    std::function<std::expected<mcp::Caller, Refusal>(const net::Headers& headers, std::stop_token stop)>;

/// Path, without a slash at its end, and JSON text.
using Documents = std::vector<std::pair<std::string, std::string>>;

struct HttpOptions {
  std::string address = "127.0.0.1";  ///< an IP literal or "localhost"
  std::uint16_t port = 3000;          ///< 0: any free one
  /// Both PEM, or both empty.
  std::string certificate_pem;
  std::string key_pem;
  /// Host names accepted beside localhost, 127.0.0.1, [::1] and the address itself; without port: any port.
  std::vector<std::string> hosts;
  /// Browser origins accepted beside those of the accepted hosts, such as "https://app.example".
  std::vector<std::string> origins;
  /// Empty: all requests come from the same caller without a name.
  Authenticate authenticate;
  /// Value of WWW-Authenticate for a token whose scopes do not reach; asked with the scopes that would.
  std::function<std::string(const std::vector<std::string>&)> scope_challenge;
  /// Documents that need no authorization (RFC 9728).
  Documents documents;

  std::size_t max_body = std::size_t{4} << 20U;
  std::size_t max_connections = 1024;
  /// Calls running at once, and waiting for one of them; beyond that 503.
  std::size_t workers = 256;
  std::size_t queue = 1024;
  /// Calls of one caller with a name that run at once; beyond that 429.
  std::size_t max_calls_of_caller = 128;
  /// Legacy sessions, all together and of one caller; beyond either limit the oldest idle session of the
  /// caller, or of a caller with more sessions, ends.
  std::size_t max_sessions = 1000;
  std::size_t max_sessions_of_caller = 100;
  std::chrono::milliseconds session_idle{std::chrono::minutes(30)};
  /// Streams that stay open (subscriptions, GET), of one caller.
  std::size_t max_streams_of_caller = 600;
  std::chrono::milliseconds keep_alive{std::chrono::seconds(15)};
  /// Called about once a second while serving: for what changes in files.
  std::function<void()> beat;
  /// How long calls in flight may take to end after a stop.
  std::chrono::milliseconds drain{std::chrono::seconds(10)};
  /// How long cancelled calls may take to return before the server stops waiting for them.
  std::chrono::milliseconds unwind{std::chrono::seconds(1)};
};

class HttpServer {
 public:
  /// Listening when it returns. `server` outlives it and the calls it leaves behind. The error is a sentence.
  static std::expected<std::unique_ptr<HttpServer>, std::string> start(const mcp::Server& server,
                                                                       HttpOptions options);
  /// Without serve() before it: calls in flight are cancelled and awaited as long as they may take to return.
  virtual ~HttpServer() = default;
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  virtual std::uint16_t port() const = 0;
  /// For connections from now on. The error is a sentence; then the old one stays.
  virtual std::expected<void, std::string> use_certificate(const std::string& certificate_pem,
                                                           const std::string& key_pem) = 0;
  /// Serves until `stop` is asked, then drains: no new connections, streams end with their final answer,
  /// calls in flight are answered as far as the limit allows, those left are cancelled. Returns the exit
  /// code.
  virtual int serve(StopControl& stop) = 0;

 protected:
  HttpServer() = default;
};

}  // namespace transport
