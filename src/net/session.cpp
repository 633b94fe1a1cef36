#include "net/session.h"

#include <array>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <optional>
#include <utility>

#include "base/text.h"
#include "net/encoding.h"

namespace net {
namespace {

namespace http = boost::beast::http;

constexpr std::size_t kReadSize = 16'384;
constexpr std::size_t kCompressOver = 1024;
constexpr int kTlsHandshake = 0x16;
constexpr std::chrono::milliseconds kDrain{1'000};

std::string one_line(std::string text) {
  for (char& c : text) {
    if (c == '\r' || c == '\n' || c == '\0') c = ' ';
  }
  return text;
}

bool offers_gzip(const Request& request) {
  const auto offered = find_header(request.headers, "accept-encoding");
  return offered && base::lower_ascii(*offered).find("gzip") != std::string::npos;
}

}  // namespace

struct Session::Incoming {
  boost::beast::flat_buffer buffer;
  std::optional<http::request_parser<http::string_body>> parser;
  bool head_done = false;
  Request request;
  std::string method;
};

Session::Session(SessionHost& host, boost::asio::io_context& io, std::unique_ptr<Stream> stream)
    : host_(host), stream_(std::move(stream)), timer_(io), incoming_(std::make_unique<Incoming>()) {}

Session::~Session() = default;

bool Session::idle() const {
  return phase_ == Phase::Reading && !incoming_->head_done && incoming_->buffer.size() == 0 &&
         !incoming_->parser->got_some();
}

void Session::start() {
  limit(host_.options.idle_limit);
  greet();
}

void Session::close() {
  if (phase_ == Phase::Closed) return;
  phase_ = Phase::Closed;
  timer_.cancel();
  stream_->close();
  host_.ended(shared_from_this());
}

void Session::limit(std::chrono::milliseconds time) {
  timer_.expires_after(time);
  timer_.async_wait([self = shared_from_this()](const boost::system::error_code& error) {
    if (!error && self->timer_.expiry() <= std::chrono::steady_clock::now()) self->close();
  });
}

void Session::greet() {
  if (host_.tls() == nullptr) {
    next_request();
    return;
  }
  const int first = stream_->peek();
  if (first < 0) {
    stream_->wait(Stream::State::WantRead, [self = shared_from_this()] {
      if (self->stream_->peek() < 0) {
        self->close();
      } else {
        self->greet();
      }
    });
    return;
  }
  plain_on_tls_ = first != kTlsHandshake;
  if (plain_on_tls_) {
    next_request();
  } else if (stream_->start_tls(host_.tls(), true)) {
    shake_hands();
  } else {
    close();
  }
}

void Session::shake_hands() {
  const auto step = stream_->handshake();
  if (step.state == Stream::State::WantRead || step.state == Stream::State::WantWrite) {
    stream_->wait(step.state, [self = shared_from_this()] { self->shake_hands(); });
  } else if (step.state == Stream::State::Done) {
    next_request();
  } else {
    close();
  }
}

void Session::next_request() {
  phase_ = Phase::Reading;
  incoming_->head_done = false;
  incoming_->parser.emplace();
  incoming_->parser->header_limit(static_cast<std::uint32_t>(host_.options.max_head));
  // The body's limit is ours to answer, with PVE's words.
  incoming_->parser->body_limit(boost::none);
  limit(host_.options.idle_limit);
  read();
}

void Session::read() {
  while (phase_ == Phase::Reading) {
    auto& buffer = incoming_->buffer;
    auto& parser = *incoming_->parser;
    while (buffer.size() > 0) {
      boost::beast::error_code error;
      buffer.consume(parser.put(buffer.data(), error));
      if (error == http::error::need_more) break;
      if (error) {
        close();
        return;
      }
      if (parser.is_header_done() && !incoming_->head_done && !head_arrived()) return;
      if (parser.is_done()) {
        dispatch();
        return;
      }
    }
    const auto space = buffer.prepare(kReadSize);
    const auto step = stream_->read(static_cast<char*>(space.data()), space.size());
    if (step.state == Stream::State::WantRead || step.state == Stream::State::WantWrite) {
      stream_->wait(step.state, [self = shared_from_this()] { self->read(); });
      return;
    }
    if (step.state != Stream::State::Done) {
      close();
      return;
    }
    buffer.commit(step.bytes);
  }
}

// False when the request was answered or the connection closed on the head alone.
bool Session::head_arrived() {
  incoming_->head_done = true;
  incoming_->parser->eager(true);
  const auto& message = incoming_->parser->get();
  incoming_->method = message.method_string();
  incoming_->request = {};
  incoming_->request.target = message.target();
  for (const auto& field : message)
    incoming_->request.headers.emplace_back(field.name_string(), field.value());
  if (plain_on_tls_) {
    redirect();
    return false;
  }
  const auto method = base::method_named(incoming_->method);
  if (!method && !host_.options.other_method) {
    refuse(501, "method '" + incoming_->method + "' not available");
    return false;
  }
  incoming_->request.method = method.value_or(base::Method::Get);
  if (incoming_->parser->chunked()) {
    refuse(501, "chunked transfer encoding not supported");
    return false;
  }
  const auto length = incoming_->parser->content_length().value_or(0);
  const bool takes_body = incoming_->method != "GET" && incoming_->method != "DELETE";
  if (length > 0 && !takes_body) {
    const std::string text = "Unexpected content for method '" + incoming_->method + "'";
    refuse(501, text, text);
    return false;
  }
  if (length > host_.options.max_body) {
    refuse(501, "for data too large");
    return false;
  }
  return true;
}

void Session::redirect() {
  const auto host = find_header(incoming_->request.headers, "host");
  const bool simple = incoming_->method == "GET" || incoming_->method == "HEAD";
  Response response{simple ? 301U : 308U, simple ? "Moved Permanently" : "Permanent Redirect", {}, {}};
  response.headers.emplace_back(
      "Location", "https://" + std::string(host.value_or("localhost")) + incoming_->request.target);
  last_ = true;
  answer(std::move(response));
}

void Session::refuse(unsigned status, std::string reason, std::string body) {
  last_ = true;
  answer({status, std::move(reason), {}, std::move(body)});
}

void Session::dispatch() {
  phase_ = Phase::Handling;
  timer_.cancel();
  ++served_;
  auto message = incoming_->parser->release();
  incoming_->request.body = std::move(message.body());
  const bool full = host_.options.max_requests != 0 && served_ >= host_.options.max_requests;
  last_ = full || !message.keep_alive();
  const auto outcome = std::make_shared<ServerReply>();
  host_.run_handler(
      [self = shared_from_this(), outcome] {
        const auto& incoming = *self->incoming_;
        const bool known = base::method_named(incoming.method).has_value();
        *outcome = known ? self->host_.handler(incoming.request)
                         : self->host_.options.other_method(incoming.method, incoming.request);
      },
      [self = shared_from_this(), outcome] { self->reply(outcome); });
}

void Session::reply(const std::shared_ptr<ServerReply>& reply) {
  if (phase_ != Phase::Handling) return;
  if (reply->delay.count() > 0) {
    timer_.expires_after(std::exchange(reply->delay, std::chrono::milliseconds{0}));
    timer_.async_wait([self = shared_from_this(), reply](const boost::system::error_code& error) {
      if (!error) self->reply(reply);
    });
    return;
  }
  if (reply->drop) {
    close();
    return;
  }
  answer(std::move(reply->response));
}

void Session::answer(Response response) {
  phase_ = Phase::Writing;
  if (host_.options.compress && response.body.size() > kCompressOver && offers_gzip(incoming_->request) &&
      !find_header(response.headers, "content-encoding")) {
    response.body = gzip(response.body);
    response.headers.emplace_back("Content-Encoding", "gzip");
  }
  last_ = last_ || (host_.options.close_on_error && response.status >= 400);
  outbox_ = "HTTP/1.1 " + std::to_string(response.status) + " " + one_line(response.reason) + "\r\n";
  for (const auto& [name, value] : response.headers)
    outbox_ += one_line(name) + ": " + one_line(value) + "\r\n";
  outbox_ += last_ ? "Connection: close\r\n" : "Connection: Keep-Alive\r\n";
  const bool bodiless = response.status == 204 || response.status == 304;
  if (!bodiless) outbox_ += "Content-Length: " + std::to_string(response.body.size()) + "\r\n";
  outbox_ += "\r\n";
  if (!bodiless && incoming_->method != "HEAD") outbox_ += response.body;
  sent_ = 0;
  limit(std::chrono::seconds{60});
  write();
}

void Session::write() {
  while (phase_ == Phase::Writing && sent_ < outbox_.size()) {
    const auto step = stream_->write(outbox_.data() + sent_, outbox_.size() - sent_);
    if (step.state == Stream::State::WantRead || step.state == Stream::State::WantWrite) {
      stream_->wait(step.state, [self = shared_from_this()] { self->write(); });
      return;
    }
    if (step.state != Stream::State::Done) {
      close();
      return;
    }
    sent_ += step.bytes;
  }
  outbox_.clear();
  if (!last_) {
    next_request();
    return;
  }
  // Closing with unread bytes would reset the connection and could take the answer with it.
  phase_ = Phase::Draining;
  stream_->finish();
  limit(kDrain);
  drain();
}

void Session::drain() {
  std::array<char, 4096> rest;
  for (;;) {
    const auto step = stream_->read(rest.data(), rest.size());
    if (step.state == Stream::State::WantRead) {
      stream_->wait(step.state, [self = shared_from_this()] { self->drain(); });
      return;
    }
    if (step.state != Stream::State::Done) break;
  }
  close();
}

}  // namespace net
