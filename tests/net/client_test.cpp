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
using net::Request;
using net::ServerReply;
using test::echo;
using test::get;
using test::ok;
using test::Peer;
using test::post;
using test::RawServer;
using test::serve;
using test::to;

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

}  // namespace
