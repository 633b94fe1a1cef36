// One connection that the server accepted. For the files of net/ only.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "net/http_reader.h"
#include "net/outgoing.h"
#include "net/server.h"
#include "net/stream.h"

namespace net {

class Session;

/// What a session needs of its server.
struct SessionHost {
  SessionHost(ServerOptions settings, Serve function)
      : options(std::move(settings)), serve(std::move(function)) {}
  SessionHost(const SessionHost&) = delete;
  SessionHost& operator=(const SessionHost&) = delete;
  virtual ~SessionHost() = default;

  virtual void ended(const std::shared_ptr<Session>& session) = 0;
  /// Whose body has been incomplete the longest, among those who hold a notable part of what incomplete
  /// bodies take; null when there are none.
  virtual std::shared_ptr<Session> slowest_body() const = 0;
  /// Null for plain HTTP.
  virtual std::shared_ptr<SSL_CTX> tls() const = 0;

  const ServerOptions options;
  Serve serve;
  std::shared_ptr<Door> door;
  /// Bytes of request bodies that are on their way.
  std::size_t bodies = 0;
};

/// Belongs to the I/O thread.
class Session : public std::enable_shared_from_this<Session> {
 public:
  using Clock = std::chrono::steady_clock;

  Session(SessionHost& host, boost::asio::io_context& io, boost::asio::ip::tcp::socket socket);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  void start();
  /// Instead of start(): answers 503 as soon as the peer can read it.
  void turn_away();
  void close();
  /// The peer took too long: 408 when it has begun a request, else just closed.
  void time_out();

  /// Waits for the first byte of a request, or only for the peer to close.
  bool idle() const;
  /// It is the peer's turn: idle, or a request has begun and is not complete.
  bool waits() const { return phase_ != Phase::Answering && phase_ != Phase::Closed; }
  /// Idle, or with a request begun, since then.
  Clock::time_point waits_since() const { return waits_since_; }
  /// Bytes of a body that is not complete.
  std::size_t unfinished_body() const { return phase_ == Phase::Reading && in_body_ ? counted_ : 0; }
  bool turned_away() const { return turned_away_; }
  /// The peer's IP address.
  const std::string& address() const { return address_; }

 private:
  enum class Phase : std::uint8_t { Greeting, Handshake, Reading, Answering, Lingering, Closed };

  void limit(std::chrono::milliseconds time);
  void unlimited();
  void wait(Stream::State want);
  void yield();
  void advance();
  void greet();
  void shake_hands();
  void next_request();
  void read();
  bool consume();
  bool count_body();
  void forget_body();
  void continue_please();
  void dispatch();
  void redirect();
  void refuse(const Refusal& refusal);
  Response refusal_response(const Refusal& refusal) const;
  void say_last(const Response& response);
  void watch();
  void send();
  bool push();
  void answered();
  void linger(std::chrono::milliseconds time);
  void discard();

  SessionHost& host_;
  std::unique_ptr<Stream> stream_;
  boost::asio::steady_timer timer_;
  std::string address_;
  std::string peer_;
  Phase phase_ = Phase::Greeting;
  bool read_armed_ = false;
  bool write_armed_ = false;
  bool turned_away_ = false;
  bool plain_on_tls_ = false;
  bool peer_ended_ = false;
  bool stalled_ = false;
  bool in_body_ = false;
  std::size_t counted_ = 0;    ///< of SessionHost::bodies
  bool head_pending_ = false;  ///< bytes of a head have come, but not all
  bool refused_ = false;
  unsigned served_ = 0;
  Clock::time_point waits_since_;
  HttpReader reader_;
  std::shared_ptr<Outgoing> outgoing_;
  std::string outbox_;
  std::size_t sent_ = 0;
};

}  // namespace net
