// One connection that the server accepted. For the files of net/ only.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "net/server.h"
#include "net/stream.h"

namespace net {

class Session;

/// What a session needs of its server.
struct SessionHost {
  SessionHost(ServerOptions settings, Handler function)
      : options(std::move(settings)), handler(std::move(function)) {}
  SessionHost(const SessionHost&) = delete;
  SessionHost& operator=(const SessionHost&) = delete;
  virtual ~SessionHost() = default;

  /// `work` on a worker, `then` on the I/O thread.
  virtual void run_handler(std::function<void()> work, std::function<void()> then) = 0;
  virtual void ended(const std::shared_ptr<Session>& session) = 0;
  /// Null for plain HTTP.
  virtual SSL_CTX* tls() const = 0;

  const ServerOptions options;
  const Handler handler;
};

/// Belongs to the I/O thread.
class Session : public std::enable_shared_from_this<Session> {
 public:
  Session(SessionHost& host, boost::asio::io_context& io, std::unique_ptr<Stream> stream);
  ~Session();
  void start();
  void close();
  /// Waits for the first byte of a request.
  bool idle() const;

 private:
  struct Incoming;
  enum class Phase : std::uint8_t { Opening, Reading, Handling, Writing, Draining, Closed };

  void limit(std::chrono::milliseconds time);
  void greet();
  void shake_hands();
  void next_request();
  void read();
  bool head_arrived();
  void dispatch();
  void redirect();
  void refuse(unsigned status, std::string reason, std::string body = {});
  void reply(const std::shared_ptr<ServerReply>& reply);
  void answer(Response response);
  void write();
  void drain();

  SessionHost& host_;
  std::unique_ptr<Stream> stream_;
  boost::asio::steady_timer timer_;
  Phase phase_ = Phase::Opening;
  bool plain_on_tls_ = false;
  unsigned served_ = 0;
  bool last_ = false;  ///< close after the present answer
  std::string outbox_;
  std::size_t sent_ = 0;
  std::unique_ptr<Incoming> incoming_;
};

}  // namespace net
