#include "net/server.h"

#include <algorithm>
#include <atomic>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <future>
#include <mutex>
#include <optional>
#include <set>
#include <thread>
#include <utility>
#include <vector>

#include "net/blocking.h"
#include "net/session.h"
#include "net/thread.h"

namespace net {
namespace asio = boost::asio;
using tcp = asio::ip::tcp;

namespace {

/// Newcomers over the limit that are being told so; more are closed without a word.
constexpr std::size_t kTurnedAway = 64;

}  // namespace

ServerOptions pveproxy_options() {
  ServerOptions options;
  options.max_body = 524'288;
  options.max_head = 8'192;
  options.max_requests = 100;
  options.max_connections = 0;
  options.idle_limit = std::chrono::seconds(5);
  options.pveproxy.emplace();
  return options;
}

struct Server::State final : SessionHost {
  State(ServerOptions settings, Serve function)
      : SessionHost(std::move(settings), std::move(function)), acceptor(io), pause(io) {
    door = std::make_shared<Door>(io);
  }

  void accept() {
    acceptor.async_accept([this](const boost::system::error_code& error, tcp::socket socket) {
      if (!acceptor.is_open()) return;
      if (!error) {
        admit(std::move(socket));
        return accept();
      }
      // Out of descriptors, most likely: trying again at once would only burn time.
      pause.expires_after(std::chrono::milliseconds(100));
      pause.async_wait([this](const boost::system::error_code& stopped) {
        if (!stopped && acceptor.is_open()) accept();
      });
    });
  }

  void admit(tcp::socket socket) {
    ++accepted;
    const auto session = std::make_shared<Session>(*this, io, std::move(socket));
    const bool room = make_room(options.max_per_address, session->address()) &&
                      make_room(options.max_connections, std::nullopt);
    if (!room && turned_away == kTurnedAway) return;
    sessions.insert(session);
    if (room) return session->start();
    ++turned_away;
    session->turn_away();
  }

  // Whether one more fits beside those of the address, or beside all. Idle connections do not always go
  // first: a client that has just connected would then be closed before one that holds on to half a request.
  bool make_room(std::size_t limit, const std::optional<std::string>& address) {
    if (limit == 0 || sessions.size() < limit) return true;
    std::size_t count = 0;
    std::shared_ptr<Session> slowest;
    for (const auto& session : sessions) {
      if (session->turned_away() || (address && session->address() != *address)) continue;
      ++count;
      if (session->waits() && slower(session, slowest)) slowest = session;
    }
    if (count < limit) return true;
    if (!slowest) return false;
    slowest->time_out();
    slowest->close();
    return true;
  }

  // Notable is half of the average: that finds one always, leaves small requests alone where somebody hoards,
  // and spares a large one among many who hold less each.
  std::shared_ptr<Session> slowest_body() const override {
    std::size_t bytes = 0;
    std::size_t count = 0;
    for (const auto& session : sessions) {
      bytes += session->unfinished_body();
      if (session->unfinished_body() > 0) ++count;
    }
    std::shared_ptr<Session> slowest;
    for (const auto& session : sessions) {
      const auto held = session->unfinished_body();
      if (held > 0 && held >= bytes / count / 2 && slower(session, slowest)) slowest = session;
    }
    return slowest;
  }

  static bool slower(const std::shared_ptr<Session>& one, const std::shared_ptr<Session>& other) {
    return !other || one->waits_since() < other->waits_since();
  }

  void close_idle() {
    const auto present = sessions;
    for (const auto& session : present) {
      if (session->idle()) session->close();
    }
  }

  void close_all() {
    stop_accepting();
    const auto present = std::exchange(sessions, {});
    for (const auto& session : present) session->close();
  }

  void stop_accepting() {
    boost::system::error_code ignored;
    acceptor.close(ignored);
    pause.cancel();
  }

