#include "pve/tasks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <limits>
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
  std::vector<std::string> told;

  TaskReport follow(std::chrono::milliseconds limit = 30s, std::stop_token stop = {}) {
    return tasks.follow(
        *pve::parse_upid(kUpid), limit,
        [this](const pve::Waiting& waiting) {
          waits.push_back(waiting.waited);
          if (waiting.progress) told.push_back(waiting.progress->amount);
        },
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
  EXPECT_LT(setup.http.requests.size(), 18U);
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

/// A PVE with one long task whose log grows by a line at each question about its status.
class Logging final : public net::HttpClient {
 public:
  std::expected<net::Response, net::Failure> send(const net::Request& request,
                                                  const net::SendOptions&) override {
    const std::scoped_lock lock(mutex_);
    if (request.method != base::Method::Get) ++changes;
    if (request.target == kStatus) {
      ++statuses;
      return net::Response{200, "OK", {}, statuses < most ? kRunning : stopped("OK")};
    }
    log_targets.push_back(request.target.substr(request.target.find('?') + 1));
    if (log_status != 200) return net::Response{log_status, "no", {}, R"({"data":null})"};
    return net::Response{200, "OK", {}, log};
  }
  void write(std::vector<std::string> lines, int total) {
    base::JsonArray rows;
    for (auto& line : lines) rows.push_back(base::JsonObject{{"n", 1}, {"t", std::move(line)}});
    log = base::write_json(base::JsonObject{{"data", std::move(rows)}, {"total", total}});
  }

  std::atomic<int> most = 8;
  unsigned log_status = 200;
  std::string log = R"({"data":[{"n":1,"t":"no content"}],"total":1})";
  int statuses = 0;
  int changes = 0;
  std::vector<std::string> log_targets;

 private:
  std::mutex mutex_;
};

struct Followed {
  Logging http;
  base::ManualClock clock;
  pve::Client client{http, {"root@pam!mcp", "secret-of-the-token", {}}, {"https://pve:8006", 40s, {}}};
  pve::Tasks tasks{client, clock};
  std::vector<std::string> told;

  void await(bool wanted = true) {
    const pve::Tasks::OnWait on_wait = [this](const pve::Waiting& waiting) {
      if (waiting.progress) told.push_back(waiting.progress->amount);
    };
    const auto report =
        tasks.await(*pve::parse_upid(kUpid), 300s, wanted ? on_wait : pve::Tasks::OnWait{}, {});
    EXPECT_EQ(report.state, State::Done);
  }
};

TEST(TaskLog, IsReadOnFromTheLastLineSeen) {
  Followed setup;
  setup.http.write({"starting", "transferred 1.0 GiB of 2.0 GiB (50.00%)", "\x1b[2Jmore"}, 3);
  setup.await();
  ASSERT_GE(setup.http.log_targets.size(), 2U);
  EXPECT_EQ(setup.http.log_targets[0], "start=0&limit=50");
  EXPECT_EQ(setup.http.log_targets[1], "start=3&limit=50");
  EXPECT_LT(setup.http.log_targets.size(), static_cast<std::size_t>(setup.http.statuses));
  ASSERT_FALSE(setup.told.empty());
  EXPECT_EQ(setup.told.back(), "1.0 GiB of 2.0 GiB");
}

TEST(TaskLog, IsNotReadWhenNobodyWantsToKnow) {
  Followed setup;
  setup.await(false);
  EXPECT_THAT(setup.http.log_targets, IsEmpty());
}

TEST(TaskLog, IsNotReadOfAShortTask) {
  Followed setup;
  setup.http.most = 4;
  setup.await();
  EXPECT_THAT(setup.http.log_targets, IsEmpty());
}

TEST(TaskLog, FarAheadIsReadAtItsEnd) {
  Followed setup;
  setup.http.write({"transferred 0.0 B of 2.0 GiB (0.00%)"}, 7000);
  setup.await();
  EXPECT_EQ(setup.http.log_targets.at(1), "start=6950&limit=50");
  EXPECT_THAT(setup.told, IsEmpty()) << "what is stale is not told";
}

TEST(TaskLog, WithoutLinesBeginsAtTheBeginning) {
  Followed setup;
  setup.await();
  EXPECT_EQ(setup.http.log_targets.at(1), "start=0&limit=50");
}

TEST(TaskLog, MayBeRefusedOrBroken) {
  for (const unsigned status : {403U, 500U, 596U}) {
    Followed setup;
    setup.http.most = 12;
    setup.http.log_status = status;
    setup.await();
    EXPECT_EQ(setup.http.log_targets.size(), status == 403 ? 1U : 3U) << "given up";
    EXPECT_THAT(setup.told, IsEmpty());
  }
  for (const auto* log : {"", "[]", R"({"data":7,"total":-9})",
                          R"({"data":[7,{"t":7}],"total":9223372036854775807})", R"({"data":{"t":"50%"}})"}) {
    Followed setup;
    setup.http.log = log;
    setup.await();
    EXPECT_THAT(setup.told, IsEmpty()) << log;
  }
}

TEST(TaskLog, HasOneReaderHoweverManyFollow) {
  Followed setup;
  // However the threads take turns, the task ends only once somebody was told.
  setup.http.most = std::numeric_limits<int>::max();
  setup.http.write({"transferred 1.0 GiB of 2.0 GiB (50.00%)"}, 1);
  const pve::Tasks::OnWait on_wait = [&](const pve::Waiting& waiting) {
    if (waiting.progress) setup.http.most = 0;
  };
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 8; ++i) {
      threads.emplace_back([&, i] {
        const auto report = setup.tasks.await(*pve::parse_upid(kUpid), std::chrono::hours(24 * 365),
                                              i % 2 == 0 ? on_wait : pve::Tasks::OnWait{}, {});
        EXPECT_EQ(report.state, State::Done);
      });
    }
  }
  EXPECT_LE(setup.http.log_targets.size(), static_cast<std::size_t>(setup.http.statuses));
}

TEST(Tasks, CancellingTheWaitLeavesTheTaskAlone) {
  Followed setup;
  setup.http.most = 1000;
  std::stop_source stop;
  const auto report = setup.tasks.follow(
      *pve::parse_upid(kUpid), 300s, [&](const pve::Waiting&) { stop.request_stop(); }, stop.get_token());
  EXPECT_EQ(report.state, State::Running);
  EXPECT_EQ(setup.http.changes, 0);
  EXPECT_THAT(report.log, IsEmpty());
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
