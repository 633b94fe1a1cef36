// What the audit is told about a change, and what the answer says if it cannot record one.
#include "engine/record.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/outcome/started.h"
#include "engine/pve_tasks.h"
#include "engine/rows.h"
#include "engine/toolbox.h"
#include "support/scripted_pve.h"

namespace {

using guard::Ending;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;
using Result = Ending::Result;

constexpr auto kConfig = "PUT /nodes/pve1/qemu/100/config";
constexpr auto kStart = "POST /nodes/pve1/qemu/100/status/start";
constexpr auto kUpid = "UPID:pve1:0000C350:00A1B2C3:6A18A500:qmstart:100:root@pam!t:";

constexpr tool::Tool kReadTask{.name = "pve_get_task_status",
                               .title = "Task status",
                               .description = "Read whether a task runs.",
                               .tier = tool::Tier::ReadOnly,
                               .effect = tool::Effect::None,
                               .call = {base::Method::Get, "/nodes/{node}/tasks/{upid}/status"},
                               .params = {{.name = "node"}, {.name = "upid"}}};
constexpr tool::Tool kTaskRows[] = {kReadTask, test::kStart};
constexpr tool::Category kWithTasks[] = {{"tasks", "Tasks", kTaskRows}};

class Notebook final : public guard::Audit {
 public:
  std::expected<Begun, std::string> begin(const guard::Attempt& attempt) override {
    attempts.push_back(attempt);
    if (!refusal.empty()) return std::unexpected(refusal);
    return Begun{static_cast<std::int64_t>(attempts.size()), note};
  }
  std::optional<std::string> end(const Begun& begun, const Ending& ending) override {
    ended.push_back(begun.number);
    endings.push_back(ending);
    return problem.empty() ? std::nullopt : std::optional(problem);
  }

  std::vector<guard::Attempt> attempts;
  std::vector<Ending> endings;
  std::vector<std::int64_t> ended;  ///< the number of the attempt of each ending
  std::string refusal, note, problem;
};

class RecordedChange : public testing::Test {
 protected:
  RecordedChange() {
    pve_.answer("GET /cluster/resources", R"([{"type":"node","node":"pve1","status":"online"},
                                              {"type":"qemu","vmid":100,"node":"pve1","name":"web"}])");
    pve_.answer("GET *", R"({"name":"web","smbios1":"uuid=5a1e,family=x"})");
    pve_.answer("GET /nodes/pve1/tasks", "[]");
    pve_.answer("GET /nodes/pve1/tasks/*/log", "[]");
    pve_.answer("GET /nodes/pve1/tasks/*/status", R"({"status":"stopped","exitstatus":"OK"})");
    pve_.answer("PUT *", "null");
    pve_.answer("POST *", "null");
    pve_.answer("DELETE *", "null");
    pve_.answer(kStart, "\"" + std::string(kUpid) + "\"");
  }

  mcp::Outcome outcome(std::string_view tool, std::string_view arguments, const base::JsonObject& inputs = {},
                       bool can_confirm = false) {
    engine::Options options;
    options.wait = wait_;
    options.confirm = confirm_;
    engine::Access access{client_, facts_, clock_, options};
    access.audit = &audit_;
    engine::Toolbox box(test::kCategories, {}, access);
    return outcome(box, tool, arguments, inputs, can_confirm);
  }
  mcp::Outcome outcome(engine::Toolbox& box, std::string_view tool, std::string_view arguments,
                       const base::JsonObject& inputs = {}, bool can_confirm = false,
                       bool may_be_task = false) {
    return box.call({{{"laptop"}, mcp::Era::Modern, none_, inputs, unheard_, unheard_, {}, can_confirm},
                     tool,
                     base::parse_json(arguments)->as_object(),
                     may_be_task});
  }
  static std::string text_of(const mcp::Outcome& done) {
    const auto* result = std::get_if<mcp::Result>(&done);
    return result == nullptr ? "no result" : std::get<mcp::Text>(result->content.at(0)).text;
  }
  std::string call(std::string_view tool, std::string_view arguments) {
    return text_of(outcome(tool, arguments));
  }
  std::string call(engine::Toolbox& box, std::string_view tool, std::string_view arguments) {
    return text_of(outcome(box, tool, arguments));
  }
  std::string update() { return call("pve_update_qemu_config", R"({"vmid":100,"cores":2})"); }

  test::ScriptedPve pve_;
  base::ManualClock clock_;
  facts::Facts facts_;
  std::string held_;
  pve::Client client_{
      pve_,
      {"root@pam!t", "secret-of-the-token", ""},
      {"https://pve:8006", std::chrono::seconds(30), {}, [this]() -> std::optional<std::string> {
         return held_.empty() ? std::nullopt : std::optional(held_);
       }}};
  Notebook audit_;
  std::chrono::seconds wait_{30};
  engine::Confirm confirm_ = engine::Confirm::Never;
  const base::JsonObject none_;
  mcp::NullSink unheard_;
};

