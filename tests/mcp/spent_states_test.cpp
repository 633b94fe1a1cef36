// States that are good for one use.
#include "mcp/spent_states.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

namespace test {
namespace {

using mcp::SpentStates;
using Seconds = SpentStates::Seconds;
using enum SpentStates::Spent;

TEST(SpentStates, EachIsSpentOnce) {
  SpentStates states;
  EXPECT_EQ(states.spend("alice", "a", Seconds(100), Seconds(10)), Now);
  EXPECT_EQ(states.spend("alice", "a", Seconds(100), Seconds(100)), Before);
  EXPECT_EQ(states.spend("alice", "b", Seconds(100), Seconds(10)), Now);
  EXPECT_EQ(states.spend("bob", "a", Seconds(100), Seconds(10)), Now) << "another caller's";
}

TEST(SpentStates, AnExpiredStateStaysExpired) {
  SpentStates states;
  EXPECT_EQ(states.spend("", "late", Seconds(9), Seconds(10)), Before);
  EXPECT_EQ(states.spend("", "a", Seconds(100), Seconds(10)), Now);
  EXPECT_EQ(states.spend("", "b", Seconds(200), Seconds(101)), Now) << "and the first is forgotten";
  EXPECT_EQ(states.spend("", "a", Seconds(100), Seconds(10)), Before) << "though the clock was set back";
  EXPECT_EQ(states.spend("", "c", Seconds(101), Seconds(10)), Now);
}

TEST(SpentStates, OneCallerCannotCrowdOutTheOthers) {
  SpentStates states(2, 5);
  EXPECT_EQ(states.spend("alice", "1", Seconds(100), Seconds(10)), Now);
  EXPECT_EQ(states.spend("alice", "2", Seconds(110), Seconds(10)), Now);
  EXPECT_EQ(states.spend("alice", "3", Seconds(110), Seconds(10)), NoRoom);
  EXPECT_EQ(states.spend("alice", "1", Seconds(100), Seconds(10)), Before) << "nothing was forgotten";
  EXPECT_EQ(states.spend("bob", "1", Seconds(100), Seconds(10)), Now);
  EXPECT_EQ(states.spend("alice", "3", Seconds(110), Seconds(100)), NoRoom);
  EXPECT_EQ(states.spend("alice", "3", Seconds(110), Seconds(101)), Now) << "the first has expired";
}

TEST(SpentStates, HasRoomForSoManyOfAll) {
  SpentStates states(2, 3);
  for (const auto* const identity : {"a", "b", "c"})
    EXPECT_EQ(states.spend(identity, "1", Seconds(100), Seconds(10)), Now);
  EXPECT_EQ(states.spend("d", "1", Seconds(200), Seconds(10)), NoRoom);
  EXPECT_EQ(states.spend("d", "1", Seconds(200), Seconds(101)), Now);
}

TEST(SpentStates, OneOfManyThreadsGetsIt) {
  SpentStates states;
  std::atomic<int> got = 0;
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&] {
        for (int i = 0; i < 200; ++i)
          if (states.spend("", std::to_string(i), Seconds(100), Seconds(10)) == Now) ++got;
      });
    }
  }
  EXPECT_EQ(got, 200);
}

}  // namespace
}  // namespace test
