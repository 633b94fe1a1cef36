// Answers in pieces, late, and to peers that go.
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include "serving.h"

namespace {

using namespace std::chrono_literals;
using net::Request;
using net::Responder;
using net::ServerOptions;
using test::ask;
using test::dial;
using test::Mailbox;
using test::Peer;
using test::read_until;
using test::Responders;
using test::serve;

constexpr std::string_view kGet = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";

net::Serve hand_over(Responders& responders) {
  return [&responders](const Request&, std::shared_ptr<Responder> responder) {
    responders.put(std::move(responder));
  };
}

TEST(ServerStream, PiecesArriveOneByOne) {
  Responders responders;
  const auto server = serve({}, hand_over(responders));
  Peer peer(dial(*server));
  peer.write(kGet);
  const auto responder = responders.get();
  EXPECT_TRUE(responder->peer().starts_with("127.0.0.1:")) << responder->peer();
  responder->begin({200, "OK", {{"Content-Type", "text/event-stream"}}, ""});
  const auto head = peer.read_head();
  EXPECT_NE(head.find("\r\nTransfer-Encoding: chunked\r\n"), std::string::npos) << head;
  EXPECT_TRUE(responder->write("data: 1\n\n"));
  EXPECT_EQ(read_until(peer, "\n\n\r\n"), "9\r\ndata: 1\n\n\r\n");
  EXPECT_TRUE(responder->write("data: 22\n\n"));
  EXPECT_EQ(read_until(peer, "\n\n\r\n"), "a\r\ndata: 22\n\n\r\n");
  responder->end();
  EXPECT_EQ(read_until(peer, "0\r\n\r\n"), "0\r\n\r\n");
  EXPECT_FALSE(responder->write("late"));
  peer.write(kGet);
  responders.get()->answer({202, "Accepted", {}, ""});
  EXPECT_TRUE(peer.read_head().starts_with("HTTP/1.1 202 Accepted\r\n"));
}

TEST(ServerStream, PeerThatGoesIsNoticedWhileTheAnswerIsPending) {
  Responders responders;
  const auto server = serve({}, hand_over(responders));
  for (const bool reset : {false, true}) {
    Peer peer(dial(*server));
    peer.write(kGet);
    const auto responder = responders.get();
    Mailbox<int> gone;
    responder->on_gone([&] { gone.put(1); });
    reset ? peer.reset() : peer.close();
    gone.get();
    responder->begin({200, "OK", {}, ""});
    EXPECT_FALSE(responder->write("x"));
    // Who asks afterwards is told too.
    responder->on_gone([&] { gone.put(2); });
    EXPECT_EQ(gone.get(), 2);
  }
}

}  // namespace
