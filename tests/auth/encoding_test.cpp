#include "auth/encoding.h"

#include <gtest/gtest.h>

namespace {

using auth::from_base64url;
using auth::to_base64url;

TEST(Base64Url, IsThatOfTheStandard) {
  // RFC 4648, section 10, without padding.
  const std::vector<std::pair<std::string, std::string>> vectors = {
      {"", ""},           {"f", "Zg"},          {"fo", "Zm8"},         {"foo", "Zm9v"},
      {"foob", "Zm9vYg"}, {"fooba", "Zm9vYmE"}, {"foobar", "Zm9vYmFy"}};
  for (const auto& [bytes, text] : vectors) {
    EXPECT_EQ(to_base64url(bytes), text);
    EXPECT_EQ(from_base64url(text), bytes);
  }
  std::string all;
  for (int i = 0; i < 256; ++i) all += static_cast<char>(i);
  EXPECT_EQ(from_base64url(to_base64url(all)), all);
  EXPECT_NE(to_base64url(all).find('_'), std::string::npos);
}

TEST(Base64Url, OneValueHasOneText) {
  for (const auto* bad :
       {"Zg==", "Zm8=", "Z", "Zm9vY", "Zh", "Zm9", "Zm 8", "Zm8\n", "Zm+8", "Zm/8", "Zm.8", "\xC3\xA4"})
    EXPECT_EQ(from_base64url(bad), std::nullopt) << bad;
}

TEST(Digest, IsWrittenAndRead) {
  const auto digest = auth::sha256("abc");
  const std::string text = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
  EXPECT_EQ(auth::to_hex(digest), text);
  EXPECT_EQ(auth::digest_from_hex(text), digest);
  EXPECT_EQ(auth::digest_from_hex("BA" + text.substr(2)), digest);
  for (const auto& bad : {text.substr(1), text + "0", "g" + text.substr(1), std::string()})
    EXPECT_EQ(auth::digest_from_hex(bad), std::nullopt) << bad;
  EXPECT_TRUE(auth::equal_in_constant_time(digest, auth::sha256("abc")));
  EXPECT_FALSE(auth::equal_in_constant_time(digest, auth::sha256("abd")));
}

}  // namespace
