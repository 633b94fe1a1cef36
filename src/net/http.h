// HTTP as the rest of the program sees it: plain values and one blocking client interface.
#pragma once

#include <chrono>
#include <cstdint>
#include <expected>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/method.h"

namespace net {

using Headers = std::vector<std::pair<std::string, std::string>>;

/// The first value of the header, compared without case; nothing when absent.
std::optional<std::string_view> find_header(const Headers& headers, std::string_view name);

/// A name of RFC 9110, 5.6.2: what methods and headers are called.
bool is_http_token(std::string_view text);

struct Request {
  base::Method method = base::Method::Get;
  /// Origin form: path and query, already percent-encoded, beginning with '/'.
  std::string target;
  Headers headers;
  std::string body;
  /// The method as it was sent, set by a server only: `method` lacks HEAD, OPTIONS and PATCH and then says
  /// Get.
  std::string verb = {};
};

struct Response {
  unsigned status = 0;
  /// The reason phrase as it came: PVE puts its error text there.
  std::string reason;
  Headers headers;
  /// Decoded (gzip, deflate) already.
  std::string body;
};

/// Why no response came.
struct Failure {
  enum class Kind : std::uint8_t {
    Dns,             ///< the name does not resolve
    Refused,         ///< nothing listens there
    Unreachable,     ///< no route, network down
    ConnectTimeout,  ///< no TCP or TLS connection within the connect limit
    Certificate,     ///< the peer's certificate was refused; `fingerprint` is what it showed
    Tls,             ///< the TLS handshake failed for another reason
    Timeout,         ///< connected, but no full answer in time
    Closed,          ///< the connection broke before the full answer
    Protocol,        ///< what came is not HTTP, or is over a limit
    Proxy,           ///< the HTTPS proxy refused the tunnel
    Cancelled,       ///< the stop token fired
  };
  Kind kind = Kind::Closed;
  /// One clause for people, without secrets: "connection refused".
  std::string detail;
  /// True when not one byte of the request was written, so that a repeat cannot do a thing twice.
  bool nothing_sent = true;
  /// SHA-256 of the certificate seen, as PVE shows it (AA:BB:…); empty when none was.
  std::string fingerprint;
};

struct SendOptions {
  /// From the call to the last byte of the answer, connecting not included.
  std::chrono::milliseconds timeout{40'000};
  std::stop_token stop;
  /// Asked before the request goes to another host than at first; false ends it with the failures so far.
  /// Empty: it may.
  std::function<bool()> may_go_on{};
};

/// Blocking; safe to call from many threads at once. A stop request returns within milliseconds.
class HttpClient {
 public:
  HttpClient() = default;
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;
  virtual ~HttpClient() = default;

  virtual std::expected<Response, Failure> send(const Request& request, const SendOptions& options) = 0;
};

}  // namespace net
