#include "net/server.h"

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <future>
#include <set>
#include <thread>
#include <utility>

#include "net/session.h"
#include "net/thread.h"

namespace net {
namespace asio = boost::asio;
using tcp = asio::ip::tcp;

struct Server::State final : SessionHost {
  State(ServerOptions settings, Handler function)
      : SessionHost{std::move(settings), std::move(function)},
        acceptor(io),
        pause(io),
        workers(options.workers) {}

  void accept() {
    acceptor.async_accept([this](const boost::system::error_code& error, tcp::socket socket) {
      if (closing) return;
      if (!error) {
        ++accepted;
        const auto session =
            std::make_shared<Session>(*this, io, std::make_unique<Stream>(std::move(socket)));
        sessions.insert(session);
        session->start();
      }
      if (error) {
        // Out of descriptors, most likely: trying again at once would only burn time.
        pause.expires_after(std::chrono::milliseconds(100));
        pause.async_wait([this](const boost::system::error_code& stopped) {
          if (!stopped && !closing) accept();
        });
        return;
      }
      accept();
    });
  }

  void run_handler(std::function<void()> work, std::function<void()> then) override {
    asio::post(workers, [this, work = std::move(work), then = std::move(then)] {
      work();
      asio::post(io, then);
    });
  }
  void ended(const std::shared_ptr<Session>& session) override { sessions.erase(session); }
  SSL_CTX* tls() const override { return context.get(); }

  std::expected<void, std::string> listen() {
    const auto complain = [&](const std::string& reason) {
      return std::unexpected("cannot listen on " + options.address + ":" + std::to_string(options.port) +
                             ": " + reason);
    };
    boost::system::error_code error;
    const auto address =
        asio::ip::make_address(options.address == "localhost" ? "127.0.0.1" : options.address, error);
    if (error) return complain("not an IP address");
    const tcp::endpoint endpoint(address, options.port);
    acceptor.open(endpoint.protocol(), error);
    if (!error) acceptor.set_option(asio::socket_base::reuse_address(true), error);
    if (!error) acceptor.bind(endpoint, error);
    if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
    if (error) return complain(error.message());
    bound = acceptor.local_endpoint(error).port();
    return {};
  }

  asio::io_context io{1};
  tcp::acceptor acceptor;
  asio::steady_timer pause;
  TlsContext context;
  std::uint16_t bound = 0;
  std::atomic<std::uint64_t> accepted{0};
  bool closing = false;
  std::set<std::shared_ptr<Session>> sessions;
  asio::thread_pool workers;
  std::thread thread;
};

std::expected<std::unique_ptr<Server>, std::string> Server::start(ServerOptions options, Handler handler) {
  const SignalsBlocked blocked;
  auto state = std::make_unique<State>(std::move(options), std::move(handler));
  if (!state->options.certificate_pem.empty()) {
    auto context = server_context(state->options.certificate_pem, state->options.key_pem);
    if (!context) return std::unexpected(context.error());
    state->context = std::move(*context);
  }
  if (auto listening = state->listen(); !listening) return std::unexpected(listening.error());
  state->accept();
  state->thread = quiet_thread([at = state.get()] { at->io.run(); });
  return std::unique_ptr<Server>(new Server(std::move(state)));
}

Server::Server(std::unique_ptr<State> state) : state_(std::move(state)) {}

Server::~Server() {
  asio::post(state_->io, [at = state_.get()] {
    at->closing = true;
    boost::system::error_code ignored;
    at->acceptor.close(ignored);
    const auto sessions = std::exchange(at->sessions, {});
    for (const auto& session : sessions) session->close();
    at->io.stop();
  });
  state_->thread.join();
  state_->workers.join();
}

std::uint16_t Server::port() const { return state_->bound; }

std::uint64_t Server::connections() const { return state_->accepted; }

void Server::close_idle() {
  std::promise<void> done;
  asio::post(state_->io, [&] {
    const auto sessions = state_->sessions;
    for (const auto& session : sessions) {
      if (session->idle()) session->close();
    }
    done.set_value();
  });
  done.get_future().wait();
}

}  // namespace net
