#include "net/http_reader.h"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/parser.hpp>

#include "base/text.h"

namespace net {
namespace {

namespace http = boost::beast::http;
using boost::beast::error_code;

constexpr std::size_t kMaxFields = 100;
/// Beast throws at a longer field.
constexpr std::size_t kMaxField = 65'000;
constexpr std::string_view kLineEnd = "\r\n";

bool is_value(std::string_view text) {
  return std::ranges::all_of(text, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte == '\t' || (byte >= 0x20 && byte != 0x7F);
  });
}

bool is_folded(std::string_view lines) { return lines.contains("\r\n ") || lines.contains("\r\n\t"); }

auto count(const Headers& headers, std::string_view name) {
  return std::ranges::count_if(headers,
                               [&](const auto& field) { return base::lower_ascii(field.first) == name; });
}

std::string lower_value(const Headers& headers, std::string_view name) {
  return base::lower_ascii(find_header(headers, name).value_or(""));
}

/// Twice what there was, as a string grows, but no more than the body is said to be.
void make_room(std::string& body, std::size_t size, std::uint64_t length) {
  if (size <= body.capacity()) return;
  auto room = std::max(size, 2 * body.capacity());
  if (length >= size) room = std::min<std::size_t>(room, length);
  // reserve() would double it anyway.
  std::string larger;
  larger.reserve(room);
  larger = body;
  body.swap(larger);
}

}  // namespace

// Beast would accept any byte in a quoted extension, also a bare LF, and any number of extensions.
struct HttpReader::Parser {
  explicit Parser(std::size_t limit) : left(limit) { message.on_chunk_header(*this); }

  void operator()(std::uint64_t size, std::string_view extensions, error_code& error) {
    in_chunks = true;
    if (size == 0) trailers = extensions.end();
    if (extensions.size() > left || !is_value(extensions)) {
      error = http::error::bad_chunk_extension;
    } else {
      left -= extensions.size();
    }
  }

  std::size_t left;        ///< bytes of extensions
  bool in_chunks = false;  ///< the first one has begun
  /// Where they begin with a line end, in the bytes Beast was given last.
  const char* trailers = nullptr;
  // Not a string_body: it reserves what Content-Length says before a byte of it came.
  http::request_parser<http::buffer_body> message;
};

HttpReader::HttpReader(const ServerOptions& options) : options_(options) {}
HttpReader::~HttpReader() = default;

void HttpReader::feed(std::string_view bytes) {
  buffer_.erase(0, std::exchange(at_, 0));
  buffer_ += bytes;
}

void HttpReader::use(std::size_t count) {
  at_ += count;
  scanned_ = 0;
}

bool HttpReader::refuse(unsigned status, std::string reason, std::string body) {
  stage_ = Stage::Refused;
  refusal_ = {status, std::move(reason), std::move(body)};
  return false;
}

bool HttpReader::malformed(std::string_view reason) {
  if (options_.pveproxy) return refuse(0, {});
  return refuse(400, "Bad Request", "The request cannot be read: " + std::string(reason) + ".\n");
}

bool HttpReader::too_large() {
  return options_.pveproxy ? refuse(0, {}) : refuse(431, "Request Header Fields Too Large");
}

std::size_t HttpReader::max_head() const { return std::min(options_.max_head, kMaxField); }

HttpReader::Step HttpReader::step() {
  for (;;) {
    const auto before = stage_;
    if (before == Stage::Done) return Step::Done;
    if (before == Stage::Refused) return Step::Refused;
    const bool moved = advance();
    if (stage_ == Stage::Refused) continue;
    if (!moved) return Step::More;
    if (before == Stage::Head) return Step::Head;
  }
}

// False when more bytes are needed, and when the request was refused.
bool HttpReader::advance() {
  switch (stage_) {
    case Stage::Head:
      return find_head();
    case Stage::Judge:
      return judge();
    case Stage::Body:
      return take_body();
    case Stage::Done:
    case Stage::Refused:
      break;
  }
  return false;
}

