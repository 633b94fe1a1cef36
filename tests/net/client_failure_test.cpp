#include "net/client.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "net/calling.h"
#include "net/encoding.h"
#include "raw_server.h"

namespace {

using namespace std::chrono_literals;
using net::Client;
using net::Failure;
using net::Request;
using net::ServerReply;
using test::echo;
using test::failure_of;
using test::get;
using test::ok;
using test::Peer;
using test::post;
using test::RawServer;
using test::serve;
using test::to;

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

}  // namespace
