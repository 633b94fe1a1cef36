#include "engine/stop_requests.h"

#include <gtest/gtest.h>

namespace {

using std::chrono::seconds;

TEST(StopRequests, ForgetTheOldestFirst) {
  const base::Clock::Wall start{seconds{1'780'000'000}};
  engine::StopRequests stops(2);
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

}  // namespace
