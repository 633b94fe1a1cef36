#include "net/client.h"

#include <gtest/gtest.h>

#include <string>
#include <thread>

#include "net/calling.h"
#include "raw_server.h"

namespace {

using net::Client;
using net::Failure;
using net::Request;
using test::echo;
using test::failure_of;
using test::get;
using test::Peer;
using test::post;
using test::RawServer;
using test::serve;
using test::to;

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
