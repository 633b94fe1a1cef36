#include "pve/tasks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "fake_http.h"

namespace {

using namespace std::chrono_literals;
using pve::TaskReport;
using State = TaskReport::State;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::string_view kUpid = "UPID:pve1:0000C350:00A1B2C3:6A18A500:qmstart:100:root@pam!mcp:";
constexpr auto kStatus =
    "/api2/json/nodes/pve1/tasks/UPID%3Apve1%3A0000C350%3A00A1B2C3%3A6A18A500%3Aqmstart%3A100%3A"
    "root%40pam%21mcp%3A/status";
constexpr auto kRunning = R"({"data":{"status":"running"}})";

std::string stopped(std::string_view exit_status) {
  return R"({"data":{"status":"stopped","exitstatus":")" + std::string(exit_status) + R"("}})";
}

TEST(Upid, HasItsParts) {
  const auto upid = pve::parse_upid(kUpid);
  ASSERT_TRUE(upid);
  EXPECT_EQ(upid->text, kUpid);
  EXPECT_EQ(upid->node, "pve1");
  EXPECT_EQ(upid->type, "qmstart");
  EXPECT_EQ(upid->id, "100");
  EXPECT_EQ(upid->user, "root@pam!mcp");
  EXPECT_TRUE(pve::parse_upid("UPID:pve1:0000C350:00A1B2C3:6A18A500:vzdump::root@pam:"));
}

TEST(Upid, NothingElseIsOne) {
  for (const auto* text :
       {"", "UPID:", "UPID:pve1:0000C350:00A1B2C3:6A18A500:qmstart:100:root@pam!mcp",
        "UPID:../x:0000C350:00A1B2C3:6A18A500:qmstart:100:root@pam:", "UPID::0:0:0:qmstart:100:root@pam:",
        "UPID:..:0:0:0:qmstart:100:root@pam:", "UPID:pve1:0000G350:00A1B2C3:6A18A500:qmstart:100:root@pam:",
        "UPID:pve1:0:0:0:qmstart:1\n0:root@pam:", "upid:pve1:0:0:0:qmstart:100:root@pam:"}) {
    EXPECT_FALSE(pve::parse_upid(text)) << text;
  }
}

struct Fixture {
  test::FakeHttp http;
  base::ManualClock clock;
  pve::Client client{http, {"root@pam!mcp", "secret-of-the-token", {}}, {"https://pve:8006", 40s, {}}};
  pve::Tasks tasks{client, clock};
  std::vector<std::chrono::milliseconds> waits;

