#include "net/encoding.h"

#include <gtest/gtest.h>

#include <string>

namespace {

constexpr std::size_t kLimit = 1U << 20U;

std::string sample() {
  std::string text;
  for (int i = 0; i < 5000; ++i) text += "line " + std::to_string(i * 7919) + "\n";
  return text;
}

TEST(Encoding, RoundTrips) {
  const std::string text = sample();
  EXPECT_EQ(net::decode_body("gzip", net::gzip(text), kLimit), text);
  EXPECT_EQ(net::decode_body("GZIP ", net::gzip(text), kLimit), text);
  EXPECT_EQ(net::decode_body("x-gzip", net::gzip(text), kLimit), text);
  const std::string framed = net::deflate(text);
  EXPECT_EQ(net::decode_body("deflate", framed, kLimit), text);
  // Without zlib's frame: two bytes before, a checksum of four behind.
  EXPECT_EQ(net::decode_body("deflate", framed.substr(2, framed.size() - 6), kLimit), text);
  EXPECT_EQ(net::decode_body("identity", text, kLimit), text);
  EXPECT_EQ(net::decode_body("", text, kLimit), text);
  EXPECT_EQ(net::decode_body("gzip", net::gzip(""), kLimit), "");
  EXPECT_EQ(net::decode_body("gzip", "", kLimit), "");
}

TEST(Encoding, SeveralMembers) {
  EXPECT_EQ(net::decode_body("gzip", net::gzip("one,") + net::gzip("two"), kLimit), "one,two");
}

TEST(Encoding, TheLastMemberDoesNotSayHowLongAllAre) {
  const std::string long_text(100'000, 'x');
  EXPECT_EQ(net::decode_body("gzip", net::gzip(long_text) + net::gzip("end"), 1'000'000), long_text + "end");
  EXPECT_EQ(net::decode_body("gzip", net::gzip("begin") + net::gzip(long_text), 1'000'000),
            "begin" + long_text);
  EXPECT_EQ(net::decode_body("gzip", net::gzip(long_text) + net::gzip(""), 1'000'000), long_text);
}

TEST(Encoding, TakesNoMoreMemoryThanTheBodySaysOrCanHold) {
  const std::string long_text(100'000, 'x');
  const auto whole = net::decode_body("gzip", net::gzip(long_text), 1'000'000);
  ASSERT_TRUE(whole);
  EXPECT_EQ(whole->capacity(), long_text.size() + 1);
  auto liar = net::gzip("short");
  liar.replace(liar.size() - 4, 4, "\xFF\xFF\xFF\x7F");
  EXPECT_FALSE(net::decode_body("gzip", liar, 1'000'000));
}

TEST(Encoding, RefusesDamage) {
  const std::string good = net::gzip(sample());
  EXPECT_FALSE(net::decode_body("gzip", good.substr(0, good.size() / 2), kLimit));
  EXPECT_FALSE(net::decode_body("gzip", good.substr(0, good.size() - 1), kLimit));
  EXPECT_FALSE(net::decode_body("gzip", "no gzip at all", kLimit));
  EXPECT_FALSE(net::decode_body("gzip", good + "tail", kLimit));
  EXPECT_FALSE(net::decode_body("deflate", "no deflate at all", kLimit));
  EXPECT_FALSE(net::decode_body("br", good, kLimit));
  std::string flipped = good;
  flipped[flipped.size() / 2] = static_cast<char>(flipped[flipped.size() / 2] ^ 0x55);
  EXPECT_FALSE(net::decode_body("gzip", flipped, kLimit));
}

TEST(Encoding, CapsTheResult) {
  const std::string bomb = net::gzip(std::string(4'000'000, 'a'));
  EXPECT_LT(bomb.size(), 10'000U);
  const auto result = net::decode_body("gzip", bomb, 1'000'000);
  ASSERT_FALSE(result);
  EXPECT_NE(result.error().find("1000000"), std::string::npos) << result.error();
  EXPECT_TRUE(net::decode_body("gzip", bomb, 4'000'000));
  EXPECT_FALSE(net::decode_body("gzip", bomb, 3'999'999));
}

}  // namespace
