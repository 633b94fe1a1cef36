// The answer on its way: threads put it in, the I/O thread takes bytes out. For the files of net/ only.
#pragma once

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "net/http_writer.h"
#include "net/responder.h"

namespace net {

/// Posts to the I/O thread from objects that may outlive it. Safe from every thread.
class Door {
 public:
  explicit Door(boost::asio::io_context& io) : io_(&io) {}
  /// False if the I/O thread has ended.
  bool post(std::function<void()> job);
  void shut();

  /// Answers are the last of their connection from now on.
  std::atomic<bool> draining{false};

 private:
  std::mutex mutex_;
  boost::asio::io_context* io_;
};

/// What is known about an answer before it is given.
struct AnswerTerms {
  std::string peer;
  bool http10 = false;
  bool to_head = false;  ///< the request's method was HEAD
  bool last = false;     ///< close after it
  bool close_on_error = false;
  std::size_t max_pending = 0;  ///< 0: any
};

/// Safe from every thread.
class Outgoing {
 public:
  enum class Stage : std::uint8_t {
    Waiting,   ///< nothing was given
    Begun,     ///< pieces follow
    Complete,  ///< the rest of the bytes is there
    Broken,    ///< given up: the connection is to be closed
  };

  /// `wake` is called on the I/O thread when there is something to look at.
  Outgoing(AnswerTerms terms, std::shared_ptr<Door> door, std::function<void()> wake);

  void answer(const Response& response);
  void begin(const Response& head);
  bool write(std::string_view bytes);
  void end();
  void on_gone(std::function<void()> gone);
  const std::string& peer() const { return terms_.peer; }
  /// The handler dropped the request without an answer.
  void abandon();

  /// I/O thread only: what has become of it. What comes from now on wakes again.
  Stage look();
  /// I/O thread only: the bytes to send next.
  Stage take(std::string& bytes);
  /// I/O thread only: the peer's system has taken so many.
  void sent(std::size_t count);
  /// I/O thread only: the connection is no more.
  void peer_gone();
  bool complete() const;
  /// The connection ends after the answer. To be asked once it is complete.
  bool closes() const;

 private:
  Framing framing_of(const Response& head, bool whole) const;
  bool closes_after(const Response& head, Framing framing) const;
  void wake();

  const AnswerTerms terms_;
  const std::shared_ptr<Door> door_;
  const std::function<void()> wake_;
  mutable std::mutex mutex_;
  Stage stage_ = Stage::Waiting;
  Framing framing_ = Framing::Length;
  bool closes_ = false;
  bool woken_ = false;
  std::string bytes_;
  std::size_t waiting_ = 0;  ///< of bytes_, and of what was taken but not sent
  std::function<void()> gone_;
};

/// The handle to give away.
std::shared_ptr<Responder> make_responder(std::shared_ptr<Outgoing> outgoing);

}  // namespace net
