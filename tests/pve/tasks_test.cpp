#include "pve/tasks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <limits>
#include <thread>

#include "support/scripted_pve.h"

namespace {

using namespace std::chrono_literals;
using pve::TaskReport;
using State = TaskReport::State;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::string_view kUpid = "UPID:pve1:0000C350:00A1B2C3:6A18A500:qmstart:100:root@pam!mcp:";
constexpr auto kStatus =
    "GET /nodes/pve1/tasks/UPID%3Apve1%3A0000C350%3A00A1B2C3%3A6A18A500%3Aqmstart%3A100%3A"
    "root%40pam%21mcp%3A/status";
constexpr auto kLog =
    "GET /nodes/pve1/tasks/UPID%3Apve1%3A0000C350%3A00A1B2C3%3A6A18A500%3Aqmstart%3A100%3A"
    "root%40pam%21mcp%3A/log";
constexpr auto kRunning = R"({"status":"running"})";

std::string stopped(std::string_view exit_status) {
  return R"({"status":"stopped","exitstatus":")" + std::string(exit_status) + R"("})";
}

net::Response log_answer(std::string body) { return {200, "OK", {}, std::move(body)}; }

TEST(Upid, HasItsParts) {
  const auto upid = pve::parse_upid(kUpid);
  ASSERT_TRUE(upid);
  EXPECT_EQ(upid->text, kUpid);
  EXPECT_EQ(upid->node, "pve1");
  EXPECT_EQ(upid->type, "qmstart");
  EXPECT_EQ(upid->id, "100");
  EXPECT_EQ(upid->user, "root@pam!mcp");
  EXPECT_TRUE(pve::parse_upid("UPID:pve1:0000C350:00A1B2C3:6A18A500:vzdump::root@pam:"));
  const auto cut = pve::parse_upid("UPID:pve1:0000C350:00A1B2C3:6A18A500:qmstart:100:root@pam!mcp");
  ASSERT_TRUE(cut) << "who copies one loses its last colon";
  EXPECT_EQ(cut->text, kUpid);
}

TEST(Upid, RefusesOtherTexts) {
  for (const auto* text :
       {"", "UPID:", "UPID:pve1:0000C350:00A1B2C3:6A18A500:qmstart:100",
        "UPID:../x:0000C350:00A1B2C3:6A18A500:qmstart:100:root@pam:", "UPID::0:0:0:qmstart:100:root@pam:",
        "UPID:..:0:0:0:qmstart:100:root@pam:", "UPID:pve1:0000G350:00A1B2C3:6A18A500:qmstart:100:root@pam:",
        "UPID:pve1:0:0:0:qmstart:1\n0:root@pam:", "upid:pve1:0:0:0:qmstart:100:root@pam:"}) {
    EXPECT_FALSE(pve::parse_upid(text)) << text;
  }
}

struct Fixture {
  Fixture() { http.answer(kLog, "null"); }