  void ended(const std::shared_ptr<Session>& session) override {
    if (session->turned_away()) --turned_away;
    sessions.erase(session);
    if (!sessions.empty()) return;
    for (const auto& drained : std::exchange(drains, {})) drained->set_value();
  }

  std::shared_ptr<SSL_CTX> tls() const override {
    const std::scoped_lock lock(context_mutex);
    return context;
  }

  std::expected<void, std::string> use(const std::string& certificate_pem, const std::string& key_pem) {
    auto made = server_context(certificate_pem, key_pem);
    if (!made) return std::unexpected(made.error());
    const std::scoped_lock lock(context_mutex);
    context = std::move(*made);
    return {};
  }

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
  /// The thread goes on when the last connection has ended.
  asio::executor_work_guard<asio::io_context::executor_type> work{io.get_executor()};
  tcp::acceptor acceptor;
  asio::steady_timer pause;
  mutable std::mutex context_mutex;
  std::shared_ptr<SSL_CTX> context;
  std::uint16_t bound = 0;
  std::atomic<std::uint64_t> accepted{0};
  std::set<std::shared_ptr<Session>> sessions;
  std::size_t turned_away = 0;
  std::vector<std::shared_ptr<std::promise<void>>> drains;  ///< that wait for the last session
  std::optional<asio::thread_pool> workers;
  std::thread thread;
};

std::expected<std::unique_ptr<Server>, std::string> Server::start(ServerOptions options, Serve serve) {
  return run(std::make_unique<State>(std::move(options), std::move(serve)));
}

std::expected<std::unique_ptr<Server>, std::string> Server::start(ServerOptions options, Handler handler) {
  const SignalsBlocked blocked;
  auto state = std::make_unique<State>(std::move(options), Serve{});
  const auto& pveproxy = state->options.pveproxy;
  state->workers.emplace(state->options.workers);
  state->serve = on_workers(*state->workers, state->io, std::move(handler), pveproxy && pveproxy->compress);
  return run(std::move(state));
}

std::expected<std::unique_ptr<Server>, std::string> Server::run(std::unique_ptr<State> state) {
  const auto& options = state->options;
  if (!options.certificate_pem.empty()) {
    if (auto used = state->use(options.certificate_pem, options.key_pem); !used)
      return std::unexpected(used.error());
  }
  if (auto listening = state->listen(); !listening) return std::unexpected(listening.error());
  state->accept();
  state->thread = quiet_thread([at = state.get()] { at->io.run(); });
  return std::unique_ptr<Server>(new Server(std::move(state)));
}

Server::Server(std::unique_ptr<State> state) : state_(std::move(state)) {}

Server::~Server() {
  asio::post(state_->io, [at = state_.get()] {
    at->close_all();
    at->io.stop();
  });
  state_->thread.join();
  if (state_->workers) state_->workers->join();
  state_->door->shut();
}

std::uint16_t Server::port() const { return state_->bound; }

std::uint64_t Server::connections() const { return state_->accepted; }

void Server::close_idle() {
  std::promise<void> done;
  asio::post(state_->io, [&] {
    state_->close_idle();
    done.set_value();
  });
  done.get_future().wait();
}

std::expected<void, std::string> Server::use_certificate(const std::string& certificate_pem,
                                                         const std::string& key_pem) {
  if (!state_->tls()) return std::unexpected("the server serves plain HTTP and uses no certificate.");
  return state_->use(certificate_pem, key_pem);
}

bool Server::drain(std::chrono::milliseconds limit, const std::function<void()>& end_streams) {
  const auto ended = std::make_shared<std::promise<void>>();
  auto future = ended->get_future();
  asio::post(state_->io, [at = state_.get(), ended, end_streams] {
    at->stop_accepting();
    at->door->draining = true;
    if (end_streams) end_streams();
    at->close_idle();
    if (at->sessions.empty()) return ended->set_value();
    at->drains.push_back(ended);
  });
  return future.wait_for(limit) == std::future_status::ready;
}

}  // namespace net
