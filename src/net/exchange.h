// One request and its response on one connection. For the files of net/ only.
#pragma once

#include <cstddef>
#include <expected>
#include <functional>
#include <memory>
#include <string>

#include "net/client.h"
#include "net/http.h"
#include "net/stream.h"

namespace net {

/// The bytes of a request. The error is Failure::Protocol: something in it could end a line early.
std::expected<std::string, Failure> wire_form(const Request& request, const ClientOptions& options);

/// How the connection may be used after an answer.
enum class Reuse : std::uint8_t {
  Never,
  /// The server said both "close" and "keep-alive" (PVE does for relayed calls, and stays open): only for
  /// what may be repeated.
  Doubtful,
  Free,
};

struct Exchanged {
  std::expected<Response, Failure> response;  ///< the body still coded
  Reuse reuse = Reuse::Never;
};

/// Belongs to the thread of the stream. Ends silently when the stream is closed by its owner.
class Exchange : public std::enable_shared_from_this<Exchange> {
 public:
  using Done = std::function<void(Exchanged)>;

  /// `stream` must live until `done` was called or it is closed. `done` is called once and last.
  Exchange(Stream& stream, std::string wire, std::size_t max_body, Done done);
  ~Exchange();
  void start();
  /// Not one byte of the request has left.
  bool nothing_sent() const;

 private:
  struct Parser;
  void write();
  void read();
  bool parse();
  void ended(Stream::State state);
  void fail(Failure::Kind kind, std::string detail);
  void succeed();

  Stream& stream_;
  std::string wire_;
  std::size_t sent_ = 0;
  Done done_;
  std::uint64_t written_before_;
  bool reading_ = false;
  bool answered_ = false;
  std::unique_ptr<Parser> parser_;
};

}  // namespace net
