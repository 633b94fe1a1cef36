// Bytes that are a request, and bytes that must never be read as one.
#include "net/http_reader.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace {

using net::HttpReader;
using net::ServerOptions;
using Step = HttpReader::Step;
using std::string_view_literals::operator""sv;

struct Outcome {
  std::vector<net::Incoming> requests;
  std::optional<net::Refusal> refusal;
};

Outcome read(std::string_view bytes, const ServerOptions& options = {}, std::size_t piece = 100'000) {
  HttpReader reader(options);
  Outcome outcome;
  for (std::size_t at = 0; at < bytes.size(); at += piece) {
    reader.feed(bytes.substr(at, piece));
    for (auto step = reader.step(); step != Step::More; step = reader.step()) {
      if (step == Step::Refused) {
        outcome.refusal = reader.refusal();
        return outcome;
      }
      if (step == Step::Done) outcome.requests.push_back(reader.take());
    }
  }
  return outcome;
}

ServerOptions small() {
  ServerOptions options;
  options.max_head = 200;
  options.max_body = 10;
  return options;
}

struct Row {
  unsigned status;
  std::string_view bytes;
};

class Refused : public testing::TestWithParam<Row> {};

TEST_P(Refused, WholeAndByteByByte) {
  for (const std::size_t piece : {std::size_t{100'000}, std::size_t{1}}) {
    const auto outcome = read(GetParam().bytes, small(), piece);
    ASSERT_TRUE(outcome.refusal) << GetParam().bytes;
    EXPECT_EQ(outcome.refusal->status, GetParam().status) << GetParam().bytes;
    EXPECT_TRUE(outcome.requests.empty()) << GetParam().bytes;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Smuggling, Refused,
    testing::Values(
        Row{400,
            "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
        Row{400,
            "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n"},
        Row{400, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd"},
        Row{400, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\nabc"},
        Row{400, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3, 3\r\n\r\nabc"},
        Row{400, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: +3\r\n\r\nabc"},
        Row{400, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -0\r\n\r\n"},
        Row{400, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0x3\r\n\r\nabc"},
        Row{400, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length:\r\n\r\n"},
        Row{400, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3 3\r\n\r\nabc"},
        Row{400, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 18446744073709551617\r\n\r\n"},
        Row{400, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length : 3\r\n\r\nabc"},
        Row{400, "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding : chunked\r\n\r\n"},
        Row{400, "POST / HTTP/1.1\r\nHost: x\r\nX: 1\r\n Transfer-Encoding: chunked\r\n\r\n"},
        Row{400, "POST / HTTP/1.1\r\nHost: x\r\nX: 1\r\n\tfolded\r\n\r\n"},
        Row{400, "POST / HTTP/1.1\r\n Host: x\r\n\r\n"}, Row{400, "POST / HTTP/1.1\nHost: x\n\n"},
        Row{400, "POST / HTTP/1.1\r\nHost: x\nX: 1\r\n\r\n"},
        Row{400, "POST / HTTP/1.1\r\nHost: x\r\nX: 1\rTransfer-Encoding: chunked\r\n\r\n"},
        Row{400,
            "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n"},
        Row{501, "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n"},
        Row{501, "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked, identity\r\n\r\n"},
        Row{501, "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: xchunked\r\n\r\n"},
        Row{400, "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: \vchunked\r\n\r\n"},
        Row{400, "POST / HTTP/1.0\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
        Row{400, "POST / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n"}, Row{400, "GET / HTTP/1.1\r\n\r\n"}));

#define CHUNKED "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
INSTANTIATE_TEST_SUITE_P(Chunks, Refused,
                         testing::Values(Row{400, CHUNKED "x\r\n"}, Row{400, CHUNKED "\r\n"},
                                         Row{400, CHUNKED "-1\r\n"}, Row{400, CHUNKED "0x1\r\na\r\n"},
                                         Row{400, CHUNKED " 1\r\na\r\n"}, Row{400, CHUNKED "1 2\r\na\r\n"},
                                         Row{400, CHUNKED "10000000000000000\r\n"},
                                         Row{413, CHUNKED "ffffffffffffffff\r\n"}, Row{413, CHUNKED "b\r\n"},
                                         Row{413, CHUNKED "5\r\nabcde\r\n6\r\nabcdef\r\n"},
                                         Row{400, CHUNKED "1\r\nab\r\n"}, Row{400, CHUNKED "1\na\r\n"},
                                         Row{400, CHUNKED "1\r\na\n\n"}, Row{400, CHUNKED "1;\rx\r\na\r\n"},
                                         Row{400, CHUNKED "0\r\nno colon\r\n\r\n"},
                                         Row{400, CHUNKED "0\r\n folded: x\r\n\r\n"}));

INSTANTIATE_TEST_SUITE_P(Extensions, Refused,
                         testing::Values(Row{400, CHUNKED "1;a=\"\n\"\r\na\r\n"},
                                         Row{400, CHUNKED "1;a=\"\r\na\r\n"},
                                         Row{400, CHUNKED "0;a=\"\r\n\r\n"},
                                         Row{400, CHUNKED "0\r\nContent-Length: 3\r\n\r\n"},
                                         Row{400, CHUNKED "1\r\na\r\n0\r\nA: b\r\n \r\n\r\n"}));

INSTANTIATE_TEST_SUITE_P(
    Lines, Refused,
    testing::Values(
        Row{400, "nonsense\r\n\r\n"}, Row{400, "\x16\x03\x01\x02"}, Row{400, " GET / HTTP/1.1\r\n"},
        Row{400, "GET  / HTTP/1.1\r\nHost: x\r\n\r\n"}, Row{400, "GET / HTTP/1.1 \r\nHost: x\r\n\r\n"},
        Row{400, "G@T / HTTP/1.1\r\nHost: x\r\n\r\n"}, Row{400, "GET x HTTP/1.1\r\nHost: x\r\n\r\n"},
        Row{400, "GET http://x/ HTTP/1.1\r\nHost: x\r\n\r\n"},
        Row{400, "CONNECT x:1 HTTP/1.1\r\nHost: x\r\n\r\n"}, Row{400, "GET * HTTP/1.1\r\nHost: x\r\n\r\n"},
        Row{400, "GET /\x7f HTTP/1.1\r\nHost: x\r\n\r\n"},
        Row{400, "GET /\xc3\xa4 HTTP/1.1\r\nHost: x\r\n\r\n"}, Row{400, "GET / http/1.1\r\nHost: x\r\n\r\n"},
        Row{400, "GET /\r\nHost: x\r\n\r\n"}, Row{505, "GET / HTTP/2.0\r\nHost: x\r\n\r\n"},
        Row{505, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"},
        Row{400, "GET / HTTP/1.1\r\nHost: x\r\nno colon\r\n\r\n"},
        Row{400, "GET / HTTP/1.1\r\nHost: x\r\n: no name\r\n\r\n"},
        Row{400, "GET / HTTP/1.1\r\nHost: x\r\nX: a\x01\r\n\r\n"},
        Row{400, "GET / HTTP/1.1\r\nHost: x\r\nX: a\0b\r\n\r\n"sv},
        Row{417, "POST / HTTP/1.1\r\nHost: x\r\nExpect: tea\r\nContent-Length: 1\r\n\r\na"},
        Row{413, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 11\r\n\r\n"}));

TEST(HttpReader, TakesTheSameRequestsHoweverTheyArrive) {
  const std::string_view bytes =
      "\r\nPOST /a?b=1 HTTP/1.1\r\nhOST:x\r\nX-Empty:\r\nX: \t two words \t\r\nContent-Length: 3\r\n\r\nabc"
      "OPTIONS * HTTP/1.1\r\nHost: x\r\nConnection: foo, Close\r\n\r\n" CHUNKED
      "2;name=\"v\"\r\nab\r\n00A\r\n0123456789\r\n0\r\nTrailer: x\r\n\r\n"
      "GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\nHEAD / HTTP/1.0\r\n\r\n";
  ServerOptions options;
  options.max_body = 12;
  for (std::size_t piece = 1; piece <= bytes.size(); ++piece) {
    const auto outcome = read(bytes, options, piece);
    ASSERT_FALSE(outcome.refusal) << piece << outcome.refusal->body;
    const auto& requests = outcome.requests;
    ASSERT_EQ(requests.size(), 5U) << piece;
    EXPECT_EQ(requests[0].request.target, "/a?b=1");
    EXPECT_EQ(requests[0].request.body, "abc");
    const net::Headers headers = {
        {"hOST", "x"}, {"X-Empty", ""}, {"X", "two words"}, {"Content-Length", "3"}};
    EXPECT_EQ(requests[0].request.headers, headers);
    EXPECT_TRUE(requests[0].keep_alive);
    EXPECT_EQ(requests[1].request.verb, "OPTIONS");
    EXPECT_FALSE(requests[1].keep_alive);
    EXPECT_EQ(requests[2].request.body, "ab0123456789");
    EXPECT_TRUE(requests[3].http10 && requests[3].keep_alive);
    EXPECT_FALSE(requests[4].keep_alive);
  }
}

TEST(HttpReader, HeadsAreBounded) {
  const auto options = small();
  const std::string start = "GET / HTTP/1.1\r\nHost: x\r\nX: ";
  const std::string end = "\r\n\r\n";
  const auto head = [&](std::size_t size) {
    return start + std::string(size - start.size() - end.size(), 'x') + end;
  };
  for (const std::size_t piece : {1UZ, 7UZ, 1000UZ}) {
    EXPECT_EQ(read(head(200), options, piece).requests.size(), 1U);
    EXPECT_EQ(read(head(201), options, piece).refusal.value().status, 431U);
    EXPECT_EQ(read(start + std::string(500, 'x'), options, piece).refusal.value().status, 431U);
  }
  std::string many = "GET / HTTP/1.1\r\nHost: x\r\n";
  for (int i = 0; i < 99; ++i) many += "A: b\r\n";
  EXPECT_EQ(read(many + "\r\n").requests.size(), 1U);
  EXPECT_EQ(read(many + "A: b\r\n\r\n").refusal.value().status, 431U);
}

TEST(HttpReader, WhatStandsBetweenChunksIsBounded) {
  const auto options = small();
  std::string extensions = CHUNKED;
  for (int i = 0; i < 3; ++i) extensions += "1;" + std::string(80, 'x') + "\r\na\r\n";
  EXPECT_EQ(read(extensions, options).refusal.value().status, 400U);
  EXPECT_EQ(read(CHUNKED + ("1;" + std::string(300, 'x')), options).refusal.value().status, 400U);
  std::string trailers = CHUNKED "0\r\n";
  for (int i = 0; i < 30; ++i) trailers += "Trailer: x\r\n";
  EXPECT_EQ(read(trailers, options).refusal.value().status, 431U);
}

TEST(HttpReader, ABodyMayBeOneLastChunkHoweverItArrives) {
  const std::string_view bytes = CHUNKED "0\r\n\r\n" CHUNKED "000;x\r\nA: b\r\n\r\n";
  for (std::size_t piece = 1; piece <= bytes.size(); ++piece) {
    const auto outcome = read(bytes, {}, piece);
    ASSERT_FALSE(outcome.refusal) << piece;
    ASSERT_EQ(outcome.requests.size(), 2U) << piece;
    EXPECT_EQ(outcome.requests[1].request.body, "");
    EXPECT_EQ(net::find_header(outcome.requests[1].request.headers, "A"), std::nullopt);
  }
}

TEST(HttpReader, NoMemoryForWhatIsOnlyAnnounced) {
  ServerOptions options;
  options.max_body = 0;
  for (const std::string_view framing : {"Content-Length: 18446744073709551615\r\n\r\na",
                                         "Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\na"}) {
    HttpReader reader(options);
    reader.feed("POST / HTTP/1.1\r\nHost: x\r\n" + std::string(framing));
    EXPECT_EQ(reader.step(), Step::Head);
    EXPECT_EQ(reader.step(), Step::More);
    EXPECT_LT(reader.head().body.capacity(), 1'000U);
  }
}

TEST(HttpReader, SaysOnceThatThePeerWaits) {
  const ServerOptions options;
  HttpReader reader(options);
  reader.feed("POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-Continue\r\nContent-Length: 1\r\n\r\n");
  EXPECT_EQ(reader.step(), Step::Head);
  EXPECT_EQ(reader.head().verb, "POST");
  EXPECT_EQ(reader.step(), Step::More);
  EXPECT_TRUE(reader.wants_continue());
  EXPECT_FALSE(reader.wants_continue());
  reader.feed("a");
  EXPECT_EQ(reader.step(), Step::Done);
  EXPECT_EQ(reader.take().request.body, "a");
  EXPECT_TRUE(reader.idle());
}

TEST(HttpReader, RefusalIsForGood) {
  const ServerOptions options;
  HttpReader reader(options);
  reader.feed("bad\r\n\r\n");
  EXPECT_EQ(reader.step(), Step::Refused);
  reader.feed("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(reader.step(), Step::Refused);
}

TEST(HttpReader, ABodyTakesNoMoreRoomThanItIsSaidToBe) {
  const ServerOptions options;
  HttpReader reader(options);
  reader.feed("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2900\r\n\r\n");
  EXPECT_EQ(reader.step(), Step::Head);
  EXPECT_EQ(reader.body_room(), 0U);
  for (const std::size_t piece : {1600U, 100U, 1000U}) {
    reader.feed(std::string(piece, 'x'));
    EXPECT_EQ(reader.step(), Step::More);
  }
  EXPECT_EQ(reader.body_room(), 2900U) << "a string that grows by itself would hold 3200";
  reader.feed(std::string(200, 'x') + "GET /next HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(reader.step(), Step::Done);
  EXPECT_EQ(reader.body_room(), 2900U);
  EXPECT_EQ(reader.take().request.body.size(), 2900U);
  EXPECT_EQ(reader.step(), Step::Head);
  EXPECT_EQ(reader.head().target, "/next");
}

TEST(HttpReader, RoomIsCountedAndNotOnlyWhatHasCome) {
  const ServerOptions options;
  HttpReader reader(options);
  reader.feed("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n");
  EXPECT_EQ(reader.step(), Step::Head);
  for (const std::size_t piece : {1600U, 100U}) {
    reader.feed(std::string(piece, 'x'));
    EXPECT_EQ(reader.step(), Step::More);
  }
  EXPECT_GE(reader.body_room(), 3200U);
}

}  // namespace
