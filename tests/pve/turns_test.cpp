#include "pve/turns.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/scripted_pve.h"

namespace {

using namespace std::chrono_literals;

constexpr auto kRunning = R"({"status":"running"})";
constexpr auto kStopped = R"({"status":"stopped","exitstatus":"OK"})";
constexpr auto kStatus = "GET /nodes/pve1/tasks/*/status";

pve::Upid upid(int number) {
  return *pve::parse_upid("UPID:pve1:0000C350:00A1B2C3:6A18A50" + std::to_string(number) + ":qmstart:10" +
                          std::to_string(number) + ":root@pam!mcp:");
}

struct Fixture {
  explicit Fixture(unsigned most) : slots(client, clock, most) {}
  std::optional<pve::NodeSlot> take(std::chrono::milliseconds limit = 30s, const std::string& node = "pve1") {
    return slots.take(node, limit, [this](auto waited) { waits.push_back(waited); }, {});
  }

  test::ScriptedPve http;
  base::ManualClock clock;
  pve::Client client{http, {"root@pam!mcp", "secret-of-the-token", {}}, {"https://pve:8006", 40s, {}}};
  pve::NodeSlots slots;
  std::vector<std::chrono::milliseconds> waits;
};

TEST(NodeSlots, NeverExceedTheLimit) {
  Fixture setup(2);
  setup.take()->started(upid(1));
  setup.take()->started(upid(2));
  setup.http.answer(kStatus, kRunning);
  EXPECT_FALSE(setup.take(0s));
  EXPECT_EQ(setup.slots.holders("pve1"), "qmstart 101, qmstart 102");
  EXPECT_TRUE(setup.take(0s, "pve2")) << "another node has slots of its own";
}

TEST(NodeSlots, AreFreeWhenATaskHasEnded) {
  Fixture setup(1);
  setup.take()->started(upid(1));
  setup.http.answer(kStatus, kRunning, kRunning, kRunning, kStopped);
  const auto slot = setup.take();
  EXPECT_TRUE(slot);
  EXPECT_THAT(setup.waits, testing::ElementsAre(1000ms, 2000ms, 3000ms));
}

TEST(NodeSlots, AreFreeWithoutATask) {
  Fixture setup(1);
  {
    const auto given_up = setup.take();
  }
  EXPECT_TRUE(setup.take(0s));
}

TEST(NodeSlots, AnUnknownTaskFreesItsSlot) {
  Fixture setup(1);
  setup.take()->started(upid(1));
  setup.http.refuse(kStatus, 400, "Parameter verification failed.", R"({"errors":{"upid":"no such task"}})");
  EXPECT_TRUE(setup.take(0s));
}

TEST(NodeSlots, AFailedStatusRequestFreesNoSlot) {
  Fixture setup(1);
  setup.take()->started(upid(1));
  setup.http.refuse(kStatus, 500, "no", "{}");
  EXPECT_FALSE(setup.take(0s));
}

TEST(NodeSlots, ZeroMeansUnlimited) {
  Fixture setup(0);
  for (int i = 1; i < 9; ++i) setup.take(0s)->started(upid(i));
  EXPECT_TRUE(setup.take(0s));
  EXPECT_TRUE(setup.http.requests().empty());
}

TEST(NodeSlots, CancellationEndsTheWait) {
  Fixture setup(1);
  setup.take()->started(upid(1));
  setup.http.answer(kStatus, kRunning);
  std::stop_source stop;
  stop.request_stop();
  EXPECT_FALSE(setup.slots.take("pve1", 30s, {}, stop.get_token()));
}

}  // namespace
