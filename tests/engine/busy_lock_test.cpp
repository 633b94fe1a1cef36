// Waiting for a guest's lock that PVE's clean-up holds for a while after the guest has stopped.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/rows.h"
#include "engine/toolbox.h"
#include "support/scripted_pve.h"

namespace {

using testing::AllOf;
using testing::HasSubstr;

// Recorded on PVE 9.2.11.
constexpr auto kBusy = "can't lock file '/var/lock/qemu-server/lock-100.conf' - got timeout";
constexpr auto kConfig = "PUT /nodes/pve1/qemu/100/config";
constexpr auto kStart = "POST /nodes/pve1/qemu/100/status/start";
constexpr auto kTasks = "GET /nodes/pve1/tasks";
constexpr auto kUpid = R"("UPID:pve1:0000C350:00A1B2C3:6A18A500:qmstart:100:root@pam!t:")";

constexpr tool::Tool kRows[] = {
    test::kUpdate,
    test::kStart,
    {.name = "pve_reset_qemu_vm",
     .title = "Reset VM",
     .description = "Reset a VM.",
     .tier = tool::Tier::Full,
     .effect = tool::Effect::Destructive,
     .call = {base::Method::Post, "/nodes/{node}/qemu/{vmid}/status/reset"},
     .params = {{.name = "node"}, {.name = "vmid"}},
     .done = "VM {vmid} reset"},
    {.name = "pve_list_tasks",
     .title = "List tasks",
     .description = "List tasks.",
     .tier = tool::Tier::ReadOnly,
     .effect = tool::Effect::None,
     .call = {base::Method::Get, "/nodes/{node}/tasks"},
     .params = {{.name = "node"}}},
};
constexpr tool::Category kCategories[] = {{"qemu", "VMs", kRows}};

net::Response busy() { return {500, kBusy, {}, R"({"data":null})"}; }

class BusyLock : public testing::Test {
 protected:
  BusyLock() {
    pve_.answer("GET /cluster/resources", R"([{"type":"node","node":"pve1","status":"online"},
                                              {"type":"qemu","vmid":100,"node":"pve1","name":"web"}])");
    pve_.answer("GET *", R"({"name":"web"})");
    pve_.answer(kTasks, "[]");
    pve_.answer("GET /nodes/pve1/tasks/*/log", "[]");
  }
  std::string call(std::string_view tool, std::string_view arguments, std::chrono::seconds wait) {
    pve::Client client(pve_, {"root@pam!t", "secret", ""},
                       {"https://pve:8006", std::chrono::seconds(30), {}});
    engine::Toolbox box(kCategories, {}, {client, facts_, clock_, {wait}});
    const base::JsonObject none;
    mcp::NullSink unheard;
    const auto outcome = box.call({{{}, mcp::Era::Modern, none, none, unheard, unheard, {}},
                                   tool,
                                   base::parse_json(arguments)->as_object()});
    const auto* result = std::get_if<mcp::Result>(&outcome);
    is_error_ = result == nullptr || result->is_error;
    return result == nullptr ? "no result" : std::get<mcp::Text>(result->content.at(0)).text;
  }

  test::ScriptedPve pve_;
  base::ManualClock clock_;
  facts::Facts facts_;
  bool is_error_ = false;
};

TEST_F(BusyLock, DelaysAChangeThatIsSafeToRepeat) {
  pve_.answer(kConfig, busy(), busy(), "null");
  call("pve_update_qemu_config", R"({"vmid":100,"cores":2})", std::chrono::seconds{30});
  EXPECT_FALSE(is_error_);
  EXPECT_EQ(pve_.count(kConfig), 3U);
}

TEST_F(BusyLock, StartsATaskThatFailedForItOnceMore) {
  pve_.answer(kStart, kUpid);
  pve_.answer("GET /nodes/pve1/tasks/*/status",
              std::string(R"({"status":"stopped","exitstatus":")") + kBusy + R"("})",
              R"({"status":"stopped","exitstatus":"OK"})");
  EXPECT_THAT(call("pve_start_qemu_vm", R"({"vmid":100})", std::chrono::seconds{30}), HasSubstr("started"));
  EXPECT_FALSE(is_error_);
  EXPECT_EQ(pve_.count(kStart), 2U);
}

TEST_F(BusyLock, IsWaitedForAsLongAsATaskAtMost) {
  pve_.answer(kConfig, busy());
  const auto begin = clock_.steady();
  EXPECT_THAT(
      call("pve_update_qemu_config", R"({"vmid":100,"cores":2})", std::chrono::seconds{10}),
      AllOf(HasSubstr("No task that this API token may see holds this lock"), HasSubstr("up to 30 s")));
  EXPECT_TRUE(is_error_);
  EXPECT_EQ(clock_.steady() - begin, std::chrono::seconds{10});
  pve_.clear_asked();
  call("pve_update_qemu_config", R"({"vmid":100,"cores":2})", std::chrono::seconds{0});
  EXPECT_EQ(pve_.count(kConfig), 1U) << "with PVE_WAIT=0 the call does not wait";
}

TEST_F(BusyLock, RefusesAChangeThatIsNotSafeToRepeat) {
  constexpr auto kReset = "POST /nodes/pve1/qemu/100/status/reset";
  pve_.answer(kReset, busy());
  call("pve_reset_qemu_vm", R"({"vmid":100})", std::chrono::seconds{30});
  EXPECT_TRUE(is_error_);
  EXPECT_EQ(pve_.count(kReset), 1U);
}

TEST_F(BusyLock, NamesTheTaskThatHoldsIt) {
  pve_.answer(kConfig, busy());
  pve_.answer(kTasks, R"([{"type":"qmshutdown","id":"100","user":"ann@pve","starttime":1780000000,
                           "upid":"UPID:pve1:1:2:3:qmshutdown:100:ann@pve:"}])");
  EXPECT_THAT(call("pve_update_qemu_config", R"({"vmid":100,"cores":2})", std::chrono::seconds{0}),
              AllOf(HasSubstr("The task qmshutdown of ann@pve has held the lock since"),
                    testing::Not(HasSubstr("clean-up"))));
}

}  // namespace
