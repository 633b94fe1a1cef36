// From a name to a connection that may carry requests: look-up, TCP, the proxy's tunnel, TLS, the judgement
// on the certificate. For the files of net/ only.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <expected>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "net/client.h"
#include "net/names.h"
#include "net/stream.h"
#include "net/tls.h"

namespace net {

/// The state that all connections of a client share. Belongs to the I/O thread.
struct Route {
  Route(boost::asio::io_context& context, const ClientOptions& settings);

  /// Made at the first use; an error is not remembered, the file may be mended meanwhile.
  std::expected<SSL_CTX*, std::string> tls_context();

  boost::asio::io_context& io;
  const ClientOptions& options;
  TlsTrust trust;
  Names names;

 private:
  TlsContext context_;
};

struct Connection {
  std::unique_ptr<Stream> stream;
  std::string fingerprint;  ///< "" over plain HTTP
};

class Connector : public std::enable_shared_from_this<Connector> {
 public:
  using Done = std::function<void(std::expected<Connection, Failure>)>;

  /// `done` is called once, possibly before start() returns, unless cancel() comes first.
  Connector(Route& route, Done done);
  void start();
  void cancel();

 private:
  void limit(std::string what);
  void found(const Addresses& addresses);
  void next_address();
  void attempt_failed(const boost::system::error_code& error);
  void connected();
  void tunnel();
  void send_tunnel_request();
  void read_tunnel_answer();
  void secure();
  void shake_hands();
  void settle();
  void fail(Failure::Kind kind, std::string detail, std::string fingerprint = {});
  void finish(std::expected<Connection, Failure> result);

  Route& route_;
  Done done_;
  boost::asio::steady_timer timer_;
  boost::asio::steady_timer attempt_timer_;
  std::string limit_text_;
  Failure::Kind limit_kind_ = Failure::Kind::ConnectTimeout;
  std::vector<boost::asio::ip::tcp::endpoint> endpoints_;
  std::size_t next_ = 0;
  boost::asio::ip::tcp::socket socket_;
  std::vector<std::string> complaints_;
  Failure::Kind complaint_kind_ = Failure::Kind::Unreachable;
  std::unique_ptr<Stream> stream_;
  std::string fingerprint_;
  std::string outbox_;
  std::string inbox_;
};

}  // namespace net
