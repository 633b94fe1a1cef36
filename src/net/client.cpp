#include "net/client.h"

#include <openssl/ssl.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <exception>
#include <future>
#include <thread>
#include <utility>

#include "net/encoding.h"
#include "net/pool.h"
#include "net/thread.h"

namespace net {
namespace {

Failure cancelled() { return {Failure::Kind::Cancelled, "cancelled", true, {}}; }

std::expected<Response, Failure> decoded(std::expected<Response, Failure> result, std::size_t limit) {
  if (!result) return result;
  const auto coding = find_header(result->headers, "content-encoding");
  if (!coding) return result;
  auto body = decode_body(*coding, std::move(result->body), limit);
  if (!body) return std::unexpected(Failure{Failure::Kind::Protocol, body.error(), false, {}});
  result->body = std::move(*body);
  return result;
}

}  // namespace

struct Client::State {
  explicit State(const ClientOptions& options)
      : guard(io.get_executor()),
        route(io, options),
        pool(io, route),
        thread(quiet_thread([this] { io.run(); })) {}
  ~State() {
    boost::asio::post(io, [this] {
      pool.close();
      io.stop();
    });
    thread.join();
  }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  // The hint of 1: only the one I/O thread runs it.
  boost::asio::io_context io{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> guard;
  Route route;
  Pool pool;
  std::thread thread;
};

Client::Client(ClientOptions options) : options_(std::move(options)) {}

Client::~Client() = default;

Client::State& Client::state() {
  std::call_once(once_, [this] { state_ = std::make_unique<State>(options_); });
  return *state_;
}

std::expected<Response, Failure> Client::send(const Request& request, const SendOptions& options) {
  if (options.stop.stop_requested()) return std::unexpected(cancelled());
  auto wire = wire_form(request, options_);
  if (!wire) return std::unexpected(std::move(wire.error()));
  try {
    State& at = state();
    // Shared, because the I/O thread may still be inside set_value() when this thread has the value.
    const auto promise = std::make_shared<std::promise<std::expected<Response, Failure>>>();
    auto future = promise->get_future();
    const bool repeatable = request.method == base::Method::Get;
    const auto job = std::make_shared<Job>(
        at.io, std::move(*wire), repeatable, options.timeout,
        [promise](std::expected<Response, Failure> result) { promise->set_value(std::move(result)); });
    boost::asio::post(at.io, [&at, job] { at.pool.submit(job); });
    const std::stop_callback on_stop(
        options.stop, [&at, job] { boost::asio::post(at.io, [&at, job] { at.pool.cancel(job); }); });
    return decoded(future.get(), options_.max_body);
  } catch (const std::exception& error) {
    return std::unexpected(Failure{Failure::Kind::Unreachable, error.what(), false, {}});
  }
}

void Client::start(const Request& request, const SendOptions& options,
                   std::function<void(std::expected<Response, Failure>)> done) {
  auto wire = wire_form(request, options_);
  State& at = state();
  if (!wire) {
    boost::asio::post(at.io, [failure = std::move(wire.error()), done = std::move(done)] {
      done(std::unexpected(failure));
    });
    return;
  }
  const auto job = std::make_shared<Job>(
      at.io, std::move(*wire), request.method == base::Method::Get, options.timeout,
      [limit = options_.max_body, done = std::move(done)](std::expected<Response, Failure> result) {
        done(decoded(std::move(result), limit));
      });
  boost::asio::post(at.io, [&at, job] { at.pool.submit(job); });
}

std::expected<std::string, Failure> Client::probe(const SendOptions& options) {
  auto facts = inspect(options);
  if (!facts) return std::unexpected(std::move(facts.error()));
  return std::move(facts->fingerprint);
}

std::expected<CertificateFacts, Failure> Client::inspect(const SendOptions& options) {
  using Result = std::expected<CertificateFacts, Failure>;
  if (options.stop.stop_requested()) return std::unexpected(cancelled());
  try {
    State& at = state();
    struct Answer {
      std::promise<Result> promise;
      bool told = false;  // touched on the I/O thread only
    };
    const auto answer = std::make_shared<Answer>();
    auto future = answer->promise.get_future();
    const auto tell = [answer](Result result) {
      if (!std::exchange(answer->told, true)) answer->promise.set_value(std::move(result));
    };
    const auto connector =
        std::make_shared<Connector>(at.route, [tell](std::expected<Connection, Failure> result) {
          if (result) {
            const bool tls = result->stream->tls();
            tell(tls ? facts_of(SSL_get0_peer_certificate(result->stream->session())) : CertificateFacts{});
          } else {
            tell(std::unexpected(std::move(result.error())));
          }
        });
    boost::asio::post(at.io, [connector] { connector->start(); });
    const std::stop_callback on_stop(options.stop, [&at, connector, tell] {
      boost::asio::post(at.io, [connector, tell] {
        connector->cancel();
        tell(std::unexpected(cancelled()));
      });
    });
    return future.get();
  } catch (const std::exception& error) {
    return std::unexpected(Failure{Failure::Kind::Unreachable, error.what(), true, {}});
  }
}

}  // namespace net
