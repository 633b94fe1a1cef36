// Calls that become tasks, over the simulator.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/outcome/started.h"
#include "resource/lab.h"

namespace {

using std::chrono::seconds;
using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;
using Status = mcp::TaskState::Status;
using mcp::Era;

constexpr auto kBackup = R"({"node":"pve2","vmid":"104","storage":"nas"})";

std::string text_of(const mcp::TaskState& state) {
  return state.result ? std::get<mcp::Text>(state.result->content.at(0)).text : "no result";
}

class TasksTest : public testing::Test {
 protected:
  mcp::Task begin(std::string_view tool, std::string_view arguments) {
    auto made = lab_.outcome(tool, arguments, true);
    if (auto* task = std::get_if<mcp::Task>(&made)) return *std::move(task);
    ADD_FAILURE() << tool << " did not become a task";
    return {};
  }
  mcp::TaskState get(const mcp::Task& task, Era era = Era::Modern) {
    auto state = tasks_.get({}, era, task.handle, {});
    EXPECT_TRUE(state.has_value()) << state.error().message;
    return state.value_or(mcp::TaskState{});
  }

  lab::Lab lab_;
  engine::PveTasks tasks_{lab_.toolbox};
};

TEST_F(TasksTest, ACallGivesTheTaskAtOnce) {
  const auto before = lab_.clock.wall();
  const auto task = begin("pve_migrate_qemu_vm", R"({"vmid":107,"target":"pve1"})");
  EXPECT_LT(lab_.clock.wall() - before, seconds{2});
  EXPECT_EQ(task.state.status, Status::Working);
  EXPECT_THAT(task.state.message, StartsWith("Migrating VM 107 (k8s-cp1) from pve3 to pve1: running, "));
  EXPECT_EQ(task.state.created, std::chrono::floor<seconds>(before));
  EXPECT_THAT(task.handle, AllOf(StartsWith("UPID:pve3:"), HasSubstr("\tpve_migrate_qemu_vm\t")));
  lab_.clock.advance(seconds{1});
  EXPECT_THAT(get(task).message, StartsWith("Migrating VM 107 (k8s-cp1) from pve3 to pve1: running, 1 s"));
  lab_.clock.advance(seconds{300});
  const auto end = get(task);
  EXPECT_EQ(end.status, Status::Completed);
  EXPECT_THAT(text_of(end), StartsWith("VM 107 (k8s-cp1) migrated from pve3 to pve1; it is running there."));
  EXPECT_FALSE(end.result->is_error);
  EXPECT_GT(end.updated, end.created);
  EXPECT_LT(end.updated, lab_.clock.wall() - seconds{60}) << "when PVE says, not when somebody asks";
}

TEST_F(TasksTest, ReadsAndErrorsAreResults) {
  EXPECT_TRUE(std::holds_alternative<mcp::Result>(lab_.outcome("pve_list_nodes", "{}", true)));
  EXPECT_TRUE(std::holds_alternative<mcp::Result>(
      lab_.outcome("pve_update_qemu_config", R"({"vmid":112,"cores":2})", true)));
  const auto none = lab_.outcome("pve_start_qemu_vm", R"({"vmid":999})", true);
  ASSERT_TRUE(std::holds_alternative<mcp::Result>(none));
  EXPECT_TRUE(std::get<mcp::Result>(none).is_error);
  // The end of what carries a secret is shown only while the secret is known.
  EXPECT_TRUE(std::holds_alternative<mcp::Result>(
      lab_.outcome("pve_create_qemu_vm", R"({"node":"pve1","vmid":300,"cipassword":"hunter22"})", true)));
}

TEST_F(TasksTest, AFailedTaskIsCompletedWithAnError) {
  const auto task = begin("pve_start_qemu_vm", R"({"vmid":110})");
  lab_.clock.advance(seconds{60});
  const auto state = get(task);
  EXPECT_EQ(state.status, Status::Completed);
  EXPECT_TRUE(state.result->is_error);
  EXPECT_THAT(text_of(state), HasSubstr("VM is locked (backup)"));
}

TEST_F(TasksTest, AMigrationThatFailsByItselfWasNotCancelled) {
  const auto task = begin("pve_migrate_qemu_vm", R"({"vmid":107,"target":"pve1"})");
  ASSERT_TRUE(lab_.simulated.fault("offline=pve1"));
  lab_.clock.advance(seconds{60});
  const auto state = get(task);
  EXPECT_EQ(state.status, Status::Completed) << state.message;
  EXPECT_THAT(text_of(state), HasSubstr("migration aborted"));
  ASSERT_TRUE(state.result);
  EXPECT_TRUE(state.result->is_error);
}

TEST_F(TasksTest, ItsEndCanBeAwaited) {
  const auto task = begin("pve_run_backup", kBackup);
  const auto end = tasks_.await({}, Era::Modern, task.handle, {});
  ASSERT_TRUE(end.has_value());
  EXPECT_EQ(end->status, Status::Completed);
  std::stop_source stop;
  stop.request_stop();
  const auto other = begin("pve_run_backup", kBackup);
  EXPECT_EQ(tasks_.await({}, Era::Modern, other.handle, stop.get_token())->status, Status::Working);
}

TEST_F(TasksTest, ItCanBeStopped) {
  const auto task = begin("pve_shutdown_qemu_vm", R"({"vmid":100})");
  mcp::Caller reader;
  reader.tier = "read-only";
  const auto refused = tasks_.cancel(reader, Era::Modern, task.handle, {}).error();
  EXPECT_EQ(refused.code, -32602);
  EXPECT_THAT(refused.message,
              HasSubstr("needs the access tier read-execute; the caller's bearer token has"));
  reader.scopes = {"pve:read"};
  const auto challenged = tasks_.cancel(reader, Era::Modern, task.handle, {}).error();
  EXPECT_EQ(challenged.code, mcp::kInsufficientScope);
  EXPECT_EQ(base::write_json(challenged.data), R"({"scopes":["pve:read","pve:execute"]})");
  EXPECT_EQ(get(task).status, Status::Working);
  EXPECT_TRUE(tasks_.cancel({}, Era::Modern, task.handle, {}).has_value());
  lab_.clock.advance(seconds{30});
  EXPECT_EQ(get(task).status, Status::Cancelled) << get(task).message;
  EXPECT_TRUE(tasks_.cancel({}, Era::Modern, task.handle, {}).has_value()) << "once more";
  EXPECT_TRUE(tasks_.update({}, task.handle, {}).has_value());
}

TEST_F(TasksTest, ToLookOnTakesTheCategoryOfTheTool) {
  const auto task = begin("pve_run_backup", kBackup);
  mcp::Caller reader;
  reader.tier = "read-only";
  EXPECT_EQ(tasks_.get(reader, mcp::Era::Modern, task.handle, {})->status, Status::Working)
      << "whatever the tier";
  reader.categories = {"backup"};
  EXPECT_TRUE(tasks_.get(reader, mcp::Era::Modern, task.handle, {}).has_value());
  EXPECT_TRUE(tasks_.update(reader, task.handle, {}).has_value());
  lab_.clock.advance(seconds{300});
  const auto refused = [&](const mcp::Caller& caller) {
    const auto asked = lab_.http.asked().size();
    for (const auto& state : {tasks_.get(caller, mcp::Era::Modern, task.handle, {}),
                              tasks_.await(caller, mcp::Era::Modern, task.handle, {})}) {
      ASSERT_FALSE(state.has_value());
      EXPECT_EQ(state.error().code, -32602);
      EXPECT_THAT(state.error().message,
                  AllOf(StartsWith("This task"), HasSubstr("nodes"), testing::Not(HasSubstr("UPID"))));
    }
    EXPECT_EQ(tasks_.update(caller, task.handle, {}).error().code, -32602);
    EXPECT_EQ(lab_.http.asked().size(), asked) << "PVE is not asked";
  };
  reader.categories = {"nodes"};
  refused(reader);
  mcp::Caller full;
  full.categories = {"nodes"};
  refused(full);
  lab_.toolbox.set_policy({tool::Tier::ReadOnly, std::vector<std::string>{"nodes"}});
  refused({});
  lab_.toolbox.set_policy({tool::Tier::ReadOnly, {}});
  EXPECT_EQ(get(task).status, Status::Completed);
}

TEST_F(TasksTest, ASubscriberGetsTheTasksThatItMayList) {
  const auto task = begin("pve_start_qemu_vm", R"({"vmid":110})");
  lab_.clock.advance(seconds{60});
  mcp::Caller caller;
  caller.categories = {"qemu"};
  EXPECT_THAT(text_of(get(task)), HasSubstr("qm unlock 110"));
  EXPECT_THAT(text_of(*tasks_.get(caller, mcp::Era::Modern, task.handle, {})),
              AllOf(HasSubstr("VM is locked (backup)"), testing::Not(HasSubstr("qm unlock 110"))));
}

TEST_F(TasksTest, ATaskStoppedByALegacySessionStaysCancelled) {
  for (const auto& [tool, arguments, says] :
       {std::tuple{"pve_run_backup", kBackup, "job errors"},
        std::tuple{"pve_migrate_qemu_vm", R"({"vmid":107,"target":"pve1"})", "migration aborted"}}) {
    const auto task = begin(tool, arguments);
    const auto asked = lab_.clock.wall();
    ASSERT_TRUE(tasks_.cancel({}, Era::Legacy, task.handle, {}).has_value()) << tool;
    const auto at_once = get(task, Era::Legacy);
    EXPECT_EQ(at_once.status, Status::Cancelled) << tool << at_once.message;
    EXPECT_THAT(at_once.message, HasSubstr("PVE was asked to stop it"));
    EXPECT_GE(at_once.updated, std::chrono::floor<seconds>(asked));
    EXPECT_EQ(get(task).status, Status::Working) << tool << " goes on for the modern era, until it has ended";
    lab_.clock.advance(seconds{300});
    const auto end = get(task, Era::Legacy);
    EXPECT_EQ(end.status, Status::Cancelled) << tool << end.message;
    EXPECT_THAT(end.message, HasSubstr(std::string("asked to stop it, and it ended: ") + says));
    EXPECT_FALSE(end.result);
    EXPECT_GE(end.updated, at_once.updated);
    EXPECT_EQ(tasks_.await({}, Era::Legacy, task.handle, {})->status, Status::Cancelled) << tool;
  }
}

TEST_F(TasksTest, EachReplicaReportsTheSameStateOfAStoppedTask) {
  engine::PveTasks others(lab_.toolbox);
  for (const auto& [tool, arguments, status] :
       {std::tuple{"pve_run_backup", kBackup, Status::Completed},
        std::tuple{"pve_migrate_qemu_vm", R"({"vmid":107,"target":"pve1"})", Status::Completed},
        std::tuple{"pve_shutdown_qemu_vm", R"({"vmid":100})", Status::Cancelled}}) {
    const auto task = begin(tool, arguments);
    ASSERT_TRUE(tasks_.cancel({}, Era::Modern, task.handle, {}).has_value()) << tool;
    std::vector<Status> here;
    std::vector<Status> there;
    for (int i = 0; i < 4; ++i) {
      here.push_back(get(task).status);
      there.push_back(others.get({}, Era::Modern, task.handle, {})->status);
      lab_.clock.advance(seconds{i == 0 ? 1 : 100});
    }
    EXPECT_EQ(here, there) << tool;
    EXPECT_EQ(here.back(), status) << tool;
    for (auto* const asked : {&tasks_, &others}) {
      EXPECT_EQ(asked->await({}, Era::Modern, task.handle, {})->status, status) << tool;
      EXPECT_EQ(asked->get({}, Era::Legacy, task.handle, {})->status, status) << "no session stopped it";
    }
  }
}

TEST_F(TasksTest, StaysCancelledWhenPveReportsNothing) {
  const auto task = begin("pve_run_backup", kBackup);
  ASSERT_TRUE(tasks_.cancel({}, Era::Legacy, task.handle, {}).has_value());
  ASSERT_TRUE(lab_.simulated.fault("status=500"));
  EXPECT_EQ(get(task, Era::Legacy).status, Status::Cancelled);
  EXPECT_EQ(tasks_.await({}, Era::Legacy, task.handle, {})->status, Status::Cancelled);
  EXPECT_EQ(tasks_.get({}, Era::Modern, task.handle, {}).error().code, -32603);
}

TEST_F(TasksTest, AnEndedTaskCannotBeStopped) {
  const auto task = begin("pve_run_backup", kBackup);
  lab_.clock.advance(seconds{300});
  EXPECT_TRUE(tasks_.cancel({}, Era::Modern, task.handle, {}).has_value());
  EXPECT_EQ(get(task).status, Status::Completed);
  EXPECT_FALSE(get(task).result->is_error);
}

TEST_F(TasksTest, ARefusedStopIsReported) {
  const auto task = begin("pve_run_backup", kBackup);
  constexpr auto kStop = "DELETE /nodes/*/tasks/*";
  lab_.http.refuse(kStop, 500, "no");
  EXPECT_FALSE(tasks_.cancel({}, Era::Modern, task.handle, {}).has_value());
  EXPECT_EQ(lab_.http.count(kStop), 1U);
  EXPECT_EQ(get(task).status, Status::Working);
}

TEST_F(TasksTest, AnotherProcessKnowsItToo) {
  const auto task = begin("pve_run_backup", kBackup);
  engine::Toolbox fresh(catalog::categories(), {}, {lab_.client, lab::facts(), lab_.clock, {}});
  engine::PveTasks others(fresh);
  EXPECT_EQ(others.get({}, Era::Modern, task.handle, {})->status, Status::Working);
  lab_.clock.advance(seconds{300});
  EXPECT_EQ(text_of(*others.get({}, Era::Modern, task.handle, {})), text_of(get(task)));
}

TEST_F(TasksTest, UnknownOnesAreRefused) {
  for (const std::string handle :
       {"", "nonsense", "UPID:pve1:0000C350:00A1B2C3:6A18A500:qmstart:100:root@pam:",
        "UPID:pve1:0000C350:00A1B2C3:6A18A500:qmstart:100:root@pam:\tpve_start_qemu_vm\t{}\t{}",
        "UPID:pve9:0000C350:00A1B2C3:6A18A500:qmstart:100:root@pam:\tpve_start_qemu_vm\t{}\t{}",
        "UPID:../x:0000C350:00A1B2C3:6A18A500:qmstart:100:root@pam:\tpve_start_qemu_vm\t{}\t{}"}) {
    EXPECT_EQ(tasks_.get({}, Era::Modern, handle, {}).error().code, -32602) << handle;
    EXPECT_EQ(tasks_.cancel({}, Era::Modern, handle, {}).error().code, -32602) << handle;
  }
  EXPECT_EQ(tasks_.update({}, "nonsense", {}).error().code, -32602);
  EXPECT_EQ(
      tasks_
          .cancel({}, Era::Modern, "UPID:pve1:0000C350:00A1B2C3:6A18A500:qmstart:100:root@pam:\tpve_x\tx", {})
          .error()
          .code,
      -32602);
}

TEST_F(TasksTest, TheStateIsUnknownWhenPveDoesNotAnswer) {
  const auto task = begin("pve_run_backup", kBackup);
  ASSERT_TRUE(lab_.simulated.fault("status=500"));
  EXPECT_EQ(tasks_.get({}, Era::Modern, task.handle, {}).error().code, -32603);
}

TEST_F(TasksTest, TheClientIsToldInItsLog) {
  const auto begun = [&](bool as_task, Era era) {
    lab_.log.lines.clear();
    lab_.outcome("pve_run_backup", kBackup, as_task, {}, era);
    return lab_.log.lines;
  };
  const auto lines = begun(true, Era::Legacy);
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_EQ(lines[0].first, mcp::LogLevel::Info);
  EXPECT_THAT(lines[0].second, AllOf(StartsWith("Running a backup on pve2: task UPID:")));
  EXPECT_TRUE(begun(true, Era::Modern).empty()) << "of a task it is told by the task alone";
  EXPECT_FALSE(begun(false, Era::Modern).empty());
  engine::Options options;
  options.wait = seconds{60};
  lab::Lab waiting({}, options);
  waiting.call("pve_start_qemu_vm", R"({"vmid":110,"node":"pve3"})");
  std::vector<mcp::LogLevel> levels;
  for (const auto& line : waiting.log.lines) levels.push_back(line.first);
  EXPECT_THAT(levels, testing::Contains(mcp::LogLevel::Info));
  EXPECT_EQ(levels.back(), mcp::LogLevel::Warning);
}

TEST_F(TasksTest, OnlyTheCallersOwnTierIsAScope) {
  mcp::Caller caller;
  caller.tier = "read-only";
  caller.scopes = {"pve:read"};
  const auto ask = [&](std::string_view tool) {
    return lab_.outcome(tool, R"({"vmid":112})", false, caller);
  };
  const auto start = ask("pve_start_qemu_vm");
  ASSERT_TRUE(std::holds_alternative<mcp::InsufficientScope>(start));
  EXPECT_THAT(std::get<mcp::InsufficientScope>(start).scopes,
              testing::ElementsAre("pve:read", "pve:execute"));
  EXPECT_THAT(std::get<mcp::InsufficientScope>(ask("pve_delete_qemu_vm")).scopes,
              testing::ElementsAre("pve:read", "pve:execute", "pve:full"));
  // Where the server would refuse it all the same, a scope would not help.
  lab_.toolbox.set_policy({tool::Tier::ReadExecute, {}});
  EXPECT_TRUE(std::holds_alternative<mcp::InsufficientScope>(ask("pve_start_qemu_vm")));
  EXPECT_TRUE(std::holds_alternative<mcp::Result>(ask("pve_delete_qemu_vm")));
  caller.categories = {"lxc"};
  EXPECT_TRUE(std::holds_alternative<mcp::Result>(ask("pve_start_qemu_vm")));
  caller = {};
  caller.tier = "read-only";
  EXPECT_TRUE(std::holds_alternative<mcp::Result>(ask("pve_start_qemu_vm"))) << "no scopes, no word of them";
}

TEST_F(TasksTest, AParameterBeyondTheScopeIsAScopeToo) {
  mcp::Caller caller{"ann@idp", "read-execute", {}, {"pve:execute"}};
  constexpr auto kRemove = R"({"vmid":"104","node":"pve2","storage":"nas","remove":true})";
  const auto outcome = lab_.outcome("pve_run_backup", kRemove, false, caller);
  const auto* scope = std::get_if<mcp::InsufficientScope>(&outcome);
  ASSERT_NE(scope, nullptr);
  EXPECT_THAT(scope->scopes, testing::ElementsAre("pve:read", "pve:execute", "pve:full"));
  EXPECT_THAT(
      scope->message,
      HasSubstr(
          "remove: needs the access tier full, but the bearer token of ann@idp was not granted the scope "
          "pve:full; leave it out"));
  EXPECT_TRUE(std::holds_alternative<mcp::Result>(
      lab_.outcome("pve_run_backup", R"({"vmid":"104","remove":true,"nonsense":1})", false, caller)))
      << "more scopes alone would not do";
  lab_.toolbox.set_policy({tool::Tier::ReadExecute, {}});
  EXPECT_TRUE(std::holds_alternative<mcp::Result>(lab_.outcome("pve_run_backup", kRemove, false, caller)));
  lab_.toolbox.set_policy({});
  caller.scopes.clear();
  caller.identity = "ci";
  const auto refused = lab_.outcome("pve_run_backup", kRemove, false, caller);
  ASSERT_TRUE(std::holds_alternative<mcp::Result>(refused));
  EXPECT_THAT(std::get<mcp::Text>(std::get<mcp::Result>(refused).content.at(0)).text,
              AllOf(HasSubstr("but the bearer token ci has the access tier read-execute"),
                    testing::Not(HasSubstr("PVE_ACCESS_TIER"))));
}

TEST(Handle, ReadsBack) {
  const auto upid = pve::parse_upid("UPID:pve1:0000C350:00A1B2C3:6A18A500:qmstart:100:root@pam:");
  const auto handle =
      engine::handle_of({*upid, "pve_start_qemu_vm", {{"vmid", "100\t(a)\n"}}, {{{"status", "running"}}}});
  const auto back = engine::parse_handle(handle);
  ASSERT_TRUE(back.has_value());
  EXPECT_EQ(back->upid.text, upid->text);
  EXPECT_EQ(back->tool, "pve_start_qemu_vm");
  EXPECT_EQ(back->arguments.at("vmid"), "100\t(a)\n");
  EXPECT_EQ(back->before.status.at("status"), "running");
  EXPECT_EQ(pve::start_time(*upid).time_since_epoch().count(), 0x6A18A500);
  EXPECT_FALSE(engine::parse_handle(handle + "\tmore").has_value());
  EXPECT_FALSE(engine::parse_handle(std::string(5000, 'x')).has_value());
}

}  // namespace
