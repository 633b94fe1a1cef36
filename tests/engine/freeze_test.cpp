// Changes that are frozen before or during a call.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/pve_tasks.h"
#include "engine/rows.h"
#include "engine/toolbox.h"
#include "support/scripted_pve.h"

namespace {

using testing::AllOf;
using testing::Each;
using testing::HasSubstr;
using testing::StartsWith;

constexpr auto kWhy =
    "changes are frozen since 2026-11-30 07:10:12 UTC by ann: storage migration. Run `mcp-pve thaw` to allow "
    "them again.";
constexpr auto kBusy = "can't lock file '/var/lock/qemu-server/lock-100.conf' - got timeout";
constexpr auto kConfig = "PUT /nodes/pve1/qemu/100/config";
constexpr auto kStart = "POST /nodes/pve1/qemu/100/status/start";
constexpr auto kUpid = R"("UPID:pve1:0000C350:00A1B2C3:6A18A500:qmstart:100:root@pam!t:")";

net::Response busy() { return {500, kBusy, {}, R"({"data":null})"}; }

class FrozenChange : public testing::Test {
 protected:
  FrozenChange() {
    pve_.answer("GET /cluster/resources", R"([{"type":"node","node":"pve1","status":"online"},
                                              {"type":"node","node":"pve2","status":"online"},
                                              {"type":"qemu","vmid":100,"node":"pve1","name":"web"}])");
    pve_.answer("GET *", R"({"name":"web"})");
    pve_.answer("GET /nodes/pve1/tasks", "[]");
    pve_.answer("GET /nodes/pve1/tasks/*/log", "[]");
    pve_.answer("POST *", "null");
    pve_.answer("PUT *", "null");
    pve_.answer("DELETE *", "null");
    pve_.answer(kStart, kUpid);
  }
  std::string call(std::string_view tool, std::string_view arguments) {
    const auto outcome = box_.call({{{}, mcp::Era::Modern, none_, none_, unheard_, unheard_, {}},
                                    tool,
                                    base::parse_json(arguments)->as_object()});
    const auto* result = std::get_if<mcp::Result>(&outcome);
    is_error_ = result == nullptr || result->is_error;
    return result == nullptr ? "no result" : std::get<mcp::Text>(result->content.at(0)).text;
  }
  /// The changes among the requests.
  std::vector<std::string> changes() const {
    auto lines = pve_.asked();
    std::erase_if(lines, [](const std::string& line) { return line.starts_with("GET "); });
    return lines;
  }
  /// From the n-th change on.
  void freeze_from(std::size_t change) { from_ = change; }

  test::ScriptedPve pve_;
  base::ManualClock clock_;
  facts::Facts facts_;
  std::size_t from_ = 1;
  std::size_t asked_ = 0;
  pve::Client client_{
      pve_,
      {"root@pam!t", "secret-of-the-token", ""},
      {"https://pve:8006", std::chrono::seconds(30), {}, [this]() -> std::optional<std::string> {
         return ++asked_ >= from_ ? std::optional<std::string>(kWhy) : std::nullopt;
       }}};
  engine::Toolbox box_{test::kCategories, {}, {client_, facts_, clock_, {std::chrono::seconds{30}}}};
  const base::JsonObject none_;
  mcp::NullSink unheard_;
  bool is_error_ = false;
};

TEST_F(FrozenChange, NothingOfItIsSent) {
  for (const auto& [tool, arguments, said] :
       {std::tuple{"pve_start_qemu_vm", R"({"vmid":100})", "VM 100 on pve1 was not started: "},
        {"pve_update_qemu_config", R"({"vmid":100,"cores":2})", "VM 100 (web) was not changed: "},
        {"pve_delete_qemu_snapshot", R"({"vmid":100,"snapname":"s1"})", "Snapshot s1 was not deleted: "},
        {"pve_create_user", R"({"userid":"a@pve"})", "User a@pve was not created with : "}}) {
    EXPECT_EQ(call(tool, arguments), std::string(said) + kWhy);
    EXPECT_TRUE(is_error_);
  }
  EXPECT_THAT(changes(), testing::IsEmpty());
}

TEST_F(FrozenChange, ReadsGoOn) {
  call("pve_list_cluster_resources", "{}");
  EXPECT_FALSE(is_error_);
  EXPECT_EQ(asked_, 0U);
}