TEST_F(RecordedChange, SaysWhoWhatAndWhichObject) {
  update();
  ASSERT_EQ(audit_.attempts.size(), 1U);
  const auto& attempt = audit_.attempts.front();
  EXPECT_EQ(attempt.caller, "laptop");
  EXPECT_EQ(attempt.tool, "pve_update_qemu_config");
  EXPECT_EQ(attempt.request, kConfig);
  EXPECT_EQ(attempt.arguments.at("cores"), 2);
  EXPECT_EQ(attempt.object.at("vmid"), "100");
  EXPECT_EQ(attempt.object.at("uuid"), "5a1e");
  EXPECT_EQ(attempt.approval.how, "not asked");
  ASSERT_EQ(audit_.endings.size(), 1U);
  EXPECT_EQ(audit_.endings.front().result, Result::Done);
}

TEST_F(RecordedChange, AReadIsNotRecorded) {
  call("pve_list_cluster_resources", "{}");
  EXPECT_THAT(audit_.attempts, IsEmpty());
}

TEST_F(RecordedChange, ATaskIsRecordedWithItsEnd) {
  call("pve_start_qemu_vm", R"({"vmid":100})");
  ASSERT_EQ(audit_.endings.size(), 1U);
  EXPECT_EQ(audit_.endings.front().result, Result::Done);
  EXPECT_EQ(audit_.endings.front().upid, kUpid);
  EXPECT_EQ(audit_.endings.front().exit_status, "OK");
  pve_.answer("GET /nodes/pve1/tasks/*/status", R"({"status":"stopped","exitstatus":"no space"})");
  call("pve_start_qemu_vm", R"({"vmid":100})");
  EXPECT_EQ(audit_.endings.back().result, Result::Failed);
  EXPECT_EQ(audit_.endings.back().exit_status, "no space");
}

TEST_F(RecordedChange, ATaskThatIsNotAwaitedIsRecordedAsRunning) {
  wait_ = std::chrono::seconds(0);
  call("pve_start_qemu_vm", R"({"vmid":100})");
  ASSERT_EQ(audit_.endings.size(), 1U);
  EXPECT_EQ(audit_.endings.front().result, Result::Running);
  EXPECT_EQ(audit_.endings.front().upid, kUpid);
}

TEST_F(RecordedChange, ATaskThatIsNotAwaitedIsRecordedAgainOnceItsEndIsRead) {
  wait_ = std::chrono::seconds(0);
  engine::Access access{client_, facts_, clock_};
  access.audit = &audit_;
  engine::Toolbox box(kWithTasks, {}, access);
  call(box, "pve_start_qemu_vm", R"({"vmid":100})");
  const auto read = R"({"node":"pve1","upid":")" + std::string(kUpid) + R"("})";
  pve_.answer("GET /nodes/pve1/tasks/*/status", R"({"status":"running"})");
  call(box, "pve_get_task_status", read);
  EXPECT_EQ(audit_.endings.size(), 1U);
  pve_.answer("GET /nodes/pve1/tasks/*/status", R"({"status":"stopped","exitstatus":"no space"})");
  call(box, "pve_get_task_status", read);
  call(box, "pve_get_task_status", read);
  ASSERT_EQ(audit_.endings.size(), 2U) << "the end is recorded once";
  EXPECT_EQ(audit_.ended, (std::vector<std::int64_t>{1, 1}));
  EXPECT_EQ(audit_.endings.back().result, Result::Failed);
  EXPECT_EQ(audit_.endings.back().upid, kUpid);
  EXPECT_EQ(audit_.endings.back().exit_status, "no space");
}

TEST_F(RecordedChange, ATaskThatAClientFollowsIsRecordedWithItsEnd) {
  engine::Access access{client_, facts_, clock_};
  access.audit = &audit_;
  engine::Toolbox box(test::kCategories, {}, access);
  const auto started = outcome(box, "pve_start_qemu_vm", R"({"vmid":100})", {}, false, true);
  const auto* task = std::get_if<mcp::Task>(&started);
  ASSERT_NE(task, nullptr);
  ASSERT_EQ(audit_.endings.size(), 1U);
  EXPECT_EQ(audit_.endings.front().result, Result::Running);
  engine::PveTasks tasks(box);
  EXPECT_TRUE(tasks.get({"laptop"}, mcp::Era::Modern, task->handle, {}));
  EXPECT_TRUE(tasks.get({"laptop"}, mcp::Era::Modern, task->handle, {}));
  ASSERT_EQ(audit_.endings.size(), 2U);
  EXPECT_EQ(audit_.endings.back().result, Result::Done);
  EXPECT_EQ(audit_.endings.back().exit_status, "OK");
}

