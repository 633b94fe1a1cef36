#include "base/clock.h"

#include <gtest/gtest.h>

#include "base/method.h"

namespace {

using namespace std::chrono_literals;

TEST(Clock, TheManualOneStandsStill) {
  base::ManualClock clock;
  const auto wall = clock.wall();
  const auto steady = clock.steady();
  EXPECT_EQ(clock.wall(), wall);
  clock.advance(1500ms);
  EXPECT_EQ(clock.wall() - wall, 1500ms);
  EXPECT_EQ(clock.steady() - steady, 1500ms);
}

TEST(Method, NamesComeBack) {
  for (const auto method : {base::Method::Get, base::Method::Post, base::Method::Put, base::Method::Delete}) {
    EXPECT_EQ(base::method_named(base::name(method)), method);
  }
  EXPECT_FALSE(base::method_named("PATCH"));
  EXPECT_FALSE(base::method_named("get"));
}

}  // namespace
