#include "net/http_reader.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "base/text.h"

namespace net {
namespace {

constexpr std::size_t kMaxFields = 100;
constexpr std::string_view kLineEnd = "\r\n";

bool is_value(std::string_view text) {
  return std::ranges::all_of(text, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte == '\t' || (byte >= 0x20 && byte != 0x7F);
  });
}

std::string_view without_blanks(std::string_view text) {
  while (text.starts_with(' ') || text.starts_with('\t')) text.remove_prefix(1);
  while (text.ends_with(' ') || text.ends_with('\t')) text.remove_suffix(1);
  return text;
}

// All of `text`, which must not be empty, have a sign or overflow.
std::optional<std::uint64_t> whole_number(std::string_view text, int base) {
  std::uint64_t number = 0;
  const auto [stop, error] = std::from_chars(text.begin(), text.end(), number, base);
  if (text.starts_with('-') || error != std::errc{} || stop != text.end()) return std::nullopt;
  return number;
}

}  // namespace

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
    case Stage::ChunkSize:
      return take_chunk_size();
    case Stage::ChunkData:
      return take_chunk_data();
    case Stage::Trailer:
      return take_trailer();
    case Stage::Done:
    case Stage::Refused:
      break;
  }
  return false;
}

bool HttpReader::find_head() {
  // RFC 9112, 2.2: an empty line before a request is to be ignored.
  while (scanned_ == 0 && rest().starts_with(kLineEnd)) use(kLineEnd.size());
  const auto text = rest().substr(0, options_.max_head);
  if (text.empty() || text == "\r") return false;
  if (!is_http_token(text.substr(0, 1))) return malformed("it does not begin with a method");
  const auto too_large = [&] {
    return options_.pveproxy ? refuse(0, {}) : refuse(431, "Request Header Fields Too Large");
  };
  while (true) {
    const auto line_end = text.find('\n', scanned_);
    if (line_end == std::string_view::npos) break;
    if (line_end == 0 || text[line_end - 1] != '\r') return malformed("a line does not end with CR LF");
    scanned_ = line_end + 1;
    if (!text.substr(0, scanned_).ends_with("\r\n\r\n")) continue;
    if (!read_head(text.substr(0, scanned_ - 2))) return false;
    if (incoming_.request.headers.size() > kMaxFields) return too_large();
    use(scanned_);
    stage_ = Stage::Judge;
    return true;
  }
  scanned_ = text.size();
  return rest().size() > options_.max_head ? too_large() : false;
}

// `head` is lines that all end with CRLF.
bool HttpReader::read_head(std::string_view head) {
  bool first = true;
  while (!head.empty()) {
    const auto end = head.find(kLineEnd);
    const auto line = head.substr(0, end);
    if (!(first ? read_request_line(line) : read_field(line))) return false;
    first = false;
    head.remove_prefix(end + kLineEnd.size());
  }
  return check_head();
}

bool HttpReader::read_request_line(std::string_view line) {
  const auto parts = base::split(line, ' ');
  if (parts.size() != 3 || !is_http_token(parts[0])) return malformed("the request line has another form");
  const auto target = parts[1];
  const bool visible = std::ranges::all_of(target, [&](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte > 0x20 && byte != 0x7F && (byte < 0x7F || options_.pveproxy);
  });
  const bool form = target.starts_with('/') || (target == "*" && parts[0] == "OPTIONS") || options_.pveproxy;
  if (target.empty() || !visible) return malformed("the target is empty or not all visible ASCII");
  const auto version = parts[2];
  if (version != "HTTP/1.1" && version != "HTTP/1.0") {
    if (version.starts_with("HTTP/") && !options_.pveproxy) return refuse(505, "HTTP Version Not Supported");
    return malformed("the request line has another form");
  }
  if (!form) return malformed("the target is not a path");
  incoming_.request.verb = parts[0];
  incoming_.request.method = base::method_named(parts[0]).value_or(base::Method::Get);
  incoming_.request.target = target;
  incoming_.http10 = version == "HTTP/1.0";
  incoming_.keep_alive = !incoming_.http10;
  return true;
}

bool HttpReader::read_field(std::string_view line) {
  if (line.starts_with(' ') || line.starts_with('\t')) return malformed("a header field is folded");
  const auto colon = line.find(':');
  const auto name = line.substr(0, colon);
  if (colon == std::string_view::npos || !is_http_token(name))
    return malformed("a header field has no name of letters directly before its colon");
  const auto value = without_blanks(line.substr(colon + 1));
  if (!is_value(value)) return malformed("a header field has a control character");
  incoming_.request.headers.emplace_back(name, value);
  return note_field(base::lower_ascii(name), value);
}

bool HttpReader::note_field(std::string_view name, std::string_view value) {
  if (name == "host") {
    ++hosts_;
  } else if (name == "content-length") {
    if (length_) return malformed("it has two Content-Lengths");
    length_ = whole_number(value, 10);
    if (!length_) return malformed("Content-Length is no number");
  } else if (name == "transfer-encoding") {
    if (std::exchange(has_coding_, true)) return malformed("it has two Transfer-Encodings");
    chunked_ = base::lower_ascii(value) == "chunked";
  } else if (name == "connection") {
    const auto lower = base::lower_ascii(value);
    for (const auto part : base::split(lower, ',')) {
      if (without_blanks(part) == "close") incoming_.keep_alive = false;
      if (without_blanks(part) == "keep-alive" && incoming_.http10) incoming_.keep_alive = true;
    }
  } else if (name == "expect") {
    expect_ = base::lower_ascii(value);
  }
  return true;
}

