#include "engine/progress.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/rows.h"
#include "engine/toolbox.h"
#include "support/scripted_pve.h"

namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::Each;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

struct Report {
  double progress;
  std::optional<double> total;
  std::string message;
};

class Sink final : public mcp::Progress {
 public:
  explicit Sink(bool wanted = true) : wanted_(wanted) {}
  bool wanted() const override { return wanted_; }
  void report(double progress, std::optional<double> total, std::string_view message) override {
    EXPECT_GT(progress, reports.empty() ? 0 : reports.back().progress);
    reports.push_back({progress, total, std::string(message)});
    if (on_report) on_report();
  }
  std::vector<Report> reports;
  std::function<void()> on_report;

 private:
  bool wanted_;
};

pve::TaskProgress at(std::optional<double> percent, std::string amount = {}) {
  return {percent, std::move(amount)};
}

TEST(Progress, IsOnAScaleOfAHundredOnceAShareIsKnown) {
  Sink sink;
  engine::Progress progress(sink);
  progress.tell("VM 100 backup", 12s);
  progress.tell("VM 100 backup", 14s, at(35, "11.4 GiB of 32.0 GiB"));
  progress.tell("VM 100 backup", 16s, at(99.7));
  progress.tell("VM 100 backup", 18s, at(100, "x"));
  ASSERT_EQ(sink.reports.size(), 4U);
  EXPECT_EQ(sink.reports[0].message, "VM 100 backup: 12 s");
  EXPECT_LT(sink.reports[0].progress, 1);
  EXPECT_FALSE(sink.reports[0].total);
  EXPECT_EQ(sink.reports[1].message, "VM 100 backup: 35% (11.4 GiB of 32.0 GiB)");
  EXPECT_EQ(sink.reports[1].progress, 35);
  EXPECT_EQ(sink.reports[1].total, 100);
  EXPECT_EQ(sink.reports[2].message, "VM 100 backup: 99%");
  EXPECT_LT(sink.reports[3].progress, 100);
}

TEST(Progress, GrowsByTinyStepsOnASecondDisk) {
  Sink sink;
  engine::Progress progress(sink);
  progress.tell("copy", 1s, at(100, "a"));
  auto now = std::chrono::milliseconds{2s};
  for (int i = 0; i < 20'000; ++i, now += 2s) progress.tell("copy", now, at(0, i % 2 == 0 ? "b" : "c"));
  EXPECT_EQ(sink.reports.size(), 20'001U);
  EXPECT_LT(sink.reports.back().progress, 100);
  EXPECT_EQ(sink.reports[1].message, "copy: 0% (b)");
}

TEST(Progress, SaysTheSameAgainAfterTenSeconds) {
  Sink sink;
  engine::Progress progress(sink);
  for (auto now = 0s; now <= 30s; now += 2s) progress.tell("copy", now, at(50, "a"));
  EXPECT_EQ(sink.reports.size(), 4U);
}

TEST(Progress, ShowsAmountsWithoutAShare) {
  Sink sink;
  engine::Progress progress(sink);
  progress.tell("VM 100 migration", 3s, at({}, "431.1 MiB copied"));
  progress.tell("VM 100 migration", 5s, at(20, "scsi0"));
  progress.tell("VM 100 migration", 7s, at({}, "1.0 GiB copied"));
  EXPECT_EQ(sink.reports[0].message, "VM 100 migration: 431.1 MiB copied, 3 s");
  EXPECT_FALSE(sink.reports[0].total);
  EXPECT_EQ(sink.reports[2].total, 100) << "a total that was sent once stays";
}

/// A call for a backup that takes 30 s of the manual clock.
struct Call {
  Call() {
    pve.answer("GET /cluster/resources", "[]");
    pve.answer("POST /nodes/pve1/vzdump", [this](const test::Asked&) {
      begin = clock.steady();
      return test::pve_answer(R"("UPID:pve1:00000001:00000001:6B000000:vzdump:100:root@pam!t:")");
    });
    pve.answer("GET /nodes/pve1/tasks/*/status", [this](const test::Asked&) {
      const bool runs = clock.steady() - begin < 30s;
      return test::pve_answer(runs ? R"({"status":"running"})" : R"({"status":"stopped","exitstatus":"OK"})");
    });
    pve.answer("GET /nodes/pve1/tasks/*/log", "[]");
    pve.answer("GET /nodes/pve1/tasks/*/log?start=0&limit=50",
               R"([{"n":1,"t":"INFO:  35% (11.4 GiB of 32.0 GiB) in 12s, read: 1.0 GiB/s"}])");
  }

  base::ManualClock clock;
  base::Clock::Steady begin;
  test::ScriptedPve pve;
  facts::Facts facts;
  std::stop_source stop;

  mcp::Result run(Sink& sink) {
    pve::Client client(pve, {"root@pam!t", "secret", ""}, {"https://pve:8006", 1s, {}});
    engine::Toolbox box(test::kCategories, {}, {client, facts, clock, {300s}});
    const base::JsonObject arguments{{"node", "pve1"}, {"vmid", "100"}};
    const base::JsonObject none;
    const mcp::Caller caller;
    mcp::NullSink log;
    return std::get<mcp::Result>(box.call(
        {{caller, mcp::Era::Legacy, none, none, sink, log, stop.get_token()}, "pve_run_backup", arguments}));
  }
};

TEST(Progress, OfACallComesFromTheTasksLog) {
  Call call;
  Sink sink;
  EXPECT_FALSE(call.run(sink).is_error);
  ASSERT_GT(sink.reports.size(), 3U);
  EXPECT_EQ(sink.reports.back().message, "Running a backup on pve1: 35% (11.4 GiB of 32.0 GiB)");
  EXPECT_EQ(sink.reports.back().total, 100);
}

TEST(Progress, ReadsNoLogForAClientThatDoesNotWantIt) {
  Call call;
  Sink sink(false);
  EXPECT_FALSE(call.run(sink).is_error);
  EXPECT_THAT(sink.reports, IsEmpty());
  EXPECT_THAT(call.pve.asked(), Each(Not(HasSubstr("/log?start="))));
}

TEST(Progress, SaysThatTheTaskOfACancelledCallContinues) {
  Call call;
  Sink sink;
  sink.on_report = [&] { call.stop.request_stop(); };
  testing::internal::CaptureStderr();
  const auto result = call.run(sink);
  const auto log = testing::internal::GetCapturedStderr();
  constexpr auto kUpid = "UPID:pve1:00000001:00000001:6B000000:vzdump:100:root@pam!t:";
  EXPECT_FALSE(result.is_error);
  EXPECT_THAT(std::get<mcp::Text>(result.content.at(0)).text,
              AllOf(HasSubstr("this call was cancelled"), HasSubstr("was not stopped and continues"),
                    HasSubstr(kUpid)));
  EXPECT_THAT(log,
              AllOf(HasSubstr("pve_run_backup was cancelled; its PVE task continues"), HasSubstr(kUpid)));
  EXPECT_EQ(sink.reports.size(), 1U);
  EXPECT_THAT(call.pve.asked(), Each(Not(HasSubstr("DELETE"))));
}

}  // namespace
