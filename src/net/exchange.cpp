#include "net/exchange.h"

#include <algorithm>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <optional>
#include <utility>

#include "base/ascii.h"
#include "base/text.h"

namespace net {
namespace {

namespace http = boost::beast::http;

constexpr std::size_t kReadSize = 65'536;
constexpr std::uint32_t kMaxHead = 65'536;

bool breaks_line(std::string_view text) {
  return std::ranges::any_of(text, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 || byte == 0x7F;
  });
}

bool is_token(std::string_view text) {
  return !text.empty() &&
         std::ranges::all_of(text, [](char c) { return base::is_alnum(c) || c == '-' || c == '_'; });
}

Reuse reuse_of(const http::response_parser<http::string_body>& parser) {
  const auto& message = parser.get();
  if (parser.need_eof() || message.result_int() >= 400 || parser.upgrade()) return Reuse::Never;
  bool close = false;
  bool keep = message.version() >= 11;
  bool said_keep = false;
  for (const auto& field : message) {
    if (field.name() != http::field::connection) continue;
    const std::string value = base::lower_ascii(field.value());
    for (const auto part : base::split(value, ',')) {
      close = close || base::trim(part) == "close";
      said_keep = said_keep || base::trim(part) == "keep-alive";
    }
  }
  keep = keep || said_keep;
  if (close) return said_keep ? Reuse::Doubtful : Reuse::Never;
  return keep ? Reuse::Free : Reuse::Never;
}

}  // namespace

std::expected<std::string, Failure> wire_form(const Request& request, const ClientOptions& options) {
  const auto refuse = [](std::string detail) {
    return std::unexpected(Failure{Failure::Kind::Protocol, std::move(detail), true, {}});
  };
  if (!request.target.starts_with('/') || breaks_line(request.target) ||
      request.target.find_first_of(" #") != std::string::npos)
    return refuse("the request's path is not in its encoded form");
  const bool has_body = request.method == base::Method::Post || request.method == base::Method::Put;
  if (!has_body && !request.body.empty())
    return refuse("a " + std::string(base::name(request.method)) + " request cannot have a body");
  std::string wire;
  wire.reserve(request.target.size() + request.body.size() + 512);
  wire += base::name(request.method);
  wire += ' ';
  wire += request.target;
  wire += " HTTP/1.1\r\nHost: ";
  wire += options.url.authority();
  wire += "\r\nUser-Agent: mcp-pve/" MCP_PVE_VERSION "\r\nAccept-Encoding: gzip\r\n";
  for (const auto& [name, value] : request.headers) {
    if (!is_token(name) || breaks_line(value))
      return refuse("the request's header '" + base::printable(name, 40) + "' holds a control character");
    wire += name;
    wire += ": ";
    wire += value;
    wire += "\r\n";
  }
  if (has_body) {
    wire += "Content-Length: ";
    wire += std::to_string(request.body.size());
    wire += "\r\n";
  }
  wire += "\r\n";
  wire += request.body;
  return wire;
}

struct Exchange::Parser {
  explicit Parser(std::size_t max_body) : limit(max_body) { reset(); }
  void reset() {
    response.emplace();
    response->eager(true);
    response->header_limit(kMaxHead);
    response->body_limit(limit);
  }

  std::size_t limit;
  boost::beast::flat_buffer buffer;
  std::optional<http::response_parser<http::string_body>> response;
};

Exchange::Exchange(Stream& stream, std::string wire, std::size_t max_body, Done done)
    : stream_(stream),
      wire_(std::move(wire)),
      done_(std::move(done)),
      written_before_(stream.written()),
      parser_(std::make_unique<Parser>(max_body)) {}

Exchange::~Exchange() = default;

bool Exchange::nothing_sent() const { return stream_.written() == written_before_; }

void Exchange::start() {
  write();
  // An answer may come while a long body is still on its way.
  if (done_ && !reading_) {
    reading_ = true;
    read();
  }
}