TEST_F(FrozenChange, IsNotSentAgainAfterAWaitForABusyLock) {
  pve_.answer(kConfig, busy());
  freeze_from(2);
  EXPECT_THAT(call("pve_update_qemu_config", R"({"vmid":100,"cores":2})"), HasSubstr(kWhy));
  EXPECT_TRUE(is_error_);
  EXPECT_EQ(pve_.count(kConfig), 1U);
}

TEST_F(FrozenChange, IsNotStartedAgainWhenItsTaskFailedForABusyLock) {
  pve_.answer("GET /nodes/pve1/tasks/*/status",
              std::string(R"({"status":"stopped","exitstatus":")") + kBusy + R"("})");
  freeze_from(2);
  EXPECT_THAT(call("pve_start_qemu_vm", R"({"vmid":100})"), HasSubstr(kWhy));
  EXPECT_TRUE(is_error_);
  EXPECT_EQ(pve_.count(kStart), 1U);
}

TEST_F(FrozenChange, IsNotSentToAnotherNode) {
  pve_.refuse(kStart, 500, "Configuration file 'nodes/pve1/qemu-server/100.conf' does not exist");
  pve_.answer("GET /cluster/resources", R"([{"type":"node","node":"pve1","status":"online"},
                                            {"type":"qemu","vmid":100,"node":"pve1","name":"web"}])",
              R"([{"type":"node","node":"pve2","status":"online"},
                  {"type":"qemu","vmid":100,"node":"pve2","name":"web"}])");
  freeze_from(2);
  EXPECT_THAT(call("pve_start_qemu_vm", R"({"vmid":100})"), HasSubstr(kWhy));
  EXPECT_THAT(changes(), testing::ElementsAre(kStart));
}

TEST_F(FrozenChange, AsksNoConfirmationAndKeepsThePlanId) {
  engine::Options options{std::chrono::seconds{30}};
  options.confirm = engine::Confirm::Irreversible;
  engine::Toolbox box{test::kCategories, {}, {client_, facts_, clock_, options}};
  const auto deleted = [&](const std::string& id) {
    base::JsonObject arguments{{"node", "pve1"}, {"vmid", 100}, {"snapname", "s1"}};
    if (!id.empty()) arguments["confirm"] = id;
    const auto outcome = box.call({{{}, mcp::Era::Modern, none_, none_, unheard_, unheard_, {}},
                                   "pve_delete_qemu_snapshot",
                                   arguments});
    const auto* result = std::get_if<mcp::Result>(&outcome);
    return result == nullptr ? "no result" : std::get<mcp::Text>(result->content.at(0)).text;
  };
  freeze_from(1'000'000);
  const auto plan = deleted("");
  const auto at = plan.find("confirm: \"");
  ASSERT_NE(at, std::string::npos) << plan;
  const auto id = plan.substr(at + 10, plan.find('"', at + 10) - at - 10);
  freeze_from(1);
  EXPECT_EQ(deleted(""), std::string("Snapshot s1 was not deleted: ") + kWhy);
  EXPECT_EQ(deleted(id), std::string("Snapshot s1 was not deleted: ") + kWhy);
  EXPECT_THAT(changes(), testing::IsEmpty());
  freeze_from(1'000'000);
  EXPECT_THAT(deleted(id), StartsWith("Snapshot s1 deleted"));
  EXPECT_EQ(changes().size(), 1U);
}

TEST_F(FrozenChange, ACallInFlightIsFollowedToItsEnd) {
  pve_.answer("GET /nodes/pve1/tasks/*/status", R"({"status":"stopped","exitstatus":"OK"})");
  freeze_from(2);
  EXPECT_THAT(call("pve_start_qemu_vm", R"({"vmid":100})"), HasSubstr("started"));
  EXPECT_FALSE(is_error_);
}

TEST_F(FrozenChange, ATaskIsNotStopped) {
  pve_.answer("GET /nodes/pve1/tasks/*/status", R"({"status":"running"})");
  engine::PveTasks tasks(box_);
  engine::Started started{*pve::parse_upid("UPID:pve1:0000C350:00A1B2C3:6A18A500:qmstart:100:root@pam!t:"),
                          "pve_start_qemu_vm",
                          {{"node", "pve1"}, {"vmid", 100}}};
  const auto handle = engine::handle_of(started);
  EXPECT_TRUE(tasks.get({}, mcp::Era::Modern, handle, {}));
  const auto no = tasks.cancel({}, mcp::Era::Modern, handle, {});
  ASSERT_FALSE(no);
  EXPECT_EQ(no.error().message, std::string("This task was not stopped: ") + kWhy);
  EXPECT_THAT(changes(), testing::IsEmpty());
}

}  // namespace
