#include "net/connect.h"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <boost/asio/error.hpp>
#include <boost/asio/ip/address.hpp>
#include <chrono>
#include <utility>

#include "base/text.h"

namespace net {
namespace {

constexpr std::size_t kTunnelAnswer = 16'384;

std::string base64(const std::string& text) {
  std::string out((text.size() + 2) / 3 * 4 + 1, '\0');
  const int length =
      EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                      reinterpret_cast<const unsigned char*>(text.data()), static_cast<int>(text.size()));
  out.resize(static_cast<std::size_t>(length));
  return out;
}

std::string seconds(std::chrono::milliseconds time) {
  std::string text = std::to_string(time.count() / 1000);
  if (time.count() % 1000 != 0) return std::to_string(time.count()) + " ms";
  return text + " s";
}

Failure::Kind kind_of(const boost::system::error_code& error) {
  if (error == boost::asio::error::connection_refused) return Failure::Kind::Refused;
  if (error == boost::asio::error::timed_out || error == boost::asio::error::operation_aborted)
    return Failure::Kind::ConnectTimeout;
  return Failure::Kind::Unreachable;
}

std::string words_of(const boost::system::error_code& error) {
  if (error == boost::asio::error::operation_aborted) return "no answer";
  return base::lower_ascii(error.message());
}

}  // namespace

Route::Route(boost::asio::io_context& context, const ClientOptions& settings)
    : io(context),
      options(settings),
      trust{settings.verify, settings.ca_file, settings.fingerprints},
      names(context, settings.proxy ? settings.proxy->host : settings.url.host, settings.lookup) {}

std::expected<SSL_CTX*, std::string> Route::tls_context() {
  if (!context_) {
    auto made = client_context(trust);
    if (!made) return std::unexpected(made.error());
    context_ = std::move(*made);
  }
  return context_.get();
}

Connector::Connector(Route& route, Done done)
    : route_(route), done_(std::move(done)), timer_(route.io), attempt_timer_(route.io), socket_(route.io) {}

void Connector::start() {
  limit_kind_ = Failure::Kind::Dns;
  limit("the look-up of '" + route_.names.host() + "' took over ");
  route_.names.find([weak = weak_from_this()](const Addresses& addresses) {
    if (const auto self = weak.lock(); self && self->done_) self->found(addresses);
  });
}

void Connector::cancel() {
  done_ = nullptr;
  timer_.cancel();
  attempt_timer_.cancel();
  boost::system::error_code ignored;
  socket_.close(ignored);
  if (stream_) stream_->close();
}

// What is going on, should the time run out; starts the time anew.
void Connector::limit(std::string what) {
  limit_text_ = std::move(what) + seconds(route_.options.connect_timeout);
  timer_.expires_after(route_.options.connect_timeout);
  timer_.async_wait([weak = weak_from_this()](const boost::system::error_code& error) {
    const auto self = weak.lock();
    if (!error && self && self->done_ && self->timer_.expiry() <= std::chrono::steady_clock::now())
      self->fail(self->limit_kind_, self->limit_text_);
  });
}

void Connector::found(const Addresses& addresses) {
  if (!addresses) {
    fail(Failure::Kind::Dns, "'" + route_.names.host() + "' does not resolve: " + addresses.error());
    return;
  }
  const std::uint16_t port = route_.options.proxy ? route_.options.proxy->port : route_.options.url.port;
  for (const auto& text : *addresses) {
    boost::system::error_code error;
    const auto address = boost::asio::ip::make_address(text, error);
    if (!error) endpoints_.emplace_back(address, port);
  }
  // The look-up's time counts: it and the connection share one limit.
  limit_kind_ = Failure::Kind::ConnectTimeout;
  limit_text_ = "no TCP connection within " + seconds(route_.options.connect_timeout);
  next_address();
}

void Connector::next_address() {
  boost::system::error_code ignored;
  socket_.close(ignored);
  if (next_ == endpoints_.size()) {
    route_.names.forget();
    const std::vector<std::string_view> parts(complaints_.begin(), complaints_.end());
    fail(complaint_kind_, complaints_.empty() ? "the name has no usable address" : base::join(parts, "; "));
    return;
  }
  const auto left = timer_.expiry() - std::chrono::steady_clock::now();
  const auto share = left / static_cast<int>(endpoints_.size() - next_);
  const auto endpoint = endpoints_[next_++];
  if (next_ < endpoints_.size()) {
    attempt_timer_.expires_after(std::max<std::chrono::steady_clock::duration>(share, {}));
    attempt_timer_.async_wait([self = shared_from_this()](const boost::system::error_code& error) {
      boost::system::error_code unimportant;
      // The timer may have been set anew after this wait was already due.
      const bool due = self->attempt_timer_.expiry() <= std::chrono::steady_clock::now();
      if (!error && due && self->done_ && !self->stream_) self->socket_.close(unimportant);
    });
  }
  socket_.async_connect(endpoint, [self = shared_from_this()](const boost::system::error_code& error) {
    if (!self->done_) return;
    self->attempt_timer_.cancel();
    if (error) {
      self->attempt_failed(error);
    } else {
      self->connected();
    }
  });
}

