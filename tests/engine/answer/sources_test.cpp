#include "engine/answer/sources.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <latch>

#include "facts/facts.h"
#include "support/scripted_pve.h"

namespace {

using testing::HasSubstr;

/// PVE answers each read with its own request line, fails for "dead" and forbids "denied".
class SourcesTest : public testing::Test {
 protected:
  SourcesTest() {
    pve_.answer("GET *", [](const test::Asked& asked) { return test::pve_answer('"' + asked.line + '"'); });
    pve_.refuse("GET /nodes/dead/status", 595, "No route to host", "");
    pve_.refuse("GET /nodes/denied/status", 403, "Permission check failed");
  }

  test::ScriptedPve pve_;
  facts::Facts facts_;
  base::ManualClock clock_;
  pve::Client client_{pve_, {"root@pam!t", "secret", ""}, {"https://pve:8006", std::chrono::seconds(40), {}}};
  engine::Cluster cluster_{{client_, facts_, clock_, {}}};
};

TEST_F(SourcesTest, AnswersInTheOrderOfTheReads) {
  engine::ParallelReads sources(cluster_, {});
  std::vector<tool::Read> reads;
  for (int i = 0; i < 40; ++i)
    reads.push_back({"/nodes/{node}/status", {{"node", "n" + std::to_string(i)}, {"x", i}}});
  const auto got = sources.get(reads);
  ASSERT_EQ(got.size(), 40U);
  for (int i = 0; i < 40; ++i) {
    EXPECT_EQ(got[static_cast<std::size_t>(i)]->as_string(),
              "GET /nodes/n" + std::to_string(i) + "/status?x=" + std::to_string(i));
  }
  EXPECT_TRUE(sources.get({}).empty());
}

TEST_F(SourcesTest, ReadsAtTheSameTime) {
  std::latch together(8);
  pve_.answer("GET /version", [&](const test::Asked&) {
    together.arrive_and_wait();
    return test::pve_answer("{}");
  });
  const std::vector<tool::Read> reads(8, {"/version", {}});
  EXPECT_EQ(engine::ParallelReads(cluster_, {}).get(reads).size(), 8U) << "eight reads wait for each other";
}

TEST_F(SourcesTest, ReportsAFailedReadAndKeepsTheOthers) {
  const auto got = engine::ParallelReads(cluster_, {})
                       .get({{"/nodes/{node}/status", {{"node", "dead"}}},
                             {"/nodes/{node}/status", {{"node", "denied"}}},
                             {"/nodes/{node}/status", {{"node", "../x"}}},
                             {"/version", {}}});
  EXPECT_THAT(got[0].error().sentence, HasSubstr("No route to host"));
  EXPECT_FALSE(got[0].error().forbidden);
  EXPECT_TRUE(got[1].error().forbidden);
  EXPECT_FALSE(got[2]) << "a value must not change the path";
  EXPECT_TRUE(got[3]);
}

TEST_F(SourcesTest, EndsTheReadsOfACancelledCall) {
  pve_.hang("GET /slow");
  std::stop_source stop;
  stop.request_stop();
  const auto got = engine::ParallelReads(cluster_, stop.get_token()).get({{"/slow", {}}, {"/slow", {}}});
  EXPECT_FALSE(got[0]);
  EXPECT_FALSE(got[1]);
}

}  // namespace
