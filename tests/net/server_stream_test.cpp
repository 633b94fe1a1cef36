// Answers in pieces, late, and to peers that go.
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
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
    // A later request is answered too.
    responder->on_gone([&] { gone.put(2); });
    EXPECT_EQ(gone.get(), 2);
  }
}

TEST(ServerStream, PeerThatGoesInTheMiddleOfAStreamIsNoticed) {
  Responders responders;
  const auto server = serve({}, hand_over(responders));
  Peer peer(dial(*server));
  // What follows is kept; the end behind it is seen all the same.
  peer.write(std::string(kGet) + std::string(kGet));
  const auto responder = responders.get();
  Mailbox<int> gone;
  responder->on_gone([&] { gone.put(1); });
  responder->begin({200, "OK", {}, "first"});
  peer.read_head();
  peer.close();
  gone.get();
  EXPECT_FALSE(responder->write("second"));
  EXPECT_TRUE(responders.empty());
}

TEST(ServerStream, TheHandlerHearsOfNoEndAfterTheAnswer) {
  Responders responders;
  const auto server = serve({}, hand_over(responders));
  const auto witness = std::make_shared<int>(0);
  for (const bool whole : {true, false}) {
    Peer peer(dial(*server));
    peer.write(kGet);
    const auto responder = responders.get();
    responder->on_gone([witness] { ++*witness; });
    EXPECT_EQ(witness.use_count(), 2);
    if (whole) {
      responder->answer({200, "OK", {}, ""});
    } else {
      responder->begin({200, "OK", {}, ""});
      responder->end();
    }
    EXPECT_EQ(witness.use_count(), 1) << "what nobody will call is kept";
    responder->on_gone([witness] { ++*witness; });
    EXPECT_EQ(witness.use_count(), 1);
  }
  EXPECT_EQ(*witness, 0);
}

TEST(ServerStream, DroppedResponderClosesTheConnection) {
  Responders responders;
  const auto server = serve({}, hand_over(responders));
  Peer silent(dial(*server));
  silent.write(kGet);
  responders.get().reset();
  EXPECT_EQ(silent.read_all(), "");
  Peer cut(dial(*server));
  cut.write(kGet);
  auto responder = responders.get();
  responder->begin({200, "OK", {}, "half"});
  cut.read_head();
  EXPECT_EQ(read_until(cut, "half\r\n"), "4\r\nhalf\r\n");
  responder.reset();
  EXPECT_EQ(cut.read_all(), "");
}

TEST(ServerStream, AnswerIsGivenOnce) {
  const auto server = serve({}, [](const Request&, const std::shared_ptr<Responder>& responder) {
    EXPECT_FALSE(responder->write("before"));
    responder->answer({200, "OK", {}, "one"});
    responder->answer({500, "No", {}, "two"});
    responder->begin({500, "No", {}, "three"});
    EXPECT_FALSE(responder->write("four"));
    responder->end();
  });
  const auto both =
      ask(*server, std::string(kGet) + "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  EXPECT_EQ(both,
            "HTTP/1.1 200 OK\r\nConnection: Keep-Alive\r\nContent-Length: 3\r\n\r\none"
            "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 3\r\n\r\none");
}

TEST(ServerStream, OldPeersAndHeadsGetNoChunks) {
  const auto server = serve({}, [](const Request&, const std::shared_ptr<Responder>& responder) {
    responder->begin({200, "OK", {}, "one "});
    EXPECT_TRUE(responder->write("two"));
    responder->end();
  });
  EXPECT_EQ(ask(*server, "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"),
            "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\none two");
  EXPECT_EQ(ask(*server, "HEAD / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"),
            "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n");
}