// Over the raw bytes: Beast unfolds fields, and fed with the beginning of a head it would wait for an empty
// line that bare LFs never make.
bool HttpReader::find_head() {
  // RFC 9112, 2.2: an empty line before a request is to be ignored.
  while (scanned_ == 0 && rest().starts_with(kLineEnd)) use(kLineEnd.size());
  const auto text = rest().substr(0, max_head());
  if (text.empty() || text == "\r") return false;
  if (!is_http_token(text.substr(0, 1))) return malformed("it does not begin with a method");
  while (true) {
    const auto line_end = text.find('\n', scanned_);
    if (line_end == std::string_view::npos) break;
    if (line_end == 0 || text[line_end - 1] != '\r') return malformed("a line does not end with CR LF");
    scanned_ = line_end + 1;
    const auto head = text.substr(0, scanned_);
    if (!head.ends_with("\r\n\r\n")) continue;
    if (is_folded(head)) return malformed("a header field is folded");
    return read_head(head);
  }
  scanned_ = text.size();
  return rest().size() > max_head() ? too_large() : false;
}

bool HttpReader::read_head(std::string_view head) {
  parser_ = std::make_unique<Parser>(max_head());
  auto& parser = parser_->message;
  // What is too long is refused once the head was seen.
  parser.body_limit(boost::none);
  parser.header_limit(static_cast<std::uint32_t>(head.size()));
  error_code error;
  const auto used = parser.put(boost::asio::buffer(head), error);
  if (error == http::error::bad_version && !options_.pveproxy) {
    const auto line = head.substr(0, head.find(kLineEnd));
    if (line.substr(line.rfind(' ') + 1).starts_with("HTTP/"))
      return refuse(505, "HTTP Version Not Supported");
  }
  if (error) return malformed(error.message());
  const auto& message = parser.get();
  auto& request = incoming_.request;
  request.verb = message.method_string();
  request.method = base::method_named(request.verb).value_or(base::Method::Get);
  request.target = message.target();
  for (const auto& field : message) request.headers.emplace_back(field.name_string(), field.value());
  incoming_.http10 = message.version() == 10;
  incoming_.keep_alive = parser.keep_alive();
  if (!check_head()) return false;
  if (request.headers.size() > kMaxFields) return too_large();
  use(used);
  stage_ = Stage::Judge;
  return true;
}

// What Beast accepts, and what a proxy before us may read in another way.
bool HttpReader::check_head() {
  const auto& [method, target, headers, body, verb] = incoming_.request;
  const bool ascii = std::ranges::all_of(target, [](char c) { return static_cast<unsigned char>(c) < 0x7F; });
  const bool form = target.starts_with('/') || (target == "*" && verb == "OPTIONS");
  if (!options_.pveproxy && !(ascii && form)) return malformed("the target is not a path of visible ASCII");
  const auto lengths = count(headers, "content-length");
  const auto codings = count(headers, "transfer-encoding");
  if (lengths > 1 || lower_value(headers, "content-length").contains(','))
    return malformed("it has two Content-Lengths");
  if (codings > 1) return malformed("it has two Transfer-Encodings");
  if (codings > 0 && lengths > 0) return malformed("it has a Content-Length and a Transfer-Encoding");
  if (codings > 0 && incoming_.http10) return malformed("HTTP/1.0 has no Transfer-Encoding");
  if (options_.pveproxy) return true;
  const auto hosts = count(headers, "host");
  if (hosts > 1 || (hosts == 0 && !incoming_.http10)) return malformed("it must have one Host");
  return true;
}