  test::ScriptedPve http;
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
  setup.http.answer(kStatus, kRunning, kRunning, stopped("OK"));
  setup.http.answer(
      kLog, log_answer(R"({"data":[{"n":1,"t":"starting\u001b[0m"},{"n":2,"t":"TASK OK"}],"total":2})"));
  const auto report = setup.follow();
  EXPECT_EQ(report.state, State::Done);
  EXPECT_EQ(report.exit_status, "OK");
  ASSERT_EQ(report.log.size(), 1U);
  EXPECT_EQ(report.log[0].find('\x1b'), std::string::npos);
  EXPECT_EQ(setup.http.asked().at(0), kStatus);
  EXPECT_THAT(setup.waits, ElementsAre(150ms, 375ms)) << "pauses grow";
  EXPECT_EQ(report.waited, 375ms);
}

TEST(Tasks, TellsTheExitStatuses) {
  for (const auto& [exit_status, state] :
       {std::pair{"OK", State::Done}, std::pair{"WARNINGS: 2", State::Warnings},
        std::pair{"job errors", State::Failed}, std::pair{"OK then not", State::Failed}}) {
    Fixture setup;
    setup.http.answer(kStatus, stopped(exit_status));
    EXPECT_EQ(setup.follow().state, state) << exit_status;
  }
  Fixture setup;
  setup.http.answer(kStatus, R"({"status":"stopped"})");
  EXPECT_EQ(setup.follow().state, State::Failed) << "without an exit status the task has not succeeded";
}

TEST(Tasks, ShowsTheEndOfALongLog) {
  Fixture setup;
  setup.http.answer(kStatus, stopped("job errors"));
  setup.http.answer(kLog, log_answer(R"({"data":[{"n":1,"t":"first"}],"total":500})"),
                    log_answer(R"({"data":[{"n":500,"t":"last"}],"total":500})"));
  EXPECT_THAT(setup.follow().log, ElementsAre("last"));
  EXPECT_THAT(setup.http.asked().at(2), HasSubstr("start=300"));
}

TEST(Tasks, StopsWaitingAtTheLimit) {
  Fixture setup;
  setup.http.answer(kStatus, kRunning);
  const auto report = setup.follow(5s);
  EXPECT_EQ(report.state, State::Running);
  EXPECT_EQ(report.waited, 5s);
  EXPECT_LT(setup.http.asked().size(), 18U);
}

TEST(Tasks, AsksOnceWithALimitOfZero) {
  Fixture setup;
  setup.http.answer(kStatus, kRunning);
  EXPECT_EQ(setup.follow(0s).state, State::Running);
  EXPECT_THAT(setup.waits, IsEmpty());
}

TEST(Tasks, AsksAgainAfterAPassingFailure) {
  Fixture setup;
  setup.http.answer(kStatus, net::Response{596, "Broken pipe", {}, ""}, stopped("OK"));
  EXPECT_EQ(setup.follow().state, State::Done);
}

TEST(Tasks, ReportsAnUnknownState) {
  Fixture refused;
  refused.http.refuse(kStatus, 403, "Permission check failed");
  const auto report = refused.follow();
  EXPECT_EQ(report.state, State::Unknown);
  ASSERT_TRUE(report.error);
  EXPECT_EQ(report.error->status, 403U);

  Fixture lost;
  lost.http.refuse(kStatus, 595, "No route to host", "");
  EXPECT_EQ(lost.follow(5s).state, State::Unknown);
}

TEST(Tasks, StopsWhenAsked) {
  Fixture setup;
  std::stop_source stop;
  stop.request_stop();
  EXPECT_EQ(setup.follow(30s, stop.get_token()).state, State::Running);
  EXPECT_THAT(setup.http.asked(), IsEmpty());
}

/// A task that ends at the question `most` about its status, and its log.
struct Followed {
  Followed() {
    http.answer(kStatus, [this](const test::Asked&) {
      const bool runs = http.count(kStatus) < most;
      return test::pve_answer(runs ? kRunning : stopped("OK"));
    });
    http.answer(kLog, log_answer(R"({"data":[{"n":1,"t":"no content"}],"total":1})"));
  }
  void write(std::vector<std::string> lines, int total) {
    base::JsonArray rows;
    for (auto& line : lines) rows.push_back(base::JsonObject{{"n", 1}, {"t", std::move(line)}});
    http.answer(kLog,
                log_answer(base::write_json(base::JsonObject{{"data", std::move(rows)}, {"total", total}})));
  }
  /// What was asked of the log, in order.
  std::vector<std::string> log_queries() const {
    std::vector<std::string> queries;
    for (const auto& line : http.asked()) {
      if (line.starts_with(kLog)) queries.push_back(line.substr(line.find('?') + 1));
    }
    return queries;
  }

