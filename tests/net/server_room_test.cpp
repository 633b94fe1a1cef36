// If connections or room for bodies run out, clients with an incomplete request are disconnected first.
#include <gtest/gtest.h>

#include <chrono>
#include <deque>
#include <string>
#include <vector>

#include "net/certificate.h"
#include "serving.h"

namespace {

using namespace std::chrono_literals;
using net::Request;
using net::Responder;
using net::ServerOptions;
using test::ask;
using test::dial;
using test::Peer;
using test::Responders;
using test::serve;

constexpr std::string_view kGet = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
constexpr std::string_view kLastGet = "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
constexpr std::string_view kHalfHead = "POST / HTTP/1.1\r\nHost: ";
constexpr std::string_view kNoBody = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n";

void echo(const Request& request, const std::shared_ptr<Responder>& responder) {
  responder->answer({200, "OK", {}, request.body + "\n"});
}

net::Serve hand_over(Responders& responders) {
  return [&responders](const Request&, std::shared_ptr<Responder> responder) {
    responders.put(std::move(responder));
  };
}

/// Connections end only to make room, because every time limit is longer than the test.
ServerOptions patient() {
  ServerOptions options;
  options.handshake_limit = options.head_limit = options.body_limit = options.idle_limit = 1h;
  return options;
}

/// Connections that all have begun with the same bytes, one after the other.
class Crowd {
 public:
  Crowd(const net::Server& server, std::size_t count, std::string_view bytes) {
    while (peers_.size() < count) peers_.emplace_back(dial(server)).write_and_wait(bytes);
  }
  Peer& operator[](std::size_t at) { return peers_[at]; }

