#include "engine/cluster/latest_by_upid.h"

#include <gtest/gtest.h>

#include "base/clock.h"

namespace {

using std::chrono::seconds;

TEST(LatestByUpid, ForgetsTheOldestFirst) {
  const base::Clock::Wall start{seconds{1'780'000'000}};
  engine::LatestByUpid<base::Clock::Wall> stops(2);
  EXPECT_FALSE(stops.find("a"));
  stops.add("a", start);
  stops.add("b", start + seconds{1});
  stops.add("a", start + seconds{2});
  EXPECT_EQ(stops.find("a"), start) << "the first request counts";
  stops.add("c", start + seconds{3});
  EXPECT_FALSE(stops.find("a"));
  EXPECT_EQ(stops.find("b"), start + seconds{1});
  EXPECT_EQ(stops.find("c"), start + seconds{3});
  stops.add("a", start + seconds{4});
  EXPECT_EQ(stops.find("a"), start + seconds{4});
  EXPECT_FALSE(stops.find("b"));
}

TEST(LatestByUpid, GivesAValueToOneTaker) {
  engine::LatestByUpid<int> values(2);
  values.add("a", 1);
  values.add("b", 2);
  EXPECT_EQ(values.take("a"), 1);
  EXPECT_FALSE(values.take("a"));
  values.add("c", 3);
  EXPECT_EQ(values.find("b"), 2) << "what was taken needs no room";
}

}  // namespace
