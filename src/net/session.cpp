#include "net/session.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <array>
#include <utility>

namespace net {
namespace {

constexpr int kTlsHandshake = 0x16;
constexpr std::size_t kReadSize = 16'384;
constexpr std::size_t kKeptBuffer = 16'384;
/// Reads in a row before others get their turn.
constexpr int kReadsInTurn = 16;
/// For a peer to notice the end, and for one that still sends what was refused to see why.
constexpr std::chrono::milliseconds kLinger{1'000};
constexpr std::chrono::milliseconds kLongLinger{10'000};

bool wants(Stream::State state) {
  return state == Stream::State::WantRead || state == Stream::State::WantWrite;
}

struct Peer {
  std::string address;
  std::string text;
};

Peer peer_of(const boost::asio::ip::tcp::socket& socket) {
  namespace ip = boost::asio::ip;
  boost::system::error_code error;
  const auto endpoint = socket.remote_endpoint(error);
  if (error) return {};
  auto address = endpoint.address();
  if (address.is_v6() && address.to_v6().is_v4_mapped())
    address = ip::make_address_v4(ip::v4_mapped, address.to_v6());
  const auto text = address.to_string();
  const auto port = ":" + std::to_string(endpoint.port());
  return {text, (address.is_v6() ? "[" + text + "]" : text) + port};
}

/// A peer whose network is gone does not fill what the system buffers for it for a long time.
void limit_unacknowledged(boost::asio::ip::tcp::socket& socket, std::chrono::milliseconds time) {
  const auto limit = static_cast<unsigned>(time.count());
  ::setsockopt(socket.native_handle(), IPPROTO_TCP, TCP_USER_TIMEOUT, &limit, sizeof limit);
}

}  // namespace

Session::Session(SessionHost& host, boost::asio::io_context& io, boost::asio::ip::tcp::socket socket)
    : host_(host), timer_(io), waits_since_(Clock::now()), reader_(host.options) {
  auto peer = peer_of(socket);
  address_ = std::move(peer.address);
  peer_ = std::move(peer.text);
  limit_unacknowledged(socket, host.options.stall_limit);
  stream_ = std::make_unique<Stream>(std::move(socket));
}

Session::~Session() = default;

bool Session::idle() const {
  const bool waits = phase_ == Phase::Reading && reader_.idle();
  return waits || phase_ == Phase::Greeting || phase_ == Phase::Lingering;
}

void Session::start() {
  limit(host_.options.pveproxy ? host_.options.idle_limit : host_.options.handshake_limit);
  greet();
}

void Session::turn_away() {
  turned_away_ = true;
  start();
}

void Session::close() {
  if (phase_ == Phase::Closed) return;
  phase_ = Phase::Closed;
  forget_body();
  unlimited();
  stream_->close();
  const auto self = shared_from_this();
  host_.ended(self);
  if (const auto outgoing = std::exchange(outgoing_, {})) outgoing->peer_gone();
}

void Session::limit(std::chrono::milliseconds time) {
  timer_.expires_after(time);
  timer_.async_wait([self = shared_from_this()](const boost::system::error_code& error) {
    if (!error && self->timer_.expiry() <= Clock::now()) self->time_out();
  });
}

// An expiry that is under way already must not count either, so cancelling would not do.
void Session::unlimited() { timer_.expires_at(Clock::time_point::max()); }

void Session::time_out() {
  const bool started = phase_ == Phase::Reading && (head_pending_ || in_body_);
  if (started && !host_.options.pveproxy) {
    refuse({408, "Request Timeout"});
  } else {
    close();
  }
}

void Session::wait(Stream::State want) {
  bool& armed = want == Stream::State::WantWrite ? write_armed_ : read_armed_;
  if (std::exchange(armed, true)) return;
  stream_->wait(want, [self = shared_from_this(), &armed] {
    armed = false;
    self->advance();
  });
}

// Not by waiting for the socket: what TLS has read ahead does not make it readable.
void Session::yield() {
  host_.door->post([self = shared_from_this()] { self->advance(); });
}

void Session::advance() {
  switch (phase_) {
    case Phase::Greeting:
      // Woken without a byte: the peer has closed.
      if (stream_->peek() < 0) return close();
      return greet();
    case Phase::Handshake:
      return shake_hands();
    case Phase::Reading:
      if (!outbox_.empty() && !push() && phase_ != Phase::Reading) return;
      return read();
    case Phase::Answering:
      send();
      return watch();
    case Phase::Lingering:
      return discard();
    case Phase::Closed:
      return;
  }
}

void Session::greet() {
  const auto context = host_.tls();
  if (!context) return next_request();
  const int first = stream_->peek();
  if (first < 0) return wait(Stream::State::WantRead);
  plain_on_tls_ = first != kTlsHandshake;
  if (plain_on_tls_) return next_request();
  if (!stream_->start_tls(context.get(), true)) return close();
  phase_ = Phase::Handshake;
  shake_hands();
}

void Session::shake_hands() {
  const auto step = stream_->handshake();
  if (wants(step.state)) return wait(step.state);
  if (step.state != Stream::State::Done) return close();
  next_request();
}

void Session::next_request() {
  if (turned_away_) {
    auto response = refusal_response({503, "Service Unavailable", "Too many connections.\n"});
    response.headers.emplace_back("Retry-After", "5");
    return say_last(response);
  }
  if (host_.door->draining && reader_.idle()) return close();
  phase_ = Phase::Reading;
  head_pending_ = in_body_ = false;
  waits_since_ = Clock::now();
  limit(host_.options.idle_limit);
  read();
}

void Session::read() {
  for (int turn = 0; phase_ == Phase::Reading; ++turn) {
    if (!consume()) return;
    if (turn == kReadsInTurn) return yield();
    std::array<char, kReadSize> bytes;
    const auto step = stream_->read(bytes.data(), bytes.size());
    if (wants(step.state)) return wait(step.state);
    if (step.state != Stream::State::Done) return close();
    reader_.feed({bytes.data(), step.bytes});
  }
}

// False when all connections together hold too much and none of the others is to give way: then this one has
// been told so.
bool Session::count_body() {
  host_.bodies += reader_.body_room() - counted_;
  counted_ = reader_.body_room();
  if (counted_ == 0 || host_.options.max_bodies == 0) return true;
  while (host_.bodies > host_.options.max_bodies) {
    const auto slowest = host_.slowest_body();
    if (!slowest || slowest.get() == this) {
      refuse({503, "Service Unavailable"});
      return false;
    }
    slowest->time_out();
  }
  return true;
}

void Session::forget_body() { host_.bodies -= std::exchange(counted_, 0); }

// True when the request needs more bytes.
bool Session::consume() {
  for (;;) {
    switch (reader_.step()) {
      case HttpReader::Step::Head:
        head_pending_ = false;
        in_body_ = true;
        if (!host_.options.pveproxy) limit(host_.options.body_limit);
        if (plain_on_tls_) {
          redirect();
          return false;
        }
        continue;
      case HttpReader::Step::Done:
        in_body_ = false;
        if (!count_body()) return false;
        dispatch();
        return false;
      case HttpReader::Step::Refused:
        refuse(reader_.refusal());
        return false;
      case HttpReader::Step::More:
        break;
    }
    if (!count_body()) return false;
    if (!in_body_ && !head_pending_ && !reader_.idle() && !host_.options.pveproxy) {
      head_pending_ = true;
      waits_since_ = Clock::now();
      limit(host_.options.head_limit);
    }
    if (in_body_ && reader_.wants_continue()) continue_please();
    return phase_ == Phase::Reading;
  }
}

void Session::continue_please() {
  outbox_ += "HTTP/1.1 100 Continue\r\n\r\n";
  push();
}

void Session::redirect() {
  const auto& request = reader_.head();
  if (!host_.options.pveproxy)
    return refuse({400, "Bad Request", "This port speaks HTTPS, the request came in plain HTTP.\n"});
  const bool simple = request.verb == "GET" || request.verb == "HEAD";
  Response response{simple ? 301U : 308U, simple ? "Moved Permanently" : "Permanent Redirect", {}, {}};
  const std::string host(find_header(request.headers, "host").value_or("localhost"));
  response.headers.emplace_back("Location", "https://" + host + request.target);
  say_last(response);
}

void Session::refuse(const Refusal& refusal) {
  if (refusal.status == 0) return close();
  say_last(refusal_response(refusal));
}

Response Session::refusal_response(const Refusal& refusal) const {
  Response response{refusal.status, refusal.reason, {}, refusal.body};
  if (const auto& body = host_.options.refusal_body) {
    auto sentence = refusal.body.empty() ? refusal.reason + "." : refusal.body;
    while (sentence.ends_with('\n')) sentence.pop_back();
    response.body = body(refusal.status, sentence);
  }
  if (!response.body.empty())
    response.headers.emplace_back("Content-Type",
                                  host_.options.refusal_body ? "application/json" : "text/plain");
  return response;
}

// An answer of the server itself, after which nothing the peer sends is understood.
void Session::say_last(const Response& response) {
  refused_ = true;
  phase_ = Phase::Answering;
  unlimited();
  outbox_ += write_head(response, Framing::Length, true);
  if (reader_.head().verb != "HEAD") outbox_ += response.body;
  reader_.drop_body();
  forget_body();
  send();
}

void Session::dispatch() {
  auto incoming = reader_.take();
  const auto& options = host_.options;
  phase_ = Phase::Answering;
  unlimited();
  ++served_;
  const AnswerTerms terms{
      .peer = peer_,
      .http10 = incoming.http10,
      .to_head = incoming.request.verb == "HEAD",
      .last = !incoming.keep_alive || (options.max_requests != 0 && served_ >= options.max_requests),
      .close_on_error = options.pveproxy && options.pveproxy->close_on_error,
      .max_pending = options.max_pending,
  };
  outgoing_ = std::make_shared<Outgoing>(terms, host_.door, [weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->send();
  });
  host_.serve(std::move(incoming.request), make_responder(outgoing_));
  watch();
}

// Reads on while an answer is pending or on its way, to learn that the peer went.
void Session::watch() {
  while (phase_ == Phase::Answering && !peer_ended_) {
    if (reader_.unused() >= host_.options.max_head) return;
    std::array<char, kReadSize> bytes;
    const auto step = stream_->read(bytes.data(), bytes.size());
    if (wants(step.state)) return wait(step.state);
    if (step.state == Stream::State::Broken) return close();
    if (step.state == Stream::State::End) {
      peer_ended_ = true;
      if (outgoing_ && !outgoing_->complete()) close();
      return;
    }
    reader_.feed({bytes.data(), step.bytes});
  }
}

void Session::send() {
  while (phase_ == Phase::Answering) {
    if (outgoing_) {
      const auto stage = outgoing_->look();
      // A peer that takes nothing would not let push() find out.
      if (stage == Outgoing::Stage::Broken) return close();
      if (stage != Outgoing::Stage::Waiting) forget_body();
    }
    if (!push()) return;
    if (!outgoing_) return answered();
    const auto stage = outgoing_->take(outbox_);
    if (stage == Outgoing::Stage::Broken) return close();
    if (!outbox_.empty()) continue;
    if (stage == Outgoing::Stage::Complete) answered();
    return;
  }
}

// False when the rest has to wait, and when the connection is closed.
bool Session::push() {
  bool moved = false;
  while (sent_ < outbox_.size()) {
    const auto step = stream_->write(outbox_.data() + sent_, outbox_.size() - sent_);
    if (wants(step.state)) {
      // While a request is being read, its own limits run.
      if (phase_ == Phase::Answering && (moved || !stalled_)) {
        stalled_ = true;
        limit(host_.options.stall_limit);
      }
      wait(step.state);
      return false;
    }
    if (step.state != Stream::State::Done) {
      close();
      return false;
    }
    moved = true;
    sent_ += step.bytes;
    if (outgoing_) outgoing_->sent(step.bytes);
  }
  if (std::exchange(stalled_, false)) unlimited();
  sent_ = 0;
  outbox_.clear();
  if (outbox_.capacity() > kKeptBuffer) std::string().swap(outbox_);
  return true;
}

void Session::answered() {
  const bool last = refused_ || !outgoing_ || outgoing_->closes() || host_.door->draining;
  outgoing_.reset();
  if (peer_ended_) return close();
  if (!last) return next_request();
  linger(refused_ && !host_.options.pveproxy ? kLongLinger : kLinger);
}

// Closing with unread bytes would reset the connection and could take the answer with it.
void Session::linger(std::chrono::milliseconds time) {
  phase_ = Phase::Lingering;
  waits_since_ = Clock::now();
  stream_->finish();
  limit(time);
  discard();
}

void Session::discard() {
  std::array<char, kReadSize> bytes;
  for (int turn = 0; turn < kReadsInTurn; ++turn) {
    const auto step = stream_->read(bytes.data(), bytes.size());
    if (step.state == Stream::State::WantRead) return wait(step.state);
    if (step.state != Stream::State::Done) return close();
  }
  yield();
}

}  // namespace net
