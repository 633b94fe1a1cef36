// Bytes into HTTP/1.x requests, or into the reason to refuse them; no I/O.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

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

/// Takes the bytes of one connection. Strict (RFC 9112): lines end with CRLF, no folded fields, no space
/// before a colon, one Content-Length or else one `Transfer-Encoding: chunked`, one Host. Where the next
/// request begins is never a guess: after a refusal the connection must be closed.
class HttpReader {
 public:
  enum class Step : std::uint8_t {
    More,     ///< feed() more
    Head,     ///< head() is there; once per request, before its body is judged
    Done,     ///< take() the request
    Refused,  ///< see refusal(); for good
  };

  /// Keeps the reference.
  explicit HttpReader(const ServerOptions& options) : options_(options) {}

  void feed(std::string_view bytes);
  Step step();

  const Request& head() const { return incoming_.request; }
  const Refusal& refusal() const { return refusal_; }
  /// Begins with the next request.
  Incoming take();

  /// Not a byte of the next request has come.
  bool idle() const { return in_head() && unused() == 0; }
  bool in_head() const { return stage_ == Stage::Head; }
  /// Bytes that were fed and not used yet.
  std::size_t unused() const { return buffer_.size() - at_; }
  /// The peer waits for "100 Continue" before it sends the body. Asked once per request.
  bool wants_continue();

 private:
  enum class Stage : std::uint8_t { Head, Judge, Body, ChunkSize, ChunkData, Trailer, Done, Refused };

  bool refuse(unsigned status, std::string reason, std::string body = {});
  bool malformed(std::string_view reason);
  std::string_view rest() const { return std::string_view(buffer_).substr(at_); }
  void use(std::size_t count);
  bool advance();
  bool find_head();
  bool read_head(std::string_view head);
  bool read_request_line(std::string_view line);
  bool read_field(std::string_view line);
  bool note_field(std::string_view name, std::string_view value);
  bool check_head();
  bool judge();
  bool judge_pveproxy();
  bool take_body();
  bool take_chunk_size();
  bool take_chunk_data();
  bool take_trailer();
  std::optional<std::string_view> take_line();

  const ServerOptions& options_;
  Stage stage_ = Stage::Head;
  std::string buffer_;
  std::size_t at_ = 0;       ///< of the buffer: used so far
  std::size_t scanned_ = 0;  ///< of rest(): has no end of what is being looked for
  Incoming incoming_;
  unsigned hosts_ = 0;
  bool has_coding_ = false;  ///< a Transfer-Encoding
  bool chunked_ = false;     ///< which is "chunked"
  std::optional<std::uint64_t> length_;
  std::string expect_;
  std::uint64_t left_ = 0;    ///< of the body or the chunk
  std::size_t trailing_ = 0;  ///< bytes of chunk extensions and trailers
  Refusal refusal_;
};

}  // namespace net
