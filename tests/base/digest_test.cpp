#include "base/digest.h"

#include <gtest/gtest.h>

namespace {

TEST(Digest, IsWrittenAndRead) {
  const auto digest = base::sha256("abc");
  const std::string text = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
  EXPECT_EQ(base::to_hex(digest), text);
  EXPECT_EQ(base::digest_from_hex(text), digest);
  EXPECT_EQ(base::digest_from_hex("BA" + text.substr(2)), digest);
  for (const auto& bad : {text.substr(1), text + "0", "g" + text.substr(1), std::string()})
    EXPECT_EQ(base::digest_from_hex(bad), std::nullopt) << bad;
  EXPECT_TRUE(base::equal_in_constant_time(digest, base::sha256("abc")));
  EXPECT_FALSE(base::equal_in_constant_time(digest, base::sha256("abd")));
}

}  // namespace
