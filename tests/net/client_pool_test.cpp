#include "net/client.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <future>
#include <latch>
#include <string>
#include <thread>
#include <vector>

#include "net/calling.h"
#include "raw_server.h"

namespace {

using namespace std::chrono_literals;
using net::Client;
using net::Failure;
using net::Request;
using net::Response;
using net::ServerOptions;
using net::ServerReply;
using test::echo;
using test::get;
using test::Peer;
using test::post;
using test::RawServer;
using test::serve;
using test::to;

TEST(Pool, OneConnectionServesOneAfterTheOther) {
  const auto server = serve(echo);
  Client client(to(server->port()));
  for (int i = 0; i < 50; ++i) ASSERT_TRUE(client.send(get(), {}));
  EXPECT_EQ(server->connections(), 1U);
}

TEST(Pool, HundredRequestsPerConnection) {
  ServerOptions options = net::pveproxy_options();
  options.max_requests = 0;
  const auto server = serve(echo, options);
  Client client(to(server->port()));
  for (int i = 0; i < 100; ++i) ASSERT_TRUE(client.send(get(), {}));
  EXPECT_EQ(server->connections(), 1U);
  ASSERT_TRUE(client.send(get(), {}));
  EXPECT_EQ(server->connections(), 2U);
}

TEST(Pool, TheServersLimitCostsNoRequest) {
  ServerOptions options = net::pveproxy_options();
  options.max_requests = 3;
  const auto server = serve(echo, options);
  Client client(to(server->port()));
  for (int i = 0; i < 9; ++i) ASSERT_TRUE(client.send(post("x"), {})) << i;
  EXPECT_EQ(server->connections(), 3U);
}

TEST(Pool, ErrorsCloseTheConnection) {
  ServerOptions options = net::pveproxy_options();
  options.pveproxy->close_on_error = false;
  const auto server =
      serve([](const Request&) -> ServerReply { return {{500, "no", {}, ""}, 0ms, false}; }, options);
  Client client(to(server->port()));
  for (int i = 0; i < 3; ++i) EXPECT_EQ(client.send(get(), {})->status, 500U);
  EXPECT_EQ(server->connections(), 3U);
}

TEST(Pool, IdleConnectionsAreNotTrusted) {
  const auto server = serve(echo);
  auto options = to(server->port());
  options.idle_limit = 0ms;
  Client client(options);
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(client.send(post("x"), {}));
  EXPECT_EQ(server->connections(), 3U);
}

TEST(Pool, AConnectionThatVanishedIsNoticedBeforeItIsUsed) {
  const auto server = serve(echo);
  Client client(to(server->port()));
  for (int i = 0; i < 5; ++i) {
    ASSERT_TRUE(client.send(post("x"), {})) << i;
    server->close_idle();
  }
  EXPECT_EQ(server->connections(), 5U);
}

constexpr std::string_view kBothHeaders =
    "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 1\r\nConnection: Keep-Alive\r\n\r\n";

TEST(Pool, CloseAndKeepAliveTogetherKeepItForReadsOnly) {
  RawServer server({[](Peer& peer) {
                      for (const std::string_view body : {"1", "2"}) {
                        peer.read_head();
                        peer.write(std::string(kBothHeaders) + std::string(body));
                      }
                      EXPECT_EQ(peer.read_head(), "");
                    },
                    [](Peer& peer) {
                      EXPECT_TRUE(peer.read_head().starts_with("POST"));
                      peer.write(std::string(kBothHeaders) + "3");
                      peer.read_all();
                    }});
  auto options = to(server.port(), false);
  options.max_connections = 1;
  Client client(options);
  EXPECT_EQ(client.send(get(), {})->body, "1");
  EXPECT_EQ(client.send(get(), {})->body, "2");
  EXPECT_EQ(client.send({base::Method::Post, "/", {}, ""}, {})->body, "3");
}

TEST(Pool, ConnectionCloseIsHeeded) {
  const RawServer::Script script = [](Peer& peer) {
    peer.read_head();
    peer.write("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
    EXPECT_EQ(peer.read_all(), "");
  };
  RawServer server({script, script});
  Client client(to(server.port(), false));
  EXPECT_TRUE(client.send(get(), {}));
  EXPECT_TRUE(client.send(get(), {}));
}

TEST(Pool, SurplusBytesEndAConnection) {
  RawServer server(
      {[](Peer& peer) {
         peer.read_head();
         peer.write(
             "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nAHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nX");
         EXPECT_EQ(peer.read_all(), "");
       },
       [](Peer& peer) {
         peer.read_head();
         peer.write("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nB");
         peer.read_all();
       }});
  Client client(to(server.port(), false));
  EXPECT_EQ(client.send(get(), {})->body, "A");
  EXPECT_EQ(client.send(get(), {})->body, "B");
}

TEST(Pool, WaitingRequestsGetTheirTurn) {
  const auto server = serve(echo);
  auto options = to(server->port());
  options.max_connections = 2;
  Client client(options);
  std::atomic<int> good{0};
  std::vector<std::jthread> threads;
  for (int i = 0; i < 16; ++i) {
    threads.emplace_back([&] {
      for (int k = 0; k < 20; ++k) good += client.send(get(), {}).has_value() ? 1 : 0;
    });
  }
  threads.clear();
  EXPECT_EQ(good, 320);
  EXPECT_LE(server->connections(), 8U);
}

TEST(Pool, OneSlowCallDelaysNoOther) {
  std::latch release(1);
  const auto server = serve([&](const Request& request) {
    if (request.target == "/slow") release.wait();
    return echo(request);
  });
  Client client(to(server->port()));
  auto slow = std::async(std::launch::async, [&] { return client.send(get("/slow"), {}); });
  for (int i = 0; i < 10; ++i) EXPECT_TRUE(client.send(get("/fast"), {}));
  release.count_down();
  EXPECT_TRUE(slow.get());
}

TEST(Pool, AsynchronousStart) {
  const auto server = serve(echo);
  std::promise<std::string> promise;
  {
    Client client(to(server->port()));
    client.start(get("/s"), {}, [&](std::expected<Response, Failure> result) {
      promise.set_value(result ? result->body : result.error().detail);
    });
    EXPECT_EQ(promise.get_future().get(), "GET /s ");
  }
  std::promise<Failure::Kind> kind;
  {
    RawServer silent({[&](Peer& peer) { peer.read_all(); }});
    Client client(to(silent.port(), false));
    client.start(get(), {}, [&](std::expected<Response, Failure> result) {
      kind.set_value(result ? Failure::Kind::Dns : result.error().kind);
    });
  }
  EXPECT_EQ(kind.get_future().get(), Failure::Kind::Cancelled);
}

}  // namespace