  std::atomic<std::size_t> most = 8;
  test::ScriptedPve http;
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
  setup.write({"starting", "transferred 1.0 GiB of 2.0 GiB (50.00%)", "\x1b[2Jmore"}, 3);
  setup.await();
  ASSERT_GE(setup.log_queries().size(), 2U);
  EXPECT_EQ(setup.log_queries()[0], "start=0&limit=50");
  EXPECT_EQ(setup.log_queries()[1], "start=3&limit=50");
  EXPECT_LT(setup.log_queries().size(), setup.http.count(kStatus));
  ASSERT_FALSE(setup.told.empty());
  EXPECT_EQ(setup.told.back(), "1.0 GiB of 2.0 GiB");
}

TEST(TaskLog, IsNotReadWithoutAProgressCallback) {
  Followed setup;
  setup.await(false);
  EXPECT_THAT(setup.log_queries(), IsEmpty());
}

TEST(TaskLog, IsNotReadOfAShortTask) {
  Followed setup;
  setup.most = 4;
  setup.await();
  EXPECT_THAT(setup.log_queries(), IsEmpty());
}

TEST(TaskLog, FarAheadIsReadAtItsEnd) {
  Followed setup;
  setup.write({"transferred 0.0 B of 2.0 GiB (0.00%)"}, 7000);
  setup.await();
  EXPECT_EQ(setup.log_queries().at(1), "start=6950&limit=50");
  EXPECT_THAT(setup.told, IsEmpty()) << "what is stale is not told";
}

TEST(TaskLog, WithoutLinesBeginsAtTheBeginning) {
  Followed setup;
  setup.await();
  EXPECT_EQ(setup.log_queries().at(1), "start=0&limit=50");
}

TEST(TaskLog, MayBeRefusedOrBroken) {
  for (const unsigned status : {403U, 500U, 596U}) {
    Followed setup;
    setup.most = 12;
    setup.http.refuse(kLog, status, "no");
    setup.await();
    EXPECT_EQ(setup.log_queries().size(), status == 403 ? 1U : 3U) << "given up";
    EXPECT_THAT(setup.told, IsEmpty());
  }
  for (const auto* log : {"", "[]", R"({"data":7,"total":-9})",
                          R"({"data":[7,{"t":7}],"total":9223372036854775807})", R"({"data":{"t":"50%"}})"}) {
    Followed setup;
    setup.http.answer(kLog, log_answer(log));
    setup.await();
    EXPECT_THAT(setup.told, IsEmpty()) << log;
  }
}

TEST(TaskLog, HasOneReaderForAllWaiters) {
  Followed setup;
  // The task ends only after one waiter has got progress, in every order of the threads.
  setup.most = std::numeric_limits<std::size_t>::max();
  setup.write({"transferred 1.0 GiB of 2.0 GiB (50.00%)"}, 1);
  const pve::Tasks::OnWait on_wait = [&](const pve::Waiting& waiting) {
    if (waiting.progress) setup.most = 0;
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
  EXPECT_LE(setup.log_queries().size(), setup.http.count(kStatus));
}

TEST(Tasks, CancellingTheWaitLeavesTheTaskAlone) {
  Followed setup;
  setup.most = 1000;
  std::stop_source stop;
  const auto report = setup.tasks.follow(
      *pve::parse_upid(kUpid), 300s, [&](const pve::Waiting&) { stop.request_stop(); }, stop.get_token());
  EXPECT_EQ(report.state, State::Running);
  EXPECT_EQ(setup.http.asked().size(), setup.http.count("GET *"));
  EXPECT_THAT(report.log, IsEmpty());
}

TEST(Tasks, ManyWaitersShareOneRequest) {
  test::ScriptedPve http;
  http.answer(kStatus, kRunning, kRunning, kRunning, kRunning, kRunning, stopped("OK"));
  http.answer(kLog, log_answer(R"({"data":[],"total":0})"));
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
  EXPECT_LE(http.count(kStatus), 6U + 7U) << "one that comes late asks once more";
}

}  // namespace