TEST(ServerStream, SlowReaderIsClosedAndDelaysNoOther) {
  Responders responders;
  ServerOptions options;
  options.max_pending = 100'000;
  const auto server = serve(options, hand_over(responders));
  Peer slow(dial(*server, 4096));
  slow.write(kGet);
  const auto responder = responders.get();
  Mailbox<int> gone;
  responder->on_gone([&] { gone.put(1); });
  responder->begin({200, "OK", {}, ""});
  const std::string piece(50'000, 'x');
  int taken = 0;
  while (taken < 2000 && responder->write(piece)) ++taken;
  // What the two kernels buffer comes on top of what is allowed to wait.
  EXPECT_LT(taken, 2000);
  gone.get();
  EXPECT_FALSE(responder->write("x"));
  Peer other(dial(*server));
  other.write(kGet);
  responders.get()->answer({200, "OK", {}, ""});
  EXPECT_TRUE(other.read_head().starts_with("HTTP/1.1 200 "));
}

TEST(ServerStream, ReaderThatHasStoppedIsClosedAtOnceWhenTooMuchWaits) {
  Responders responders;
  ServerOptions options;
  options.max_pending = 100'000;
  const auto server = serve(options, hand_over(responders));
  Peer peer(dial(*server, 4096));
  peer.write(kGet);
  const auto responder = responders.get();
  Mailbox<int> gone;
  responder->on_gone([&] { gone.put(1); });
  responder->begin({200, "OK", {}, std::string(20'000'000, 'x')});
  // From here on the server waits for the peer to take the rest.
  peer.read_head();
  EXPECT_FALSE(responder->write("x"));
  gone.get();
}

TEST(ServerStream, LargeAnswersAreNotTakenForSlowReaders) {
  Responders responders;
  ServerOptions options;
  options.max_pending = 1000;
  const auto server = serve(options, hand_over(responders));
  const std::string large(20'000'000, 'x');
  for (const bool whole : {true, false}) {
    Peer peer(dial(*server));
    peer.write("GET / HTTP/1.0\r\n\r\n");
    const auto responder = responders.get();
    if (whole) {
      responder->answer({200, "OK", {}, large});
    } else {
      responder->begin({200, "OK", {}, ""});
      EXPECT_TRUE(responder->write(large));
      responder->end();
    }
    const auto text = peer.read_all();
    EXPECT_EQ(text.size() - text.find("\r\n\r\n") - 4, large.size());
  }
}

TEST(ServerStream, ReaderThatTakesNothingIsClosedInTime) {
  Responders responders;
  ServerOptions options;
  options.stall_limit = 30ms;
  const auto server = serve(options, hand_over(responders));
  Peer peer(dial(*server, 4096));
  peer.write(kGet);
  const auto responder = responders.get();
  Mailbox<int> gone;
  responder->on_gone([&] { gone.put(1); });
  responder->begin({200, "OK", {}, std::string(20'000'000, 'x')});
  gone.get();
}

std::size_t threads() {
  std::size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/task"))
    count += entry.exists() ? 1 : 0;
  return count;
}

TEST(ServerStream, ManyStreamsTakeNoThreads) {
  constexpr std::size_t kStreams = 400;
  Responders responders;
  const auto server = serve({}, hand_over(responders));
  const auto before = threads();
  std::vector<std::unique_ptr<Peer>> peers;
  std::vector<std::shared_ptr<Responder>> open;
  for (std::size_t i = 0; i < kStreams; ++i) {
    peers.push_back(std::make_unique<Peer>(dial(*server)));
    peers.back()->write(kGet);
    open.push_back(responders.get());
    open.back()->begin({200, "OK", {}, ""});
  }
  EXPECT_EQ(threads(), before);
  for (const auto& responder : open) EXPECT_TRUE(responder->write("event"));
  for (const auto& peer : peers) {
    EXPECT_TRUE(peer->read_head().starts_with("HTTP/1.1 200 OK\r\n"));
    EXPECT_EQ(peer->read(10), "5\r\nevent\r\n");
  }
}

TEST(ServerStream, ResponderIsUsedByManyThreadsAndOutlivesTheServer) {
  Responders responders;
  Mailbox<int> gone;
  auto server = serve({}, hand_over(responders));
  Peer peer(dial(*server));
  peer.write(kGet);
  const auto responder = responders.get();
  responder->on_gone([&] { gone.put(1); });
  responder->begin({200, "OK", {}, ""});
  std::vector<std::thread> writers;
  for (int i = 0; i < 4; ++i) {
    writers.emplace_back([&] {
      while (responder->write("some bytes")) std::this_thread::yield();
    });
  }
  peer.read_head();
  server.reset();
  for (auto& writer : writers) writer.join();
  EXPECT_EQ(gone.get(), 1);
  responder->on_gone([&] { gone.put(2); });
  EXPECT_EQ(gone.get(), 2);
  responder->end();
}

TEST(ServerStream, DrainLetsOpenAnswersCompleteAndEndsStreams) {
  Responders responders;
  const auto server = serve({}, hand_over(responders));
  Peer idle(dial(*server));
  idle.write(kGet);
  responders.get()->answer({200, "OK", {}, ""});
  EXPECT_FALSE(idle.read_head().empty());
  Peer pending(dial(*server));
  pending.write(std::string(kGet) + std::string(kGet));
  const auto call = responders.get();
  Peer stream(dial(*server));
  stream.write(kGet);
  const auto events = responders.get();
  events->begin({200, "OK", {}, ""});
  EXPECT_FALSE(stream.read_head().empty());
  EXPECT_FALSE(server->drain(1ms)) << "two answers are open";
  EXPECT_EQ(idle.read_all(), "");
  Mailbox<bool> drained;
  std::thread drainer([&] { drained.put(server->drain(10s, [&] { events->end(); })); });
  EXPECT_EQ(stream.read_all(), "0\r\n\r\n");
  stream.close();
  call->answer({200, "OK", {}, "done"});
  // The second request is not begun.
  const auto last = pending.read_all();
  EXPECT_EQ(last, "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 4\r\n\r\ndone");
  pending.close();
  EXPECT_TRUE(drained.get());
  drainer.join();
  EXPECT_TRUE(server->drain(10s)) << "nothing is left";
  const int late = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(server->port());
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  EXPECT_NE(::connect(late, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  ::close(late);
}

}  // namespace
