// Bytes into HTTP/1.x requests, or into the reason to refuse them; no I/O.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "net/http.h"
#include "net/server_options.h"

namespace net {

struct Refusal {
  /// 0: close the connection without a word.
  unsigned status = 0;
  std::string reason;
  std::string body = {};
};

struct Incoming {
  Request request;
  bool http10 = false;
  /// The peer wants to send another request after this one.
  bool keep_alive = false;
};

/// Takes the bytes of one connection; Boost.Beast reads them. Strict (RFC 9112): lines end with CRLF, no
/// folded fields, no space before a colon, one Content-Length or else one `Transfer-Encoding: chunked`, one
/// Host. Where the next request begins is never a guess: after a refusal the connection must be closed.
class HttpReader {
 public:
  enum class Step : std::uint8_t {
    More,     ///< feed() more
    Head,     ///< head() is there; once per request, before its body is judged
    Done,     ///< take() the request
    Refused,  ///< see refusal(); for good
  };

  /// Keeps the reference.
  explicit HttpReader(const ServerOptions& options);
  HttpReader(const HttpReader&) = delete;
  HttpReader& operator=(const HttpReader&) = delete;
  ~HttpReader();

  void feed(std::string_view bytes);
  Step step();

  const Request& head() const { return incoming_.request; }
  const Refusal& refusal() const { return refusal_; }
  /// Begins with the next request.
  Incoming take();

  /// Not a byte of the next request has come.
  bool idle() const { return in_head() && unused() == 0; }
  bool in_head() const { return stage_ == Stage::Head; }
  /// Bytes that the body so far holds in memory: what has come, and room for more up to its Content-Length.
  std::size_t body_room() const {
    const auto& body = incoming_.request.body;
    return body.empty() ? 0 : body.capacity();
  }
  /// Frees the received part of a body that will not be used.
  void drop_body() { std::string().swap(incoming_.request.body); }
  /// Bytes that were fed and not used yet.
  std::size_t unused() const { return buffer_.size() - at_; }
  /// The peer waits for "100 Continue" before it sends the body. Asked once per request.
  bool wants_continue() { return std::exchange(waits_, false); }

 private:
  enum class Stage : std::uint8_t { Head, Judge, Body, Done, Refused };
  struct Parser;

  bool refuse(unsigned status, std::string reason, std::string body = {});
  bool malformed(std::string_view reason);
  bool too_large();
  std::size_t max_head() const;
  std::string_view rest() const { return std::string_view(buffer_).substr(at_); }
  void use(std::size_t count);
  bool advance();
  bool find_head();
  bool read_head(std::string_view head);
  bool check_head();
  bool judge();
  bool judge_pveproxy(std::uint64_t length);
  bool take_body();
  bool check_chunk(std::string_view text);

  const ServerOptions& options_;
  Stage stage_ = Stage::Head;
  std::string buffer_;
  std::size_t at_ = 0;       ///< of the buffer: used so far
  std::size_t scanned_ = 0;  ///< of rest(): has no end of the head
  Incoming incoming_;
  std::unique_ptr<Parser> parser_;  ///< of the request whose head was found
  bool waits_ = false;              ///< for "100 Continue"
  Refusal refusal_;
};

}  // namespace net
