// The server's own rules, seen on the wire.
#include "net/server.h"

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include "raw_server.h"

namespace {

using namespace std::chrono_literals;
using net::Request;
using net::Server;
using net::ServerOptions;
using net::ServerReply;

std::unique_ptr<Server> serve(ServerOptions options = net::pveproxy_options(), net::Handler handler = {}) {
  if (!handler)
    handler = [](const Request& request) -> ServerReply {
      return {{200, "OK", {{"Content-Type", "text/plain"}}, request.target + "|" + request.body}, 0ms, false};
    };
  auto server = Server::start(std::move(options), std::move(handler));
  EXPECT_TRUE(server) << server.error();
  return std::move(*server);
}

// Everything the server says to `request` until it closes.
std::string ask(const Server& server, std::string_view request) {
  const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(server.port());
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  EXPECT_EQ(::connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  test::Peer peer(fd);
  peer.write(request);
  return peer.read_all();
}

TEST(Server, RulesOfPveproxy) {
  struct Row {
    std::string_view request;
    std::string_view status_line;
  };
  const auto server = serve();
  for (const auto& row : {
           Row{"HEAD / HTTP/1.1\r\n\r\n", "HTTP/1.1 501 method 'HEAD' not available\r\n"},
           Row{"OPTIONS / HTTP/1.1\r\n\r\n", "HTTP/1.1 501 method 'OPTIONS' not available\r\n"},
           Row{"PATCH / HTTP/1.1\r\nContent-Length: 1\r\n\r\nx",
               "HTTP/1.1 501 method 'PATCH' not available\r\n"},
           Row{"BREW / HTTP/1.1\r\n\r\n", "HTTP/1.1 501 method 'BREW' not available\r\n"},
           Row{"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
               "HTTP/1.1 501 chunked transfer encoding not supported\r\n"},
           Row{"DELETE / HTTP/1.1\r\nContent-Length: 1\r\n\r\nx",
               "HTTP/1.1 501 Unexpected content for method 'DELETE'\r\n"},
           Row{"POST / HTTP/1.1\r\nContent-Length: 524289\r\n\r\n", "HTTP/1.1 501 for data too large\r\n"},
       }) {
    const auto answer = ask(*server, row.request);
    EXPECT_TRUE(answer.starts_with(row.status_line)) << answer;
    EXPECT_NE(answer.find("\r\nConnection: close\r\n"), std::string::npos) << answer;
  }
}

TEST(Server, AnswersOneAfterTheOther) {
  const auto server = serve();
  const auto answer = ask(*server,
                          "GET /1 HTTP/1.1\r\n\r\nPOST /2 HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc"
                          "PUT /3 HTTP/1.1\r\nConnection: close\r\n\r\n");
  const auto one = answer.find("/1|");
  const auto two = answer.find("/2|abc");
  const auto three = answer.find("/3|");
  ASSERT_NE(one, std::string::npos) << answer;
  ASSERT_NE(three, std::string::npos) << answer;
  EXPECT_TRUE(one < two && two < three) << answer;
}

TEST(Server, LimitsRequestsPerConnection) {
  ServerOptions options = net::pveproxy_options();
  options.max_requests = 2;
  const auto server = serve(options);
  const std::string one = "GET /x HTTP/1.1\r\n\r\n";
  const auto answer = ask(*server, one + one + one);
  const auto first = answer.find("/x|");
  const auto second = answer.find("/x|", first + 1);
  ASSERT_NE(second, std::string::npos);
  EXPECT_EQ(answer.find("/x|", second + 1), std::string::npos) << answer;
}

TEST(Server, SilentAndOverlongConnectionsDie) {
  ServerOptions options = net::pveproxy_options();
  options.idle_limit = 20ms;
  const auto server = serve(options);
  EXPECT_EQ(ask(*server, ""), "");
  EXPECT_EQ(ask(*server, "GET / HT"), "");
  EXPECT_EQ(ask(*server, "GET / HTTP/1.1\r\nX: " + std::string(9000, 'x') + "\r\n\r\n"), "");
  EXPECT_EQ(ask(*server, "nonsense\r\n\r\n"), "");
}

TEST(Server, DropsAndDelays) {
  const auto server = serve(net::pveproxy_options(), [](const Request& request) -> ServerReply {
    return {{404, "two\r\nlines", {}, ""}, request.target == "/late" ? 5ms : 0ms, request.target == "/drop"};
  });
  EXPECT_EQ(ask(*server, "GET /drop HTTP/1.1\r\n\r\n"), "");
  EXPECT_TRUE(ask(*server, "GET /late HTTP/1.1\r\n\r\n").starts_with("HTTP/1.1 404 two  lines\r\n"));
}

TEST(Server, OtherMethodsCanBeTaken) {
  ServerOptions options = net::pveproxy_options();
  options.pveproxy->every_method = true;
  const auto server = serve(options, [](const Request& request) -> ServerReply {
    return {{204, request.verb, {}, ""}, 0ms, false};
  });
  EXPECT_TRUE(ask(*server, "OPTIONS / HTTP/1.1\r\nConnection: close\r\n\r\n")
                  .starts_with("HTTP/1.1 204 OPTIONS\r\n"));
}

TEST(Server, CompressesWhenAsked) {
  const auto server = serve(net::pveproxy_options(), [](const Request&) -> ServerReply {
    return {{200, "OK", {}, std::string(5000, 'x')}, 0ms, false};
  });
  EXPECT_GT(ask(*server, "GET / HTTP/1.1\r\nConnection: close\r\n\r\n").size(), 5000U);
  const auto packed = ask(*server, "GET / HTTP/1.1\r\nAccept-Encoding: gzip\r\nConnection: close\r\n\r\n");
  EXPECT_LT(packed.size(), 1000U);
  EXPECT_NE(packed.find("Content-Encoding: gzip"), std::string::npos);
}

TEST(Server, SaysWhyItCannotListen) {
  const auto handler = [](const Request&) -> ServerReply { return {}; };
  ServerOptions options = net::pveproxy_options();
  options.address = "nowhere";
  EXPECT_FALSE(Server::start(options, handler));
  options.address = "127.0.0.1";
  options.certificate_pem = "nothing";
  EXPECT_FALSE(Server::start(options, handler));
  const auto first = serve();
  options.certificate_pem = "";
  options.port = first->port();
  const auto second = Server::start(options, handler);
  ASSERT_FALSE(second);
  EXPECT_NE(second.error().find(std::to_string(first->port())), std::string::npos) << second.error();
}

}  // namespace