bool HttpReader::check_head() {
  if (has_coding_ && length_) return malformed("it has a Content-Length and a Transfer-Encoding");
  if (has_coding_ && incoming_.http10) return malformed("HTTP/1.0 has no Transfer-Encoding");
  if (options_.pveproxy) return true;
  if (hosts_ > 1 || (hosts_ == 0 && !incoming_.http10)) return malformed("it must have one Host");
  return true;
}

bool HttpReader::judge() {
  if (options_.pveproxy && !judge_pveproxy()) return false;
  if (has_coding_ && !chunked_)
    return refuse(501, "Not Implemented", "The only Transfer-Encoding is chunked.\n");
  if (!expect_.empty() && expect_ != "100-continue" && !options_.pveproxy)
    return refuse(417, "Expectation Failed");
  left_ = length_.value_or(0);
  if (options_.max_body != 0 && left_ > options_.max_body) return refuse(413, "Content Too Large");
  stage_ = chunked_ ? Stage::ChunkSize : left_ > 0 ? Stage::Body : Stage::Done;
  return true;
}

bool HttpReader::judge_pveproxy() {
  const auto& verb = incoming_.request.verb;
  if (!options_.pveproxy->every_method && !base::method_named(verb))
    return refuse(501, "method '" + verb + "' not available");
  if (has_coding_) return refuse(501, "chunked transfer encoding not supported");
  const auto length = length_.value_or(0);
  if (length > 0 && (verb == "GET" || verb == "DELETE")) {
    const std::string text = "Unexpected content for method '" + verb + "'";
    return refuse(501, text, text);
  }
  if (options_.max_body != 0 && length > options_.max_body) return refuse(501, "for data too large");
  return true;
}

bool HttpReader::take_body() {
  const auto piece = rest().substr(0, left_);
  incoming_.request.body += piece;
  left_ -= piece.size();
  use(piece.size());
  if (left_ == 0) stage_ = Stage::Done;
  return left_ == 0;
}

// The next line without its end; nothing when it is not complete or was refused.
std::optional<std::string_view> HttpReader::take_line() {
  const auto text = rest().substr(0, options_.max_head);
  const auto end = text.find('\n', scanned_);
  if (end == std::string_view::npos) {
    scanned_ = text.size();
    if (rest().size() > options_.max_head) malformed("a line between chunks is too long");
    return std::nullopt;
  }
  if (end == 0 || text[end - 1] != '\r') {
    malformed("a line does not end with CR LF");
    return std::nullopt;
  }
  const auto line = text.substr(0, end - 1);
  trailing_ += line.size();
  if (!is_value(line)) {
    malformed("a line between chunks has a control character");
    return std::nullopt;
  }
  use(end + 1);
  return line;
}

bool HttpReader::take_chunk_size() {
  const auto line = take_line();
  if (!line) return false;
  const auto digits = line->substr(0, line->find_first_not_of("0123456789abcdefABCDEF"));
  const auto extension = without_blanks(line->substr(digits.size()));
  const auto size = digits.size() > 16 ? std::nullopt : whole_number(digits, 16);
  if (!size || (!extension.empty() && !extension.starts_with(';')))
    return malformed("a chunk does not begin with its size");
  trailing_ -= digits.size();
  if (trailing_ > options_.max_head) return malformed("its chunks have too many extensions");
  left_ = *size;
  if (options_.max_body != 0 && left_ > options_.max_body - incoming_.request.body.size())
    return refuse(413, "Content Too Large");
  stage_ = left_ == 0 ? Stage::Trailer : Stage::ChunkData;
  return true;
}

bool HttpReader::take_chunk_data() {
  const auto piece = rest().substr(0, left_);
  incoming_.request.body += piece;
  left_ -= piece.size();
  use(piece.size());
  if (left_ > 0 || rest().size() < kLineEnd.size()) return false;
  if (!rest().starts_with(kLineEnd)) return malformed("a chunk is longer than its size");
  use(kLineEnd.size());
  stage_ = Stage::ChunkSize;
  return true;
}

// Trailers are for those who asked for them: nobody here did.
bool HttpReader::take_trailer() {
  const auto line = take_line();
  if (!line) return false;
  if (trailing_ > options_.max_head) return refuse(431, "Request Header Fields Too Large");
  if (line->empty()) {
    stage_ = Stage::Done;
  } else if (!is_http_token(line->substr(0, line->find(':'))) || !line->contains(':')) {
    return malformed("a trailer has no name");
  }
  return true;
}

bool HttpReader::wants_continue() {
  const bool waits = (stage_ == Stage::Body || stage_ == Stage::ChunkSize) && unused() == 0 &&
                     incoming_.request.body.empty() && !incoming_.http10 && !options_.pveproxy;
  return !std::exchange(expect_, {}).empty() && waits;
}

Incoming HttpReader::take() {
  auto taken = std::exchange(incoming_, {});
  stage_ = Stage::Head;
  scanned_ = 0;
  hosts_ = 0;
  has_coding_ = chunked_ = false;
  length_.reset();
  expect_.clear();
  left_ = 0;
  trailing_ = 0;
  // An idle connection keeps no memory.
  if (unused() == 0) {
    std::string().swap(buffer_);
    at_ = 0;
  }
  return taken;
}

}  // namespace net