void Exchange::write() {
  while (done_ && sent_ < wire_.size()) {
    const auto step = stream_.write(wire_.data() + sent_, wire_.size() - sent_);
    switch (step.state) {
      case Stream::State::Done:
        sent_ += step.bytes;
        break;
      case Stream::State::WantRead:
      case Stream::State::WantWrite:
        stream_.wait(step.state, [self = shared_from_this()] { self->write(); });
        return;
      case Stream::State::End:
      case Stream::State::Broken:
        // The server may have answered before it closed: reading tells.
        sent_ = wire_.size() + 1;
        return;
    }
  }
}

void Exchange::read() {
  while (done_) {
    const auto space = parser_->buffer.prepare(kReadSize);
    const auto step = stream_.read(static_cast<char*>(space.data()), space.size());
    switch (step.state) {
      case Stream::State::Done:
        answered_ = true;
        parser_->buffer.commit(step.bytes);
        if (parse()) return;
        break;
      case Stream::State::WantRead:
      case Stream::State::WantWrite:
        stream_.wait(step.state, [self = shared_from_this()] { self->read(); });
        return;
      case Stream::State::End:
      case Stream::State::Broken:
        ended(step.state);
        return;
    }
  }
}

// True when the exchange is over.
bool Exchange::parse() {
  auto& buffer = parser_->buffer;
  // Every chunked answer has this much more to come until it is done.
  constexpr std::string_view kLastChunk = "0\r\n\r\n";
  while (buffer.size() > 0) {
    // Beast 1.81 asserts that a last chunk it saw a part of has five bytes the next time.
    const auto& response = *parser_->response;
    if (response.is_header_done() && response.chunked() && buffer.size() < kLastChunk.size()) break;
    boost::beast::error_code error;
    buffer.consume(parser_->response->put(buffer.data(), error));
    if (error == http::error::need_more) break;
    if (error) {
      const bool big = error == http::error::body_limit || error == http::error::header_limit;
      fail(Failure::Kind::Protocol, big ? "the answer is over " + std::to_string(parser_->limit) + " bytes"
                                        : "the answer is not HTTP (" + error.message() + ")");
      return true;
    }
    if (!parser_->response->is_done()) continue;
    if (parser_->response->get().result_int() >= 200) {
      succeed();
      return true;
    }
    parser_->reset();  // an interim answer (1xx)
  }
  return false;
}

void Exchange::ended(Stream::State state) {
  if (state == Stream::State::End && answered_ && parser_->response->got_some()) {
    boost::beast::error_code error;
    parser_->response->put_eof(error);
    if (!error && parser_->response->is_done()) {
      succeed();
      return;
    }
  }
  std::string detail = answered_ ? "the connection was closed in the middle of the answer"
                                 : "the connection was closed without an answer";
  if (state == Stream::State::Broken && !stream_.reason().empty()) detail += " (" + stream_.reason() + ")";
  fail(Failure::Kind::Closed, std::move(detail));
}

void Exchange::fail(Failure::Kind kind, std::string detail) {
  const auto self = shared_from_this();
  const Done done = std::exchange(done_, nullptr);
  done({std::unexpected(Failure{kind, std::move(detail), nothing_sent(), {}}), Reuse::Never});
}

void Exchange::succeed() {
  const auto self = shared_from_this();
  Exchanged result;
  result.reuse =
      sent_ == wire_.size() && parser_->buffer.size() == 0 ? reuse_of(*parser_->response) : Reuse::Never;
  auto message = parser_->response->release();
  Response response;
  response.status = message.result_int();
  response.reason = message.reason();
  for (const auto& field : message) response.headers.emplace_back(field.name_string(), field.value());
  response.body = std::move(message.body());
  result.response = std::move(response);
  const Done done = std::exchange(done_, nullptr);
  done(std::move(result));
}

}  // namespace net
