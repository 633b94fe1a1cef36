#include "base/random.h"

#include <gtest/gtest.h>

namespace base {
namespace {

TEST(Random, EachTimeOthers) {
  EXPECT_EQ(random_bytes(0), "");
  const auto one = random_bytes(32);
  EXPECT_EQ(one.size(), 32U);
  EXPECT_NE(one, random_bytes(32));
}

}  // namespace
}  // namespace base
