#include "net/client.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <future>
#include <latch>
#include <stop_token>
#include <string>
#include <vector>

#include "net/calling.h"
#include "raw_server.h"

namespace {

using namespace std::chrono_literals;
using net::Client;
using net::Failure;
using net::Request;
using net::Response;
using test::echo;
using test::failure_of;
using test::get;
using test::Peer;
using test::RawServer;
using test::serve;
using test::to;

TEST(Limits, AnAnswerThatNeverComes) {
  std::latch release(1);
  std::atomic<bool> arrived = false;
  const auto server = serve([&](const Request& request) {
    arrived = true;
    release.wait();
    return echo(request);
  });
  Client client(to(server->port()));
  auto failure = failure_of(client, get(), {30ms, {}});
  // On a busy machine the time may have passed before the request was sent: then with more.
  for (auto limit = 60ms; !arrived; limit *= 2) failure = failure_of(client, get(), {limit, {}});
  EXPECT_KIND(failure, Timeout);
  EXPECT_FALSE(failure.nothing_sent);
  release.count_down();
}

TEST(Limits, WaitingForAFreeConnectionCounts) {
  std::latch release(1);
  std::latch arrived(1);
  const auto server = serve([&](const Request& request) {
    if (request.target == "/slow") {
      arrived.count_down();
      release.wait();
    }
    return echo(request);
  });
  auto options = to(server->port());
  options.max_connections = 1;
  Client client(options);
  auto slow = std::async(std::launch::async, [&] { return client.send(get("/slow"), {}); });
  arrived.wait();
  const auto failure = failure_of(client, get(), {20ms, {}});
  EXPECT_KIND(failure, Timeout);
  EXPECT_TRUE(failure.nothing_sent);
  release.count_down();
  EXPECT_TRUE(slow.get());
  EXPECT_TRUE(client.send(get(), {}));
}

TEST(Limits, ATlsHandshakeThatNeverEnds) {
  RawServer server(std::vector<RawServer::Script>(12, [](Peer& peer) { peer.read_all(); }));
  auto options = to(server.port());
  Failure failure;
  // On a busy machine the time may have passed before the handshake began: then with more.
  for (options.connect_timeout = 30ms; failure.detail.find("TLS") == std::string::npos;
       options.connect_timeout *= 2) {
    ASSERT_LT(options.connect_timeout, 1min);
    Client client(options);
    failure = failure_of(client, get());
  }
  EXPECT_KIND(failure, ConnectTimeout);
}

TEST(Limits, CancellationDuringTheAnswer) {
  std::latch release(1);
  std::stop_source stop;
  const auto server = serve([&](const Request& request) {
    stop.request_stop();
    release.wait();
    return echo(request);
  });
  Client client(to(server->port()));
  const auto failure = failure_of(client, get(), {40s, stop.get_token()});
  EXPECT_KIND(failure, Cancelled);
  EXPECT_FALSE(failure.nothing_sent);
  release.count_down();
  EXPECT_KIND(failure_of(client, get(), {40s, stop.get_token()}), Cancelled);
}

// A look-up that hangs until the test ends.
struct Hanging {
  std::shared_ptr<std::promise<void>> gate = std::make_shared<std::promise<void>>();
  std::shared_future<void> opened = gate->get_future().share();
  std::shared_ptr<std::promise<void>> asked = std::make_shared<std::promise<void>>();
  net::Lookup lookup() {
    return [opened = opened, asked = asked](const std::string&) {
      asked->set_value();
      opened.wait();
      return net::Addresses(std::unexpected("late"));
    };
  }
};

TEST(Limits, AHangingLookUpDelaysNoOtherRequest) {
  Hanging hanging;
  {
    auto options = to(1);
    options.url.host = "hang.test";
    options.lookup = hanging.lookup();
    options.connect_timeout = 30s;
    Client client(options);
    std::stop_source stop;
    auto call = std::async(std::launch::async, [&] { return client.send(get(), {40s, stop.get_token()}); });
    hanging.asked->get_future().wait();
    stop.request_stop();
    EXPECT_KIND(call.get().error(), Cancelled);
  }
  hanging.gate->set_value();
}

TEST(Limits, AHangingLookUpIsReportedAsSuch) {
  Hanging hanging;
  {
    auto options = to(1);
    options.url.host = "hang.test";
    options.lookup = hanging.lookup();
    options.connect_timeout = 20ms;
    Client client(options);
    EXPECT_KIND(failure_of(client, get()), Dns);
    // The second does not start another look-up (its promise could not be kept twice).
    EXPECT_KIND(failure_of(client, get()), Dns);
  }
  hanging.gate->set_value();
}

TEST(Limits, ManyCancellationsAtOnce) {
  // A call that waits may get the place of a cancelled one before its own stop reaches it: it must find a
  // server.
  RawServer silent(std::vector<RawServer::Script>(40, [](Peer& peer) { peer.read_all(); }));
  auto options = to(silent.port(), false);
  options.max_connections = 2;
  Client client(options);
  std::stop_source stop;
  std::vector<std::future<std::expected<Response, Failure>>> calls;
  for (int i = 0; i < 20; ++i)
    calls.push_back(
        std::async(std::launch::async, [&] { return client.send(get(), {40s, stop.get_token()}); }));
  stop.request_stop();
  for (auto& call : calls) EXPECT_KIND(call.get().error(), Cancelled);
}

}  // namespace
