// The HTTP/1.1 client: one server, a pool of keep-alive connections, one I/O thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <expected>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "net/certificate.h"
#include "net/http.h"
#include "net/proxy.h"
#include "net/resolver.h"
#include "net/url.h"

namespace net {

struct ClientOptions {
  Url url;
  /// False accepts every certificate. Has no effect with `fingerprints`.
  bool verify = true;
  /// PEM file of certificates trusted beside the system's. Empty: none.
  std::string ca_file;
  /// The certificate shown must be one of these; its chain, name and dates are then not checked.
  std::vector<Fingerprint> fingerprints;
  /// Once for finding the name and connecting (all its addresses), once more for the TLS handshake.
  std::chrono::milliseconds connect_timeout{5'000};
  std::optional<Proxy> proxy;
  std::size_t max_connections = 64;
  /// Bytes of a body, as sent and as decoded.
  std::size_t max_body = std::size_t{64} << 20U;
  /// PVE closes after the 100th request and after 5 s of idleness.
  unsigned max_requests = 100;
  std::chrono::milliseconds idle_limit{4'000};
  /// Replaces getaddrinfo; runs on a thread of its own, which may outlive the Client.
  Lookup lookup;
};

/// Does nothing until the first send(): no thread, no TLS context, no file is read. Connections are closed
/// after every status >= 400. A kept connection that the server has closed meanwhile is noticed before it is
/// used; a request lost on one that closes at that very moment fails with Failure::Closed and is not repeated
/// here.
class Client final : public HttpClient {
 public:
  explicit Client(ClientOptions options);
  /// No send() may be under way. Does not wait for a hanging name look-up.
  ~Client() override;

  /// Adds Host, User-Agent, Accept-Encoding and Content-Length; `request.headers` must not name them. A
  /// target or header with a control character is refused (Failure::Protocol).
  std::expected<Response, Failure> send(const Request& request, const SendOptions& options) override;

  /// The same without blocking; `options.stop` is not watched. `done` is called exactly once, on the I/O
  /// thread: it must return soon and must not throw. When ~Client comes first it gets Failure::Cancelled.
  void start(const Request& request, const SendOptions& options,
             std::function<void(std::expected<Response, Failure>)> done);

  /// Connects, with the TLS handshake, and closes again: what the server shows (`doctor`). The certificate is
  /// judged as for a request; its fingerprint is given in both cases, "" over plain HTTP.
  std::expected<std::string, Failure> probe(const SendOptions& options);
  /// As probe(): all that an accepted certificate says of itself; nothing over plain HTTP.
  std::expected<CertificateFacts, Failure> inspect(const SendOptions& options);

 private:
  struct State;
  State& state();

  ClientOptions options_;
  std::once_flag once_;
  std::unique_ptr<State> state_;
};

}  // namespace net