 private:
  std::deque<Peer> peers_;
};

std::string post(std::size_t size, std::size_t sent) {
  return "POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: " + std::to_string(size) +
         "\r\n\r\n" + std::string(sent, 'x');
}

bool answered(Peer& peer, std::string_view status) {
  return peer.read_all().starts_with("HTTP/1.1 " + std::string(status) + " ");
}

TEST(ServerRoom, HalfRequestsLeaveRoomForOthers) {
  auto options = patient();
  options.max_connections = 8;
  for (const auto begun : {kHalfHead, kNoBody}) {
    const auto server = serve(options, echo);
    Crowd crowd(*server, 20, begun);
    for (int i = 0; i < 20; ++i) EXPECT_TRUE(ask(*server, kLastGet).starts_with("HTTP/1.1 200 "));
    // One connection makes room for the first of them; the next ones use the same place.
    for (std::size_t i = 0; i < 13; ++i) EXPECT_TRUE(answered(crowd[i], "408")) << i;
    for (std::size_t i = 13; i < 20; ++i) {
      crowd[i].write(begun == kHalfHead ? "x\r\n\r\n" : "0123456789");
      EXPECT_TRUE(crowd[i].read_head().starts_with("HTTP/1.1 200 ")) << i;
    }
  }
}

TEST(ServerRoom, HalfHandshakesLeaveRoomForOthers) {
  const std::vector<std::string> names = {"localhost"};
  const auto certificate = net::make_certificate(names).value();
  auto options = patient();
  options.max_connections = 4;
  options.certificate_pem = certificate.certificate_pem;
  options.key_pem = certificate.key_pem;
  const auto server = serve(options, echo);
  Crowd crowd(*server, 6, std::string_view("\x16\x03\x01\x02\x00\x01", 6));
  EXPECT_TRUE(ask(*server, kLastGet).starts_with("HTTP/1.1 400 ")) << "is told to speak TLS";
  for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(crowd[i].read_all(), "");
}

TEST(ServerRoom, TheLongestWaitEndsFirst) {
  Responders responders;
  auto options = patient();
  options.max_connections = 4;
  const auto server = serve(options, hand_over(responders));
  Peer kept(dial(*server));
  kept.write(kGet);
  responders.get()->answer({200, "OK", {}, ""});
  EXPECT_TRUE(kept.read_head().starts_with("HTTP/1.1 200 "));
  Peer body(dial(*server));
  body.write_and_wait(kNoBody);
  Peer silent(dial(*server));
  Peer head(dial(*server));
  head.write_and_wait(kHalfHead);

  std::deque<Peer> newcomers;
  std::vector<std::shared_ptr<Responder>> pending;
  const auto come = [&] {
    newcomers.emplace_back(dial(*server)).write(kLastGet);
    pending.push_back(responders.get());
  };
  come();
  EXPECT_EQ(kept.read_all(), "");
  // An answer that has begun and has not ended.
  pending[0]->begin({200, "OK", {{"Content-Type", "text/event-stream"}}, "first"});
  come();
  EXPECT_TRUE(answered(body, "408"));
  come();
  EXPECT_EQ(silent.read_all(), "");
  come();
  EXPECT_TRUE(answered(head, "408"));

  // No client with a complete request is disconnected, however many new ones come.
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(ask(*server, kGet).starts_with("HTTP/1.1 503 "));
  EXPECT_TRUE(pending[0]->write("second"));
  pending[0]->end();
  EXPECT_TRUE(newcomers[0].read_all().contains("second"));
  for (std::size_t i = 1; i < 4; ++i) {
    pending[i]->answer({200, "OK", {}, ""});
    EXPECT_TRUE(answered(newcomers[i], "200"));
  }
}

TEST(ServerRoom, ARequestIsWaitedForFromItsFirstByteOn) {
  auto options = patient();
  options.max_connections = 2;
  const auto server = serve(options, echo);
  Peer first(dial(*server));
  Peer second(dial(*server));
  second.write_and_wait(kHalfHead);
  first.write_and_wait(kHalfHead);
  // Further bytes of a request do not reset its start time.
  second.write_and_wait("x");
  EXPECT_TRUE(ask(*server, kLastGet).starts_with("HTTP/1.1 200 "));
  EXPECT_TRUE(answered(second, "408"));
  first.write("x\r\n\r\n");
  EXPECT_TRUE(first.read_head().starts_with("HTTP/1.1 200 "));
}

TEST(ServerRoom, ANewConnectionIsNotClosedFirst) {
  auto options = patient();
  options.max_connections = 4;
  const auto server = serve(options, echo);
  const Crowd before(*server, 6, kHalfHead);
  Peer newcomer(dial(*server));
  const Crowd after(*server, 3, kHalfHead);
  newcomer.write(kLastGet);
  EXPECT_TRUE(answered(newcomer, "200"));
}

TEST(ServerRoom, AddressesMakeRoomAmongTheirOwn) {
  auto options = patient();
  options.max_per_address = 2;
  const auto server = serve(options, echo);
  Crowd crowd(*server, 2, kHalfHead);
  EXPECT_TRUE(ask(*server, kLastGet).starts_with("HTTP/1.1 200 "));
  EXPECT_TRUE(answered(crowd[0], "408"));
}

TEST(ServerRoom, PveproxySaysNothing) {
  auto options = net::pveproxy_options();
  options.idle_limit = 1h;
  options.max_connections = 2;
  options.max_bodies = 15;
  const auto server = serve(options, echo);
  Crowd heads(*server, 2, kHalfHead);
  Peer body(dial(*server));
  EXPECT_EQ(heads[0].read_all(), "");
  body.write_and_wait(post(12, 10));
  EXPECT_TRUE(ask(*server, post(8, 8)).starts_with("HTTP/1.1 200 "));
  EXPECT_EQ(heads[1].read_all(), "");
  EXPECT_EQ(body.read_all(), "");
}

TEST(ServerRoom, HoardedBodiesLeaveRoomForOthers) {
  auto options = patient();
  options.max_bodies = 1000;
  const auto server = serve(options, echo);
  Crowd crowd(*server, 10, post(300, 240));
  for (int i = 0; i < 20; ++i) EXPECT_TRUE(ask(*server, post(50, 50)).starts_with("HTTP/1.1 200 "));
  for (std::size_t i = 0; i < 7; ++i) EXPECT_TRUE(answered(crowd[i], "408")) << i;
  for (std::size_t i = 7; i < 10; ++i) {
    crowd[i].write(std::string(60, 'x'));
    EXPECT_TRUE(answered(crowd[i], "200")) << i;
  }
}

TEST(ServerRoom, ASlowSmallBodyStays) {
  auto options = patient();
  options.max_bodies = 1000;
  const auto server = serve(options, echo);
  Peer slow(dial(*server));
  slow.write_and_wait(post(12, 10));
  Crowd crowd(*server, 20, post(300, 240));
  slow.write("AB");
  EXPECT_TRUE(slow.read_all().ends_with("xxAB\n"));
  EXPECT_TRUE(answered(crowd[0], "408"));
}

TEST(ServerRoom, ALargeBodyFindsRoomAmongManySmallerOnes) {
  auto options = patient();
  options.max_bodies = 1000;
  const auto server = serve(options, echo);
  Crowd crowd(*server, 9, post(120, 100));
  Peer large(dial(*server));
  large.write_and_wait(post(500, 250));
  large.write(std::string(250, 'x'));
  EXPECT_TRUE(answered(large, "200"));
  for (std::size_t i = 0; i < 4; ++i) EXPECT_TRUE(answered(crowd[i], "408")) << i;
  crowd[4].write(std::string(20, 'x'));
  EXPECT_TRUE(answered(crowd[4], "200"));
}

TEST(ServerRoom, BodiesBeingAnsweredMakeNoRoom) {
  Responders responders;
  auto options = patient();
  options.max_bodies = 1000;
  const auto server = serve(options, hand_over(responders));
  Peer complete(dial(*server));
  complete.write(post(500, 500));
  const auto pending = responders.get();
  Peer half(dial(*server));
  half.write_and_wait(post(400, 300));
  // The half one gives way, and that is not enough.
  EXPECT_TRUE(ask(*server, post(600, 600)).starts_with("HTTP/1.1 503 "));
  EXPECT_TRUE(answered(half, "408"));
  EXPECT_TRUE(ask(*server, post(600, 590)).starts_with("HTTP/1.1 503 "));
  pending->answer({200, "OK", {}, ""});
  EXPECT_TRUE(answered(complete, "200"));
  Peer next(dial(*server));
  next.write(post(900, 900));
  responders.get()->answer({200, "OK", {}, ""});
  EXPECT_TRUE(answered(next, "200"));
}

}  // namespace
