#include "transport/http/refusal_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <string>

namespace transport {
namespace {

using std::chrono::seconds;
using testing::HasSubstr;

TEST(RefusalLog, TellsSomeAndCountsTheRest) {
  base::ManualClock clock;
  RefusalLog log(clock);
  testing::internal::CaptureStderr();
  for (int i = 0; i < 1000; ++i) log.refused("10.0.0.1:5", "Who are you?");
  log.beat();
  auto told = testing::internal::GetCapturedStderr();
  EXPECT_EQ(std::ranges::count(told, '\n'), 10);
  EXPECT_THAT(told, HasSubstr("refused a request from 10.0.0.1:5: Who are you?"));
  testing::internal::CaptureStderr();
  clock.advance(seconds(1));
  log.beat();
  log.beat();
  told = testing::internal::GetCapturedStderr();
  EXPECT_EQ(told, "mcp-pve: info: refused 990 more requests, from one or several clients\n");
  testing::internal::CaptureStderr();
  clock.advance(seconds(60));
  log.beat();
  log.refused("10.0.0.1:5", "Who are you?");
  EXPECT_EQ(testing::internal::GetCapturedStderr(),
            "mcp-pve: info: refused a request from 10.0.0.1:5: Who are you?\n");
}

}  // namespace
}  // namespace transport