  TaskReport follow(std::chrono::milliseconds limit = 30s, std::stop_token stop = {}) {
    return tasks.follow(
        *pve::parse_upid(kUpid), limit, [this](std::chrono::milliseconds waited) { waits.push_back(waited); },
        stop);
  }
};

TEST(Tasks, FollowsOneToItsEnd) {
  Fixture setup;
  setup.http.answer(200, "OK", kRunning);
  setup.http.answer(200, "OK", kRunning);
  setup.http.answer(200, "OK", stopped("OK"));
  setup.http.answer(200, "OK",
                    R"({"data":[{"n":1,"t":"starting\u001b[0m"},{"n":2,"t":"TASK OK"}],"total":2})");
  const auto report = setup.follow();
  EXPECT_EQ(report.state, State::Done);
  EXPECT_EQ(report.exit_status, "OK");
  ASSERT_EQ(report.log.size(), 1U);
  EXPECT_EQ(report.log[0].find('\x1b'), std::string::npos);
  EXPECT_EQ(setup.http.requests.at(0).target, kStatus);
  EXPECT_THAT(setup.waits, ElementsAre(150ms, 375ms)) << "pauses grow";
  EXPECT_EQ(report.waited, 375ms);
}

TEST(Tasks, TellsTheExitStatuses) {
  for (const auto& [exit_status, state] :
       {std::pair{"OK", State::Done}, std::pair{"WARNINGS: 2", State::Warnings},
        std::pair{"job errors", State::Failed}, std::pair{"OK then not", State::Failed}}) {
    Fixture setup;
    setup.http.answer(200, "OK", stopped(exit_status));
    EXPECT_EQ(setup.follow().state, state) << exit_status;
  }
  Fixture setup;
  setup.http.answer(200, "OK", R"({"data":{"status":"stopped"}})");
  EXPECT_EQ(setup.follow().state, State::Failed) << "no exit status is no success";
}

TEST(Tasks, ShowsTheEndOfALongLog) {
  Fixture setup;
  setup.http.answer(200, "OK", stopped("job errors"));
  setup.http.answer(200, "OK", R"({"data":[{"n":1,"t":"first"}],"total":500})");
  setup.http.answer(200, "OK", R"({"data":[{"n":500,"t":"last"}],"total":500})");
  EXPECT_THAT(setup.follow().log, ElementsAre("last"));
  EXPECT_THAT(setup.http.requests.at(2).target, HasSubstr("start=300"));
}

TEST(Tasks, StopsWaitingAtTheLimit) {
  Fixture setup;
  for (int i = 0; i < 100; ++i) setup.http.answer(200, "OK", kRunning);
  const auto report = setup.follow(5s);
  EXPECT_EQ(report.state, State::Running);
  EXPECT_EQ(report.waited, 5s);
  EXPECT_LT(setup.http.requests.size(), 12U);
}

TEST(Tasks, ALimitOfNothingAsksOnce) {
  Fixture setup;
  setup.http.answer(200, "OK", kRunning);
  EXPECT_EQ(setup.follow(0s).state, State::Running);
  EXPECT_THAT(setup.waits, IsEmpty());
}

TEST(Tasks, AsksAgainAfterAPassingFailure) {
  Fixture setup;
  setup.http.answer(596, "Broken pipe", "");
  setup.http.answer(200, "OK", stopped("OK"));
  EXPECT_EQ(setup.follow().state, State::Done);
}

TEST(Tasks, SaysThatItDoesNotKnow) {
  Fixture refused;
  refused.http.answer(403, "Permission check failed", R"({"data":null})");
  const auto report = refused.follow();
  EXPECT_EQ(report.state, State::Unknown);
  ASSERT_TRUE(report.error);
  EXPECT_EQ(report.error->status, 403U);

  Fixture lost;
  for (int i = 0; i < 100; ++i) lost.http.answer(595, "No route to host", "");
  EXPECT_EQ(lost.follow(5s).state, State::Unknown);
}

TEST(Tasks, StopsWhenAsked) {
  Fixture setup;
  std::stop_source stop;
  stop.request_stop();
  EXPECT_EQ(setup.follow(30s, stop.get_token()).state, State::Running);
  EXPECT_THAT(setup.http.requests, IsEmpty());
}

/// A task that runs for some questions and has then ended for good.
class Ending final : public net::HttpClient {
 public:
  std::expected<net::Response, net::Failure> send(const net::Request& request,
                                                  const net::SendOptions&) override {
    if (request.target != kStatus) return net::Response{200, "OK", {}, R"({"data":[],"total":0})"};
    return net::Response{200, "OK", {}, ++asked <= 5 ? kRunning : stopped("OK")};
  }
  std::atomic<int> asked{0};
};

TEST(Tasks, ManyWaitersAskAsOne) {
  Ending http;
  base::ManualClock clock;
  pve::Client client{http, {"root@pam!mcp", "secret-of-the-token", {}}, {"https://pve:8006", 40s, {}}};
  pve::Tasks tasks{client, clock};
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 8; ++i) {
      threads.emplace_back(
          [&] { EXPECT_EQ(tasks.follow(*pve::parse_upid(kUpid), 300s, {}, {}).state, State::Done); });
    }
  }
  EXPECT_LE(http.asked, 6 + 7) << "one that comes late asks once more";
}

}  // namespace