void Connector::attempt_failed(const boost::system::error_code& error) {
  const auto kind = kind_of(error);
  // Prefers a refusal over other failures, because it shows that the host is up.
  if (complaints_.empty() || kind == Failure::Kind::Refused) complaint_kind_ = kind;
  if (complaints_.size() < 4)
    complaints_.push_back(endpoints_[next_ - 1].address().to_string() + ": " + words_of(error));
  next_address();
}

void Connector::connected() {
  stream_ = std::make_unique<Stream>(std::move(socket_));
  if (route_.options.proxy) {
    tunnel();
  } else {
    secure();
  }
}

void Connector::tunnel() {
  limit_kind_ = Failure::Kind::Proxy;
  limit("the proxy opened no tunnel within ");
  const std::string target = route_.options.url.authority();
  outbox_ = "CONNECT " + target + " HTTP/1.1\r\nHost: " + target + "\r\n";
  if (!route_.options.proxy->credentials.empty())
    outbox_ += "Proxy-Authorization: Basic " + base64(route_.options.proxy->credentials) + "\r\n";
  outbox_ += "\r\n";
  send_tunnel_request();
}

void Connector::send_tunnel_request() {
  while (!outbox_.empty()) {
    const auto step = stream_->write(outbox_.data(), outbox_.size());
    if (step.state == Stream::State::WantWrite) {
      stream_->wait(step.state, [self = shared_from_this()] { self->send_tunnel_request(); });
      return;
    }
    if (step.state != Stream::State::Done) {
      fail(Failure::Kind::Proxy, "the proxy broke the connection");
      return;
    }
    outbox_.erase(0, step.bytes);
  }
  read_tunnel_answer();
}

void Connector::read_tunnel_answer() {
  std::array<char, 2048> buffer;
  while (inbox_.find("\r\n\r\n") == std::string::npos) {
    const auto step = stream_->read(buffer.data(), buffer.size());
    if (step.state == Stream::State::WantRead) {
      stream_->wait(step.state, [self = shared_from_this()] { self->read_tunnel_answer(); });
      return;
    }
    if (step.state != Stream::State::Done || inbox_.size() > kTunnelAnswer) {
      fail(Failure::Kind::Proxy, "the proxy gave no answer to CONNECT");
      return;
    }
    inbox_.append(buffer.data(), step.bytes);
  }
  const std::string_view line = std::string_view(inbox_).substr(0, inbox_.find("\r\n"));
  const bool http = line.starts_with("HTTP/1.") && line.size() >= 12;
  if (!http || line[9] != '2') {
    fail(Failure::Kind::Proxy, "the proxy answered '" + base::printable(http ? line.substr(9) : line, 100) +
                                   "' to CONNECT " + route_.options.url.authority());
    return;
  }
  secure();
}

void Connector::secure() {
  if (!route_.options.url.tls) {
    settle();
    return;
  }
  limit_kind_ = Failure::Kind::ConnectTimeout;
  limit("connected, but no TLS handshake within ");
  const auto context = route_.tls_context();
  if (!context) {
    fail(Failure::Kind::Tls, context.error());
    return;
  }
  if (!stream_->start_tls(*context, false) || !expect_host(stream_->session(), route_.options.url.host)) {
    fail(Failure::Kind::Tls, "TLS cannot be set up for this host name");
    return;
  }
  shake_hands();
}

void Connector::shake_hands() {
  const auto step = stream_->handshake();
  switch (step.state) {
    case Stream::State::WantRead:
    case Stream::State::WantWrite:
      stream_->wait(step.state, [self = shared_from_this()] { self->shake_hands(); });
      return;
    case Stream::State::Done:
      break;
    case Stream::State::End:
    case Stream::State::Broken:
      fail(Failure::Kind::Tls, step.state == Stream::State::End
                                   ? "the connection was closed during the handshake"
                                   : stream_->reason());
      return;
  }
  const auto judgement = judge(stream_->session(), route_.trust);
  fingerprint_ = judgement.fingerprint;
  if (!judgement.objection.empty()) {
    fail(Failure::Kind::Certificate, judgement.objection, judgement.fingerprint);
    return;
  }
  settle();
}

void Connector::settle() { finish(Connection{std::move(stream_), fingerprint_}); }

void Connector::fail(Failure::Kind kind, std::string detail, std::string fingerprint) {
  const bool before_tunnel = kind == Failure::Kind::Dns || kind == Failure::Kind::Refused ||
                             kind == Failure::Kind::Unreachable ||
                             (kind == Failure::Kind::ConnectTimeout && !stream_);
  if (route_.options.proxy && before_tunnel) {
    kind = Failure::Kind::Proxy;
    detail = "the proxy " + route_.options.proxy->host + " cannot be reached: " + detail;
  }
  finish(std::unexpected(Failure{kind, std::move(detail), true, std::move(fingerprint)}));
}

void Connector::finish(std::expected<Connection, Failure> result) {
  const auto self = shared_from_this();
  const Done done = std::exchange(done_, nullptr);
  cancel();
  if (done) done(std::move(result));
}

}  // namespace net
