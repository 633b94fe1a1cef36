#include "net/client.h"

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <future>
#include <latch>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "net/encoding.h"
#include "net/server.h"
#include "raw_server.h"

namespace {

using namespace std::chrono_literals;
using net::Client;
using net::ClientOptions;
using net::Failure;
using net::Request;
using net::Response;
using net::Server;
using net::ServerOptions;
using net::ServerReply;
using test::Peer;
using test::RawServer;

const net::Certificate& certificate() {
  static const net::Certificate made = [] {
    const std::array<std::string, 3> names = {"localhost", "127.0.0.1", "pve.test"};
    return net::make_certificate(names).value();
  }();
  return made;
}

Response ok(std::string body) { return {200, "OK", {}, std::move(body)}; }

ServerReply echo(const Request& request) {
  return {ok(std::string(base::name(request.method)) + " " + request.target + " " + request.body), 0ms,
          false};
}

std::unique_ptr<Server> serve(net::Handler handler, ServerOptions options = net::pveproxy_options(),
                              bool tls = true) {
  if (tls) {
    options.certificate_pem = certificate().certificate_pem;
    options.key_pem = certificate().key_pem;
  }
  auto server = Server::start(std::move(options), std::move(handler));
  EXPECT_TRUE(server) << server.error();
  return std::move(*server);
}

ClientOptions to(std::uint16_t port, bool tls = true) {
  ClientOptions options;
  options.url = {tls, "127.0.0.1", port};
  if (tls) options.fingerprints = {certificate().fingerprint};
  return options;
}

Request get(std::string target = "/") { return {base::Method::Get, std::move(target), {}, {}}; }
Request post(std::string body) { return {base::Method::Post, "/p", {}, std::move(body)}; }

std::string kind_name(Failure::Kind kind) { return std::to_string(static_cast<int>(kind)); }

// The failure of a request that must fail.
Failure failure_of(Client& client, const Request& request, net::SendOptions options = {}) {
  const auto result = client.send(request, options);
  EXPECT_FALSE(result) << result->status << " " << result->body;
  return result ? Failure{} : result.error();
}

#define EXPECT_KIND(failure, expected) \
  EXPECT_EQ((failure).kind, Failure::Kind::expected) << kind_name((failure).kind) << " " << (failure).detail

TEST(Client, AllMethodsOverTls) {
  const auto server = serve(echo);
  Client client(to(server->port()));
  EXPECT_EQ(client.send(get("/a?b=c"), {})->body, "GET /a?b=c ");
  EXPECT_EQ(client.send(post("x=1&y=%C3%BC"), {})->body, "POST /p x=1&y=%C3%BC");
  EXPECT_EQ(client.send(post(""), {})->body, "POST /p ");
  EXPECT_EQ(client.send({base::Method::Put, "/q", {}, "z"}, {})->body, "PUT /q z");
  EXPECT_EQ(client.send({base::Method::Delete, "/d?f=1", {}, ""}, {})->body, "DELETE /d?f=1 ");
  EXPECT_EQ(server->connections(), 1U);
}

TEST(Client, PlainHttp) {
  const auto server = serve(echo, net::pveproxy_options(), false);
  Client client(to(server->port(), false));
  EXPECT_EQ(client.send(get("/x"), {})->body, "GET /x ");
}

TEST(Client, SendsItsHeaders) {
  RawServer server({[](Peer& peer) {
    const auto head = peer.read_head();
    EXPECT_TRUE(head.starts_with("POST /p HTTP/1.1\r\nHost: 127.0.0.1:")) << head;
    EXPECT_NE(head.find("\r\nContent-Length: 0\r\n"), std::string::npos) << head;
    EXPECT_NE(head.find("\r\nAccept-Encoding: gzip\r\n"), std::string::npos) << head;
    EXPECT_NE(head.find("\r\nAuthorization: T\r\n"), std::string::npos) << head;
    peer.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi");
    EXPECT_TRUE(peer.read_head().find("Content-Length") == std::string::npos);
    peer.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    peer.read_all();
  }});
  Client client(to(server.port(), false));
  Request request = post("");
  request.headers.emplace_back("Authorization", "T");
  EXPECT_EQ(client.send(request, {})->body, "hi");
  EXPECT_TRUE(client.send(get(), {}));
}

TEST(Client, ReasonAndHeadersAreKept) {
  const auto server = serve([](const Request&) -> ServerReply {
    return {{500, "VM is locked (backup) \xC3\xBC", {{"X-One", "1"}, {"X-One", "2"}}, ""}, 0ms, false};
  });
  Client client(to(server->port()));
  const auto response = client.send(get(), {});
  ASSERT_TRUE(response);
  EXPECT_EQ(response->status, 500U);
  EXPECT_EQ(response->reason, "VM is locked (backup) \xC3\xBC");
  EXPECT_EQ(net::find_header(response->headers, "x-one"), "1");
}

TEST(Client, LargeAnswerAndLargeBody) {
  const std::string large(3'000'000, 'x');
  const auto server = serve([&](const Request& request) -> ServerReply {
    return {ok(request.body.empty() ? large : std::to_string(request.body.size())), 0ms, false};
  });
  Client client(to(server->port()));
  EXPECT_EQ(client.send(get(), {})->body, large);
  EXPECT_EQ(client.send(post(std::string(500'000, 'y')), {})->body, "500000");
}

// ---- certificates

TEST(Certificates, WrongPinIsRefusedWithTheFingerprintSeen) {
  const auto server = serve(echo);
  auto options = to(server->port());
  options.fingerprints = {net::Fingerprint{}};
  Client client(options);
  const auto failure = failure_of(client, post("x"));
  EXPECT_KIND(failure, Certificate);
  EXPECT_EQ(failure.fingerprint, net::to_text(certificate().fingerprint));
  EXPECT_TRUE(failure.nothing_sent);
}

TEST(Certificates, OneOfSeveralPins) {
  const auto server = serve(echo);
  auto options = to(server->port());
  options.fingerprints = {net::Fingerprint{}, certificate().fingerprint};
  EXPECT_TRUE(Client(options).send(get(), {}));
}

TEST(Certificates, SelfSignedIsRefused) {
  const auto server = serve(echo);
  auto options = to(server->port());
  options.fingerprints.clear();
  Client client(options);
  const auto failure = failure_of(client, get());
  EXPECT_KIND(failure, Certificate);
  EXPECT_EQ(failure.fingerprint, net::to_text(certificate().fingerprint));
  EXPECT_NE(failure.detail.find("not signed by a trusted authority"), std::string::npos) << failure.detail;
}

TEST(Certificates, AcceptedUnseenWithoutVerification) {
  const auto server = serve(echo);
  auto options = to(server->port());
  options.fingerprints.clear();
  options.verify = false;
  EXPECT_TRUE(Client(options).send(get(), {}));
}

struct CaFile {
  std::string path = testing::TempDir() + "mcp-pve-ca-" + std::to_string(::getpid()) + ".pem";
  CaFile() { std::ofstream(path) << certificate().certificate_pem; }
  ~CaFile() { std::remove(path.c_str()); }
};

TEST(Certificates, OwnAuthority) {
  const CaFile ca;
  const auto server = serve(echo);
  auto options = to(server->port());
  options.fingerprints.clear();
  options.ca_file = ca.path;
  EXPECT_TRUE(Client(options).send(get(), {}));
  options.url.host = "localhost";
  options.lookup = [](const std::string&) { return net::Addresses({"127.0.0.1"}); };
  EXPECT_TRUE(Client(options).send(get(), {}));
}

TEST(Certificates, NameMustMatch) {
  const CaFile ca;
  const auto server = serve(echo);
  auto options = to(server->port());
  options.fingerprints.clear();
  options.ca_file = ca.path;
  options.lookup = [](const std::string&) { return net::Addresses({"127.0.0.1"}); };
  options.url.host = "other.test";
  Client client(options);
  const auto failure = failure_of(client, get());
  EXPECT_KIND(failure, Certificate);
  EXPECT_NE(failure.detail.find("another host"), std::string::npos) << failure.detail;
  options.url.host = "pve.test";
  EXPECT_TRUE(Client(options).send(get(), {}));
}

TEST(Certificates, AddressMustMatch) {
  const CaFile ca;
  ServerOptions listen = net::pveproxy_options();
  listen.address = "127.0.0.2";
  const auto server = serve(echo, listen);
  auto options = to(server->port());
  options.fingerprints.clear();
  options.ca_file = ca.path;
  options.url.host = "127.0.0.2";
  Client client(options);
  EXPECT_KIND(failure_of(client, get()), Certificate);
}

TEST(Certificates, UnreadableCaFile) {
  const auto server = serve(echo);
  auto options = to(server->port());
  options.fingerprints.clear();
  options.ca_file = "/nonexistent/ca.pem";
  Client client(options);
  const auto failure = failure_of(client, get());
  EXPECT_KIND(failure, Tls);
  EXPECT_NE(failure.detail.find("/nonexistent/ca.pem"), std::string::npos) << failure.detail;
}

TEST(Certificates, ProbeTellsTheFingerprint) {
  const auto server = serve(echo);
  Client good(to(server->port()));
  EXPECT_EQ(good.probe({}).value(), net::to_text(certificate().fingerprint));
  auto options = to(server->port());
  options.fingerprints.clear();
  EXPECT_EQ(Client(options).probe({}).error().fingerprint, net::to_text(certificate().fingerprint));
}

TEST(Certificates, PlainServerOnATlsPort) {
  const auto server = serve(echo, net::pveproxy_options(), false);
  Client client(to(server->port()));
  const auto failure = failure_of(client, get());
  EXPECT_KIND(failure, Tls);
  EXPECT_TRUE(failure.nothing_sent);
}

TEST(Certificates, PlainRequestToATlsPortIsRedirected) {
  const auto server = serve(echo);
  Client client(to(server->port(), false));
  const auto moved = client.send(get("/x"), {});
  ASSERT_TRUE(moved);
  EXPECT_EQ(moved->status, 301U);
  EXPECT_EQ(net::find_header(moved->headers, "Location"),
            "https://127.0.0.1:" + std::to_string(server->port()) + "/x");
  EXPECT_EQ(client.send(post("x"), {})->status, 308U);
}

// ---- the pool

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

// ---- failures

TEST(Failures, LostRequestsSayWhetherTheyWereSent) {
  RawServer server({[](Peer& peer) { peer.read_head(); },
                    [](Peer& peer) {
                      peer.read_head();
                      peer.reset();
                    },
                    [](Peer& peer) {
                      peer.read_head();
                      peer.write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
                    }});
  Client client(to(server.port(), false));
  for (const auto* words : {"without an answer", "without an answer", "in the middle"}) {
    const auto failure = failure_of(client, post(""));
    EXPECT_KIND(failure, Closed);
    EXPECT_FALSE(failure.nothing_sent);
    EXPECT_NE(failure.detail.find(words), std::string::npos) << failure.detail;
  }
}

TEST(Failures, AnEarlyAnswerToALongBodyIsHeard) {
  RawServer server({[](Peer& peer) {
    peer.read_head();
    peer.write("HTTP/1.1 501 for data too large\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
    peer.read_all();
  }});
  Client client(to(server.port(), false));
  const auto response = client.send(post(std::string(8'000'000, 'x')), {});
  ASSERT_TRUE(response) << response.error().detail;
  EXPECT_EQ(response->reason, "for data too large");
}

struct Wrong {
  const char* name;
  std::string answer;
  Failure::Kind kind;
};

class WrongAnswer : public testing::TestWithParam<Wrong> {};

TEST_P(WrongAnswer, IsNamed) {
  RawServer server({[](Peer& peer) {
    peer.read_head();
    peer.write(GetParam().answer);
  }});
  auto options = to(server.port(), false);
  options.max_body = 1000;
  Client client(options);
  const auto failure = failure_of(client, get());
  EXPECT_EQ(failure.kind, GetParam().kind) << failure.detail;
  EXPECT_FALSE(failure.nothing_sent);
}

std::string with_length(std::size_t length, const std::string& body, const std::string& more = "") {
  return "HTTP/1.1 200 OK\r\n" + more + "Content-Length: " + std::to_string(length) + "\r\n\r\n" + body;
}

INSTANTIATE_TEST_SUITE_P(
    Table, WrongAnswer,
    testing::Values(
        Wrong{"garbage", "SSH-2.0-OpenSSH_9.2\r\n\r\n", Failure::Kind::Protocol},
        Wrong{"binary", std::string("\x16\x03\x01\x00\x05hello", 10), Failure::Kind::Protocol},
        Wrong{"control", "HTTP/1.1 500 a\x01z\r\n\r\n", Failure::Kind::Protocol},
        Wrong{"truncated", with_length(10, "12345"), Failure::Kind::Closed},
        Wrong{"headless", "HTTP/1.1 200 OK\r\nContent-", Failure::Kind::Closed},
        Wrong{"announced", with_length(1001, ""), Failure::Kind::Protocol},
        Wrong{"endless", "HTTP/1.1 200 OK\r\n\r\n" + std::string(1500, 'x'), Failure::Kind::Protocol},
        Wrong{"lengths", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
              Failure::Kind::Protocol},
        Wrong{"head", "HTTP/1.1 200 OK\r\nX: " + std::string(100'000, 'x') + "\r\n\r\n",
              Failure::Kind::Protocol},
        Wrong{"bomb",
              with_length(net::gzip(std::string(5000, 'x')).size(), net::gzip(std::string(5000, 'x')),
                          "Content-Encoding: gzip\r\n"),
              Failure::Kind::Protocol},
        Wrong{"nogzip", with_length(3, "abc", "Content-Encoding: gzip\r\n"), Failure::Kind::Protocol},
        Wrong{"coding", with_length(3, "abc", "Content-Encoding: br\r\n"), Failure::Kind::Protocol}),
    [](const auto& row) { return row.param.name; });

TEST(Answers, AnEndThatComesInPieces) {
  constexpr std::string_view kHead = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
  constexpr int kTimes = 20;
  RawServer server({[&](Peer& peer) {
    for (int i = 0; i < kTimes; ++i) {
      peer.read_head();
      const std::string chunks = i % 2 == 0 ? "0\r\n\r\n" : "1\r\n0\r\n0\r\nX: y\r\n\r\n";
      peer.write_and_wait(kHead);
      for (const char c : chunks) peer.write_and_wait({&c, 1});
    }
  }});
  Client client(to(server.port(), false));
  for (int i = 0; i < kTimes; ++i) {
    const auto response = client.send(get(), {});
    ASSERT_TRUE(response) << response.error().detail;
    EXPECT_EQ(response->body, i % 2 == 0 ? "" : "0");
  }
}

TEST(Answers, FormsOfBodies) {
  const std::string packed = net::deflate("deflated");
  RawServer server(
      {[&](Peer& peer) {
         peer.read_head();
         peer.write(with_length(packed.size(), packed, "Content-Encoding: deflate\r\n"));
         peer.read_head();
         peer.write("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n");
         peer.read_head();
         peer.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n");
         peer.read_head();
         for (const char c : with_length(4, "byte")) peer.write({&c, 1});
         peer.read_head();
         peer.write("HTTP/1.1 200 OK\r\n\r\nuntil the end");
       },
       [](Peer& peer) {
         peer.read_head();
         peer.write("HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\n0");
         EXPECT_EQ(peer.read_all(), "");
       }});
  Client client(to(server.port(), false));
  for (const auto* body : {"deflated", "", "abcde", "byte", "until the end", "0"}) {
    const auto response = client.send(get(), {});
    ASSERT_TRUE(response) << body << response.error().detail;
    EXPECT_EQ(response->body, body);
  }
}

TEST(Answers, TheServersGzipIsDecoded) {
  const std::string large(100'000, 'z');
  const auto server = serve([&](const Request&) -> ServerReply { return {ok(large), 0ms, false}; });
  Client client(to(server->port()));
  const auto response = client.send(get(), {});
  ASSERT_TRUE(response);
  EXPECT_EQ(response->body, large);
  EXPECT_EQ(net::find_header(response->headers, "content-encoding"), "gzip");
}

TEST(Failures, RefusedPort) {
  std::uint16_t port = 0;
  {
    port = RawServer({}).port();
  }
  Client client(to(port));
  const auto failure = failure_of(client, post("x"));
  EXPECT_KIND(failure, Refused);
  EXPECT_TRUE(failure.nothing_sent);
}

TEST(Failures, UnresolvableName) {
  auto options = to(1);
  options.url.host = "nowhere.invalid";
  options.lookup = [](const std::string& host) {
    return net::Addresses(std::unexpected("no such name " + host));
  };
  Client client(options);
  const auto failure = failure_of(client, get());
  EXPECT_KIND(failure, Dns);
  EXPECT_NE(failure.detail.find("no such name nowhere.invalid"), std::string::npos) << failure.detail;
}

TEST(Failures, AllAddressesAreTried) {
  const auto server = serve(echo);
  auto options = to(server->port());
  options.url.host = "pve.test";
  options.lookup = [](const std::string&) { return net::Addresses({"127.0.0.3", "127.0.0.2", "127.0.0.1"}); };
  EXPECT_TRUE(Client(options).send(get(), {}));
}

TEST(Failures, AnUntrustworthyRequestNeverLeaves) {
  Client client(to(1));
  for (const auto* target : {"", "nodes", "/a b", "/a\r\nX: y", "/a#b", "/\x7f"}) {
    const auto failure = failure_of(client, get(target));
    EXPECT_KIND(failure, Protocol);
    EXPECT_TRUE(failure.nothing_sent);
  }
  Request request = get();
  request.headers.emplace_back("X", "a\nb");
  EXPECT_KIND(failure_of(client, request), Protocol);
  request.headers = {{"X Y", "a"}};
  EXPECT_KIND(failure_of(client, request), Protocol);
  request.headers.clear();
  request.body = "body";
  EXPECT_KIND(failure_of(client, request), Protocol);
}

// ---- time and cancellation

TEST(Limits, AnAnswerThatNeverComes) {
  std::latch release(1);
  const auto server = serve([&](const Request& request) {
    release.wait();
    return echo(request);
  });
  Client client(to(server->port()));
  const auto failure = failure_of(client, get(), {30ms, {}});
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
  RawServer server({[](Peer& peer) { peer.read_all(); }});
  auto options = to(server.port());
  options.connect_timeout = 30ms;
  Client client(options);
  const auto failure = failure_of(client, get());
  EXPECT_KIND(failure, ConnectTimeout);
  EXPECT_NE(failure.detail.find("TLS"), std::string::npos) << failure.detail;
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

TEST(Limits, AHangingLookUpHoldsNobody) {
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

// ---- the proxy

// Passes bytes both ways until one side ends.
void splice(Peer& one, std::uint16_t port) {
  const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  ASSERT_EQ(::connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  Peer other(fd);
  const auto pump = [](int from, int into) {
    char buffer[4096];
    for (;;) {
      const auto count = ::recv(from, buffer, sizeof buffer, 0);
      if (count <= 0) break;
      ::send(into, buffer, static_cast<std::size_t>(count), MSG_NOSIGNAL);
    }
    ::shutdown(into, SHUT_WR);
  };
  std::thread back(pump, other.fd(), one.fd());
  pump(one.fd(), other.fd());
  back.join();
}

TEST(HttpsProxy, TunnelsAndAuthenticates) {
  const auto server = serve(echo);
  RawServer proxy({[&](Peer& peer) {
    const auto head = peer.read_head();
    EXPECT_TRUE(head.starts_with("CONNECT pve.test:")) << head;
    EXPECT_NE(head.find("Proxy-Authorization: Basic bWU6cEBzcw=="), std::string::npos) << head;
    EXPECT_EQ(head.find("Authorization: T"), std::string::npos) << head;
    peer.write("HTTP/1.1 200 Connection established\r\nVia: x\r\n\r\n");
    splice(peer, server->port());
  }});
  auto options = to(server->port());
  options.url.host = "pve.test";
  options.proxy = net::Proxy{"127.0.0.1", proxy.port(), "me:p@ss"};
  Client client(options);
  Request request = get("/through");
  request.headers.emplace_back("Authorization", "T");
  const auto response = client.send(request, {});
  ASSERT_TRUE(response) << response.error().detail;
  EXPECT_EQ(response->body, "GET /through ");
}

TEST(HttpsProxy, RefusalsAreTheProxys) {
  RawServer proxy({[](Peer& peer) {
                     peer.read_head();
                     peer.write("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n");
                   },
                   [](Peer& peer) { peer.read_head(); },
                   [](Peer& peer) {
                     peer.read_head();
                     peer.write("no http\r\n\r\n");
                   }});
  auto options = to(8006);
  options.proxy = net::Proxy{"127.0.0.1", proxy.port(), ""};
  Client client(options);
  for (const auto* words : {"407 Proxy Authentication Required", "gave no answer", "no http"}) {
    const auto failure = failure_of(client, post("x"));
    EXPECT_KIND(failure, Proxy);
    EXPECT_TRUE(failure.nothing_sent);
    EXPECT_NE(failure.detail.find(words), std::string::npos) << failure.detail;
  }
}

TEST(HttpsProxy, UnreachableProxy) {
  std::uint16_t port = 0;
  {
    port = RawServer({}).port();
  }
  auto options = to(8006);
  options.proxy = net::Proxy{"127.0.0.1", port, ""};
  Client client(options);
  EXPECT_KIND(failure_of(client, get()), Proxy);
}

}  // namespace
