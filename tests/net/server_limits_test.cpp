// What the server refuses, and what it does with peers that want too much.
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include "net/certificate.h"
#include "serving.h"

namespace {

using namespace std::chrono_literals;
using net::Request;
using net::Responder;
using net::Response;
using net::ServerOptions;
using test::ask;
using test::dial;
using test::Peer;
using test::read_until;
using test::Responders;
using test::serve;

constexpr std::string_view kGet = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
constexpr std::string_view kLastGet = "GET /last HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";

void echo(const Request& request, const std::shared_ptr<Responder>& responder) {
  responder->answer({200, "OK", {}, request.verb + " " + request.target + " " + request.body + "\n"});
}

net::Serve hand_over(Responders& responders) {
  return [&responders](const Request&, std::shared_ptr<Responder> responder) {
    responders.put(std::move(responder));
  };
}

TEST(ServerLimits, RefusalsAreAnsweredAndClose) {
  ServerOptions options;
  options.max_body = 1000;
  const auto server = serve(options, echo);
  struct Row {
    std::string_view status_line;
    std::string request;
  };
  for (const auto& row : {
           Row{"HTTP/1.1 400 Bad Request\r\n", "GET / HTTP/1.1\n\n"},
           Row{"HTTP/1.1 400 Bad Request\r\n", "GET / HTTP/1.1\r\n\r\n"},
           Row{"HTTP/1.1 400 Bad Request\r\n",
               "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: "
               "chunked\r\n\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n"},
           Row{"HTTP/1.1 431 ", "GET / HTTP/1.1\r\nX: " + std::string(1'000'000, 'x') + "\r\n\r\n"},
           Row{"HTTP/1.1 431 ", "GET / HTTP/1.1\r\n" +
                                    [] {
                                      std::string flood;
                                      for (int i = 0; i < 50'000; ++i) flood += "X: y\r\n";
                                      return flood;
                                    }() +
                                    "\r\n"},
           // The peer sends all of it before it reads: a reset would take the answer away.
           Row{"HTTP/1.1 413 Content Too Large\r\n",
               "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5000000\r\n\r\n" + std::string(5'000'000, 'x')},
           Row{"HTTP/1.1 413 Content Too Large\r\n",
               "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" +
                   [] {
                     std::string chunks;
                     for (int i = 0; i < 3000; ++i) chunks += "100\r\n" + std::string(256, 'x') + "\r\n";
                     return chunks;
                   }()},
           Row{"HTTP/1.1 417 ", "GET / HTTP/1.1\r\nHost: x\r\nExpect: more\r\n\r\n"},
           Row{"HTTP/1.1 505 ", "GET / HTTP/3.0\r\nHost: x\r\n\r\n"},
       }) {
    Peer peer(dial(*server));
    peer.write(row.request);
    ::shutdown(peer.fd(), SHUT_WR);
    const auto answer = peer.read_all();
    EXPECT_TRUE(answer.starts_with(row.status_line)) << row.status_line << answer;
    EXPECT_NE(answer.find("\r\nConnection: close\r\n"), std::string::npos) << answer;
    EXPECT_EQ(answer.find("HTTP/1.1", 1), std::string::npos) << answer;
  }
  EXPECT_TRUE(ask(*server, kLastGet).ends_with("GET /last \n"));
}

TEST(ServerLimits, EveryMethodAndChunkedBodiesReachServe) {
  const auto server = serve({}, echo);
  for (const std::string verb : {"GET", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "BREW"}) {
    const auto answer = ask(*server, verb +
                                         " /x HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: "
                                         "chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n");
    EXPECT_TRUE(answer.ends_with("\r\n\r\n" + verb + " /x abcde\n")) << answer;
  }
  const auto head = ask(*server, "HEAD / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  EXPECT_NE(head.find("Content-Length: 8\r\n"), std::string::npos) << head;
  EXPECT_TRUE(head.ends_with("\r\n\r\n")) << head;
}

TEST(ServerLimits, PipelinedRequestsAreAnsweredInTurnAlsoAfterErrors) {
  Responders responders;
  const auto server = serve({}, hand_over(responders));
  Peer peer(dial(*server));
  std::string requests;
  constexpr int kMany = 2000;  // more than is kept while an answer is pending
  for (int i = 0; i < kMany; ++i) requests += kGet;
  std::thread writer([&] { peer.write(requests); });
  for (int i = 0; i < kMany; ++i) {
    const auto responder = responders.get();
    ASSERT_TRUE(responder);
    EXPECT_TRUE(responders.empty());
    responder->answer({404, "Not Found", {}, std::to_string(i)});
    ASSERT_TRUE(peer.read_head().starts_with("HTTP/1.1 404 "));
    const auto text = std::to_string(i);
    ASSERT_EQ(peer.read(text.size()), text);
  }
  writer.join();
}

TEST(ServerLimits, ContinueIsSaidBeforeTheBody) {
  ServerOptions options;
  options.max_body = 10;
  const auto server = serve(options, echo);
  const std::string head = "POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nExpect: 100-continue\r\n";
  Peer peer(dial(*server));
  peer.write(head + "Content-Length: 3\r\n\r\n");
  EXPECT_EQ(peer.read_head(), "HTTP/1.1 100 Continue\r\n\r\n");
  peer.write("abc");
  EXPECT_TRUE(peer.read_all().ends_with("POST / abc\n"));
  Peer chunked(dial(*server));
  chunked.write(head + "Transfer-Encoding: chunked\r\n\r\n");
  EXPECT_EQ(chunked.read_head(), "HTTP/1.1 100 Continue\r\n\r\n");
  chunked.write("0\r\n\r\n");
  EXPECT_TRUE(chunked.read_all().ends_with("POST / \n"));
  EXPECT_TRUE(ask(*server, head + "Content-Length: 3\r\n\r\nabc").starts_with("HTTP/1.1 200 "));
  EXPECT_TRUE(ask(*server, head + "Content-Length: 11\r\n\r\n").starts_with("HTTP/1.1 413 "));
}

TEST(ServerLimits, AllBodiesOnTheirWayTogetherAreBounded) {
  ServerOptions options;
  options.max_bodies = 15;
  const auto server = serve(options, echo);
  const std::string part =
      "POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 12\r\n\r\n0123456789";
  std::array<Peer, 2> peers{Peer(dial(*server)), Peer(dial(*server))};
  for (auto& peer : peers) peer.write_and_wait(part);
  EXPECT_TRUE(peers[0].read_all().starts_with("HTTP/1.1 408 "));
  peers[1].write("AB");
  EXPECT_TRUE(peers[1].read_all().ends_with("POST / 0123456789AB\n"));
  // What is done no longer counts.
  EXPECT_TRUE(ask(*server, part + "AB").ends_with("POST / 0123456789AB\n"));
}

TEST(ServerLimits, ABodyCountsUntilItsAnswerBegins) {
  test::Responders responders;
  ServerOptions options;
  options.max_bodies = 15;
  const auto server =
      test::serve(options, [&](const net::Request&, const std::shared_ptr<net::Responder>& responder) {
        responders.put(responder);
      });
  const std::string request = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n0123456789";
  Peer waiting(dial(*server));
  waiting.write(request);
  const auto responder = responders.get();
  EXPECT_TRUE(ask(*server, request).starts_with("HTTP/1.1 503 "));
  responder->begin({200, "OK", {}, "x"});
  waiting.read_head();
  Peer next(dial(*server));
  next.write(request);
  responders.get()->answer({200, "OK", {}, "y"});
  EXPECT_TRUE(next.read_head().starts_with("HTTP/1.1 200 "));
}

TEST(ServerLimits, ABodyThatWasRefusedCountsNoMore) {
  ServerOptions options;
  options.max_body = 1000;
  options.max_bodies = 1500;
  const auto server = serve(options, echo);
  const std::string head = "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
  const std::string most(800, 'x');
  Peer refused(dial(*server));
  refused.write(head + "320\r\n" + most + "\r\n320\r\n");
  EXPECT_TRUE(refused.read_head().starts_with("HTTP/1.1 413 "));
  // The one before is still connected.
  Peer next(dial(*server));
  next.write(head + "320\r\n" + most + "\r\n0\r\n\r\n");
  EXPECT_TRUE(next.read_head().starts_with("HTTP/1.1 200 "));
}

TEST(ServerLimits, SlowRequestsAreAnsweredRequestTimeout) {
  ServerOptions options;
  options.head_limit = 30ms;
  options.body_limit = 30ms;
  const auto server = serve(options, echo);
  EXPECT_TRUE(ask(*server, "G").starts_with("HTTP/1.1 408 "));
  EXPECT_TRUE(
      ask(*server, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nab").starts_with("HTTP/1.1 408 "));
  EXPECT_TRUE(ask(*server, "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1")
                  .starts_with("HTTP/1.1 408 "));
  const auto second = ask(*server, std::string(kGet) + "GET / HT");
  EXPECT_TRUE(second.starts_with("HTTP/1.1 200 "));
  EXPECT_NE(second.find("HTTP/1.1 408 "), std::string::npos) << second;
}

TEST(ServerLimits, TheTimeForAHeadIsNotProlongedByItsBytes) {
  ServerOptions options;
  options.head_limit = 100ms;
  const auto server = serve(options, echo);
  Peer peer(dial(*server));
  peer.write("GET / HTTP/1.1\r\n");
  // One more byte whenever nothing has come for 10 ms, until the server has had enough. Half a minute of that
  // is less than the longest head.
  constexpr int kMost = 3000;
  pollfd readable{peer.fd(), POLLIN, 0};
  int drops = 0;
  while (drops < kMost && ::poll(&readable, 1, 10) == 0) {
    peer.write("X");
    ++drops;
  }
  ASSERT_LT(drops, kMost) << "it goes on as long as bytes come";
  EXPECT_TRUE(peer.read_head().starts_with("HTTP/1.1 408 "));
}

TEST(ServerLimits, IdleConnectionsEnd) {
  ServerOptions options;
  options.idle_limit = 30ms;
  EXPECT_EQ(ask(*serve(options, echo), ""), "");
  // On a busy machine the request may come too late to be answered: then again.
  std::string answered;
  while (answered.empty()) answered = ask(*serve(options, echo), kGet);
  EXPECT_TRUE(answered.ends_with("GET / \n")) << answered;
}

ServerOptions with_certificate() {
  const std::vector<std::string> names = {"localhost"};
  const auto certificate = net::make_certificate(names).value();
  ServerOptions options;
  options.certificate_pem = certificate.certificate_pem;
  options.key_pem = certificate.key_pem;
  return options;
}

TEST(ServerLimits, HalfOpenConnectionsEnd) {
  auto options = with_certificate();
  options.handshake_limit = 30ms;
  const auto server = serve(options, echo);
  EXPECT_EQ(ask(*server, ""), "");
  EXPECT_EQ(ask(*server, std::string_view("\x16\x03\x01\x02\x00\x01", 6)), "");
}

TEST(ServerLimits, PlainHttpIsToldThatThePortSpeaksHttps) {
  const auto server = serve(with_certificate(), echo);
  const auto plain = ask(*server, kGet);
  EXPECT_TRUE(plain.starts_with("HTTP/1.1 400 ")) << plain;
  EXPECT_NE(plain.find("HTTPS"), std::string::npos) << plain;
}

TEST(ServerLimits, TruncatedBodiesDoNotReachTheHandler) {
  std::atomic<bool> served = false;
  const auto server = serve({}, [&](const Request& request, const std::shared_ptr<Responder>& responder) {
    if (request.target == "/cut") served = true;
    echo(request, responder);
  });
  for (const std::string body :
       {"Content-Length: 3\r\n\r\nab", "Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n",
        "Transfer-Encoding: chunked\r\n\r\n2\r\na"}) {
    Peer peer(dial(*server));
    peer.write("POST /cut HTTP/1.1\r\nHost: x\r\n" + body);
    ::shutdown(peer.fd(), SHUT_WR);
    EXPECT_EQ(peer.read_all(), "");
  }
  EXPECT_TRUE(ask(*server, kLastGet).starts_with("HTTP/1.1 200 "));
  EXPECT_FALSE(served);
}

TEST(ServerLimits, TheIdlestConnectionMakesRoomElseTheNewcomerIsRefused) {
  Responders responders;
  ServerOptions options;
  options.max_connections = 2;
  const auto server = serve(options, hand_over(responders));
  const auto get = [&](Peer& peer) {
    peer.write(kGet);
    responders.get()->answer({200, "OK", {}, ""});
    EXPECT_TRUE(peer.read_head().starts_with("HTTP/1.1 200 "));
  };
  Peer first(dial(*server));
  get(first);
  Peer second(dial(*server));
  get(second);
  Peer third(dial(*server));
  third.write(kGet);
  EXPECT_EQ(first.read_all(), "");
  const auto pending = responders.get();
  get(second);
  second.write(kGet);
  const auto other = responders.get();
  const auto refused = ask(*server, "");
  EXPECT_TRUE(refused.starts_with("HTTP/1.1 503 Service Unavailable\r\n")) << refused;
  EXPECT_NE(refused.find("\r\nRetry-After: "), std::string::npos);
  pending->answer({200, "OK", {}, ""});
  EXPECT_TRUE(third.read_head().starts_with("HTTP/1.1 200 "));
  Peer fourth(dial(*server));
  get(fourth);
  EXPECT_EQ(third.read_all(), "");
}

TEST(ServerLimits, AddressesCanBeBounded) {
  Responders responders;
  ServerOptions options;
  options.max_per_address = 1;
  const auto server = serve(options, hand_over(responders));
  Peer first(dial(*server));
  first.write(kGet);
  const auto pending = responders.get();
  EXPECT_TRUE(ask(*server, kGet).starts_with("HTTP/1.1 503 "));
  EXPECT_TRUE(ask(*server, kGet).starts_with("HTTP/1.1 503 "));
}

TEST(ServerLimits, AnswersCannotBeSplit) {
  const auto server = serve({}, [](const Request&, const std::shared_ptr<Responder>& responder) {
    responder->answer({200,
                       "OK\r\nX: 1",
                       {{"A", "1\r\nSet-Cookie: x"},
                        {"B\r\nSet-Cookie", "x"},
                        {"C", std::string("2\0\n3", 4)},
                        {"content-length", "0"},
                        {"Transfer-Encoding", "chunked"},
                        {"", "x"},
                        {"D", "4"}},
                       "body"});
  });
  EXPECT_EQ(ask(*server, kLastGet),
            "HTTP/1.1 200 OK  X: 1\r\nA: 1  Set-Cookie: x\r\nC: 2  3\r\nD: 4\r\nConnection: close\r\n"
            "Content-Length: 4\r\n\r\nbody");
}

}  // namespace