bool HttpReader::judge() {
  auto& parser = parser_->message;
  const auto& headers = incoming_.request.headers;
  const auto length = parser.content_length().value_or(0);
  if (options_.pveproxy && !judge_pveproxy(length)) return false;
  if (count(headers, "transfer-encoding") > 0 && lower_value(headers, "transfer-encoding") != "chunked")
    return refuse(501, "Not Implemented", "The only Transfer-Encoding is chunked.\n");
  const auto expect = lower_value(headers, "expect");
  if (!expect.empty() && expect != "100-continue" && !options_.pveproxy)
    return refuse(417, "Expectation Failed");
  if (options_.max_body != 0 && length > options_.max_body) return refuse(413, "Content Too Large");
  if (options_.max_body != 0) parser.body_limit(options_.max_body);
  parser.eager(true);
  stage_ = parser.is_done() ? Stage::Done : Stage::Body;
  waits_ =
      !expect.empty() && stage_ == Stage::Body && unused() == 0 && !incoming_.http10 && !options_.pveproxy;
  return true;
}

bool HttpReader::judge_pveproxy(std::uint64_t length) {
  const auto& [method, target, headers, body, verb] = incoming_.request;
  if (!options_.pveproxy->every_method && !base::method_named(verb))
    return refuse(501, "method '" + verb + "' not available");
  if (count(headers, "transfer-encoding") > 0) return refuse(501, "chunked transfer encoding not supported");
  if (length > 0 && (verb == "GET" || verb == "DELETE")) {
    const std::string text = "Unexpected content for method '" + verb + "'";
    return refuse(501, text, text);
  }
  if (options_.max_body != 0 && length > options_.max_body) return refuse(501, "for data too large");
  return true;
}

bool HttpReader::take_body() {
  auto& parser = parser_->message;
  auto& body = incoming_.request.body;
  while (!parser.is_done()) {
    auto piece = rest().substr(0, max_head());
    // What follows is the next request.
    if (const auto left = parser.content_length_remaining(); left && *left < piece.size())
      piece = piece.substr(0, *left);
    // Beast 1.81 asserts that a last chunk it saw a part of has five bytes the next time.
    const bool could_end = parser.chunked() && !parser_->in_chunks && piece.starts_with('0');
    if (piece.empty() || (could_end && piece.size() < 5)) return false;
    const auto had = body.size();
    make_room(body, had + piece.size(), parser.content_length().value_or(0));
    body.resize(had + piece.size());
    auto& room = parser.get().body();
    room.data = body.data() + had;
    room.size = piece.size();
    error_code error;
    const auto used = parser.put(boost::asio::buffer(piece), error);
    body.resize(had + piece.size() - room.size);
    if (error == http::error::body_limit) return refuse(413, "Content Too Large");
    if (error && error != http::error::need_more) return malformed(error.message());
    if (used == 0) return check_chunk(piece);
    if (parser_->trailers && is_folded({parser_->trailers, piece.data() + used}))
      return malformed("a trailer is folded");
    use(used);
  }
  stage_ = Stage::Done;
  return true;
}

// False. `text` is between chunks and, for Beast, has no end yet: it neither bounds what comes there nor sees
// that more bytes will not make it a chunk.
bool HttpReader::check_chunk(std::string_view text) {
  const bool full = text.size() == max_head();
  if (parser_->in_chunks) {
    if (!text.starts_with(kLineEnd.substr(0, text.size())))
      return malformed("a chunk is longer than its size");
    text.remove_prefix(std::min(text.size(), kLineEnd.size()));
  }
  if (!text.contains(kLineEnd)) return full && malformed("a line between chunks is too long");
  const auto after = text.find_first_not_of('0');
  if (!std::string_view(" \t;\r").contains(text[after]) || text.contains("\r\n\r\n"))
    return malformed("a chunk does not begin with its size");
  return full && too_large();
}

Incoming HttpReader::take() {
  auto taken = std::exchange(incoming_, {});
  stage_ = Stage::Head;
  parser_.reset();
  waits_ = false;
  // An idle connection keeps no memory.
  if (unused() == 0) {
    std::string().swap(buffer_);
    at_ = 0;
  }
  return taken;
}

}  // namespace net
