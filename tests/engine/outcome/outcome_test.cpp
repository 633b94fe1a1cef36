#include "engine/outcome/outcome.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

using namespace std::chrono_literals;
using pve::TaskReport;
using State = TaskReport::State;
using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr auto kUpid = "UPID:pve1:0000C350:00A1B2C3:6A18A500:qmstart:100:root@pam!mcp:";

const engine::Wording kWords{"Starting VM 100 (web01) on pve1", "VM 100 (web01) on pve1 started",
                             "VM 100 (web01) on pve1 was not started", "VM 100 (web01) on pve1",
                             "VM 100 (web01) on pve1 was not started"};

struct Rendered {
  std::string text;
  bool is_error;
};

Rendered rendered(const TaskReport& report, const guard::MayUse& may = {}) {
  const auto result = engine::render_outcome({.words = kWords,
                                              .upid = *pve::parse_upid(kUpid),
                                              .report = report,
                                              .base_url = "https://pve:8006",
                                              .may = may},
                                             {});
  return {std::get<mcp::Text>(result.content.at(0)).text, result.is_error};
}

TaskReport report(State state, std::string exit_status, std::vector<std::string> log,
                  std::chrono::milliseconds waited) {
  return {state, std::move(exit_status), std::move(log), waited, std::nullopt};
}

TEST(Outcome, SaysASuccessInOneSentence) {
  const auto done = rendered(report(State::Done, "OK", {"starting VM 100"}, 1234ms));
  EXPECT_EQ(done.text, "VM 100 (web01) on pve1 started.");
  EXPECT_FALSE(done.is_error);
}

TEST(Outcome, ShowsTheComplaintsOfASuccessfulTask) {
  const auto done = rendered(
      report(State::Done, "OK", {"Image resized.", "Failed to update the filesystem: exit code 1"}, 64s));
  EXPECT_THAT(done.text,
              AllOf(StartsWith("VM 100 (web01) on pve1 started in 64 s. PVE reports success, but"),
                    EndsWith(kUpid), HasSubstr("\n| Failed to update"), Not(HasSubstr("Image resized"))));
  EXPECT_FALSE(done.is_error);
}

TEST(Outcome, SaysThatTheTaskOfACancelledCallContinues) {
  for (const auto state : {State::Running, State::Unknown}) {
    const auto seen = report(state, "", {}, 3s);
    engine::Style style;
    style.output = engine::Output::Structured;
    const auto result = engine::render_outcome({.words = kWords,
                                                .upid = *pve::parse_upid(kUpid),
                                                .report = seen,
                                                .base_url = "https://pve:8006",
                                                .may = {},
                                                .cancelled = true},
                                               style);
    const auto& text = std::get<mcp::Text>(result.content.at(0)).text;
    EXPECT_THAT(text,
                AllOf(StartsWith("Starting VM 100 (web01) on pve1: this call was cancelled after 3.0 s."),
                      HasSubstr("task was not stopped and continues"), EndsWith(kUpid)));
    EXPECT_FALSE(result.is_error);
    ASSERT_TRUE(result.structured);
    EXPECT_EQ(result.structured->at("state"), "running");
  }
}

TEST(Outcome, ReportsATaskWithWarningsAsASuccess) {
  const auto warned =
      rendered(report(State::Warnings, "WARNINGS: 1", {"starting", "WARN: no network", "finished"}, 2s));
  EXPECT_THAT(warned.text,
              AllOf(HasSubstr("on pve1 started. With warnings (WARNINGS: 1):\n| WARN: no network\n"),
                    Not(HasSubstr("finished"))));
  EXPECT_FALSE(warned.is_error);
}

TEST(Outcome, ShowsPvesErrorTheRemedyAndTheLogOfAFailure) {
  const auto failed =
      rendered(report(State::Failed, "VM is locked (backup)", {"trying", "VM is locked (backup)"}, 100ms));
  EXPECT_TRUE(failed.is_error);
  EXPECT_THAT(failed.text, AllOf(StartsWith("VM 100 (web01) on pve1 was not started: VM is locked (backup)."),
                                 HasSubstr("qm unlock"), HasSubstr("\n| trying\n"), EndsWith(kUpid)));
}

TEST(Outcome, AddsNoFullStopBehindAnExclamationMark) {
  const auto failed = rendered(report(State::Failed, "refusing to stop essential service!", {}, 100ms));
  EXPECT_THAT(failed.text, HasSubstr("refusing to stop essential service! Task: "));
}

TEST(Outcome, ReportsARunningTaskAsASuccess) {
  const auto running = rendered(report(State::Running, "", {"transferred 10%"}, 30s));
  EXPECT_FALSE(running.is_error);
  EXPECT_THAT(running.text, AllOf(StartsWith("Still starting VM 100 (web01) on pve1 after 30 s;"),
                                  HasSubstr("transferred 10%"), HasSubstr(kUpid)));
}

TEST(Outcome, NamesOnlyToolsThatTheReaderMayUse) {
  const auto running = report(State::Running, "", {}, 30s);
  const guard::MayUse waits([](const tool::Endpoint& call) -> std::string_view {
    return call.method == base::Method::Get ? "look_at_task" : "";
  });
  EXPECT_THAT(rendered(running, waits).text,
              AllOf(HasSubstr("Use look_at_task with wait"), HasSubstr("An administrator can stop it")));
  EXPECT_THAT(rendered(running).text, HasSubstr("PVE's task list shows when it has ended."));
}

TEST(Outcome, ReportsAnUnknownEndAsAnError) {
  auto lost = report(State::Unknown, "", {}, 30s);
  lost.error.emplace();
  lost.error->status = 595;
  lost.error->message = "No route to host";
  const auto unknown = rendered(lost);
  EXPECT_TRUE(unknown.is_error);
  EXPECT_THAT(unknown.text,
              AllOf(HasSubstr("PVE accepted the request"), HasSubstr("No route to host"), HasSubstr(kUpid)));
}

TEST(Outcome, ShowsLongTimesInMinutes) {
  EXPECT_THAT(rendered(report(State::Done, "OK", {}, 119s)).text, HasSubstr("119 s"));
  EXPECT_THAT(rendered(report(State::Done, "OK", {}, 1800s)).text, HasSubstr("30 min"));
  EXPECT_THAT(rendered(report(State::Done, "OK", {}, 10s)).text, HasSubstr("10 s"));
  EXPECT_EQ(rendered(report(State::Done, "OK", {}, 9960ms)).text, "VM 100 (web01) on pve1 started.");
}

}  // namespace