TEST_F(RecordedChange, ARefusalIsRecordedWithPvesWords) {
  pve_.refuse(kConfig, 500, "cores: too many");
  update();
  ASSERT_EQ(audit_.endings.size(), 1U);
  EXPECT_EQ(audit_.endings.front().result, Result::Refused);
  EXPECT_THAT(audit_.endings.front().message, HasSubstr("cores: too many"));
}

TEST_F(RecordedChange, WithoutAnAnswerTheOutcomeIsUnknown) {
  pve_.fail(kConfig, net::Failure::Kind::Timeout, false);
  update();
  EXPECT_EQ(audit_.endings.back().result, Result::Unknown);
  pve_.fail(kConfig, net::Failure::Kind::Refused, true);
  update();
  EXPECT_EQ(audit_.endings.back().result, Result::NotSent);
}

TEST_F(RecordedChange, WhatIsFrozenIsNotRecorded) {
  held_ = "changes are frozen.";
  EXPECT_THAT(update(), HasSubstr("changes are frozen."));
  EXPECT_THAT(audit_.attempts, IsEmpty());
}

TEST_F(RecordedChange, IsNotSentIfItCannotBeRecorded) {
  audit_.refusal = "the audit cannot record it: the disk is full. Free some space.";
  EXPECT_EQ(update(),
            "VM 100 (web) was not changed: the audit cannot record it: the disk is full. Free some "
            "space.");
  EXPECT_EQ(pve_.count("PUT *"), 0U);
  EXPECT_THAT(audit_.endings, IsEmpty());
}

TEST_F(RecordedChange, TheAnswerBeginsWithTheNote) {
  audit_.note = "Changes are not recorded: there is no folder.";
  EXPECT_THAT(update(), StartsWith("Changes are not recorded: there is no folder.\n"));
}

TEST_F(RecordedChange, TheAnswerSaysIfTheOutcomeWasNotRecorded) {
  audit_.problem = "The audit has recorded the attempt, but not its result: the disk is full.";
  EXPECT_THAT(update(), HasSubstr(audit_.problem));
}

TEST_F(RecordedChange, ARepeatHasItsOwnRecords) {
  constexpr auto kBusy = "can't lock file '/var/lock/qemu-server/lock-100.conf' - got timeout";
  pve_.answer(kConfig, net::Response{500, kBusy, {}, R"({"data":null})"}, "null");
  update();
  EXPECT_EQ(audit_.attempts.size(), 2U);
  EXPECT_EQ(audit_.endings.size(), 2U);
  EXPECT_EQ(audit_.endings.front().result, Result::Refused);
}

TEST_F(RecordedChange, SaysThatTheUserHasConfirmedIt) {
  confirm_ = engine::Confirm::Changes;
  const auto asked = outcome("pve_update_qemu_config", R"({"vmid":100,"cores":2})", {}, true);
  const auto* need = std::get_if<mcp::NeedInput>(&asked);
  ASSERT_NE(need, nullptr);
  EXPECT_THAT(audit_.attempts, IsEmpty());
  base::JsonObject yes;
  yes[need->requests.front().key] =
      base::JsonObject{{"action", "accept"}, {"content", base::JsonObject{{"confirm", true}}}};
  outcome("pve_update_qemu_config", R"({"vmid":100,"cores":2})", yes, true);
  ASSERT_EQ(audit_.attempts.size(), 1U);
  EXPECT_EQ(audit_.attempts.front().approval.how, "elicitation");
}

TEST_F(RecordedChange, StoppingATaskIsRecorded) {
  pve_.answer("GET /nodes/pve1/tasks/*/status", R"({"status":"running"})");
  engine::Access access{client_, facts_, clock_};
  access.audit = &audit_;
  engine::Toolbox box(test::kCategories, {}, access);
  engine::PveTasks tasks(box);
  const engine::Started started{
      *pve::parse_upid(kUpid), "pve_start_qemu_vm", {{"node", "pve1"}, {"vmid", 100}}};
  EXPECT_TRUE(tasks.cancel({"laptop"}, mcp::Era::Modern, engine::handle_of(started), {}));
  ASSERT_EQ(audit_.attempts.size(), 1U);
  EXPECT_EQ(audit_.attempts.front().tool, "tasks/cancel");
  EXPECT_THAT(audit_.attempts.front().request, StartsWith("DELETE /nodes/pve1/tasks/UPID"));
  EXPECT_EQ(audit_.endings.size(), 1U);
  audit_.refusal = "the audit cannot record it: the disk is full.";
  EXPECT_FALSE(tasks.cancel({"laptop"}, mcp::Era::Modern, engine::handle_of(started), {}));
  EXPECT_EQ(pve_.count("DELETE *"), 1U);
}

}  // namespace
