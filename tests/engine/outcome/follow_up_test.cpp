// What follows a task: HA's work, the start that a creation asked for, the start of a reboot.
#include "engine/outcome/follow_up.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "engine/rows.h"
#include "engine/toolbox.h"
#include "support/scripted_pve.h"

namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

constexpr auto kStatus = "GET /nodes/pve1/qemu/100/status/current";
constexpr auto kTasks = "GET /nodes/pve1/tasks";

constexpr tool::Tool started(tool::Tool tool) {
  tool.starts_task = true;
  return tool;
}

constexpr tool::Tool kReboot{.name = "pve_reboot_qemu_vm",
                             .title = "Reboot VM",
                             .description = "Reboot a VM.",
                             .tier = tool::Tier::ReadExecute,
                             .effect = tool::Effect::Destructive,
                             .call = {base::Method::Post, "/nodes/{node}/qemu/{vmid}/status/reboot"},
                             .params = {{.name = "node"}, {.name = "vmid"}},
                             .starts_task = true,
                             .doing = "Rebooting VM {vmid} on {node}",
                             .done = "VM {vmid} on {node} {was} rebooted"};
constexpr tool::Tool kDeletion{.name = "pve_delete_qemu_vm",
                               .title = "Delete VM",
                               .description = "Delete a VM.",
                               .tier = tool::Tier::Full,
                               .effect = tool::Effect::Destructive,
                               .call = {base::Method::Delete, "/nodes/{node}/qemu/{vmid}"},
                               .params = {{.name = "node"}, {.name = "vmid"}},
                               .starts_task = true,
                               .doing = "Deleting VM {vmid} on {node}",
                               .done = "VM {vmid} on {node} {was} deleted"};
constexpr tool::Tool kRows[] = {started(test::kStart), started(test::kCreate), kReboot, kDeletion,
                                test::kUpdate};
constexpr tool::Category kCategory[] = {{"qemu", "VMs", kRows}};

class FollowUp : public testing::Test {
 protected:
  FollowUp() {
    pve_.answer("GET /cluster/resources", "[]");
    pve_.answer("GET /version", R"({"version":"9.2"})");
    pve_.answer("GET /nodes/pve1/tasks/*/status", R"({"status":"stopped","exitstatus":"OK"})");
    pve_.answer("GET /nodes/pve1/tasks/*/log", "[]");
    pve_.answer(kTasks, "[]");
  }
  /// PVE accepts the call with a task of this type.
  void accepts(std::string_view route, std::string_view type) {
    pve_.answer(route, fmt::format(R"("UPID:pve1:00000001:00000001:6B000000:{}:100:root@pam:")", type));
  }
  /// The guest has the state `first`, and from `after` on the state `then`.
  void states(std::string first, std::string then, std::chrono::seconds after) {
    pve_.answer(kStatus, [this, first, then, after](const test::Asked&) {
      return test::pve_answer(clock_.steady().time_since_epoch() < after ? first : then);
    });
  }
  std::string call(std::string_view tool, std::string_view arguments = R"({"node":"pve1","vmid":100})") {
    pve::Client client(pve_, {"root@pam!t", "secret", ""}, {"https://pve:8006", 1s, {}});
    engine::Options options;
    options.wait = 30s;
    engine::Toolbox box(kCategory, {}, {client, facts_, clock_, options});
    const auto parsed = base::parse_json(arguments)->as_object();
    const base::JsonObject none;
    const mcp::Caller caller;
    mcp::NullSink unheard;
    const auto made = box.call({{caller, mcp::Era::Modern, none, none, unheard, unheard, {}}, tool, parsed});
    const auto& result = std::get<mcp::Result>(made);
    is_error_ = result.is_error;
    return std::get<mcp::Text>(result.content.at(0)).text;
  }

  test::ScriptedPve pve_;
  facts::Facts facts_;
  base::ManualClock clock_;
  bool is_error_ = false;
};

constexpr auto kOff = R"({"name":"web01","status":"stopped","qmpstatus":"stopped","ha":{"managed":1}})";
constexpr auto kOn =
    R"({"name":"web01","status":"running","qmpstatus":"running","pid":7,"ha":{"managed":1}})";

// HA's own task ends with OK at once; HA starts the guest about 20 s later.
TEST_F(FollowUp, WaitsForHaUntilTheGuestRuns) {
  accepts("POST /nodes/pve1/qemu/100/status/start", "hastart");
  states(kOff, kOn, 20s);
  EXPECT_EQ(call("pve_start_qemu_vm"), "VM 100 (web01) on pve1 started by HA.");
  EXPECT_FALSE(is_error_);
  EXPECT_GE(clock_.steady().time_since_epoch(), 20s);
}

TEST_F(FollowUp, SaysThatHaHasNotCarriedOutTheRequestYet) {
  accepts("POST /nodes/pve1/qemu/100/status/start", "hastart");
  states(kOff, kOn, 300s);
  EXPECT_THAT(call("pve_start_qemu_vm"),
              HasSubstr("Starting VM 100 (web01) on pve1: requested; HA has not carried it out yet. In PVE, "
                        "Datacenter > HA shows what it does."));
  EXPECT_FALSE(is_error_);
}

TEST_F(FollowUp, ReportsTheHaStateErrorWithItsRemedy) {
  accepts("POST /nodes/pve1/qemu/100/status/start", "hastart");
  pve_.answer(kStatus, kOff, R"({"name":"web01","status":"stopped","ha":{"managed":1,"state":"error"}})");
  pve_.answer(kTasks,
              R"([{"type":"qmstart","upid":"UPID:x","endtime":1,"user":"root@pam","status":"no space"}])");
  EXPECT_THAT(
      call("pve_start_qemu_vm"),
      HasSubstr(
          "VM 100 (web01) on pve1 was not started: HA accepted the request, but its task qmstart failed: "
          "no space; HA holds the guest in the state error: set its HA state to disabled, remove the "
          "cause, then set it to started."));
  EXPECT_TRUE(is_error_);
}

TEST_F(FollowUp, WaitsForTheStartThatACreationAskedFor) {
  accepts("POST /nodes/pve1/qemu", "qmcreate");
  pve_.answer(kStatus, R"({"name":"web01","status":"stopped","qmpstatus":"stopped"})");
  pve_.answer("GET /nodes/pve1/qemu/100/config", R"({"scsi0":"local:100/vm-100-disk-0.raw,size=1G"})");
  pve_.answer(kTasks, R"([{"type":"qmstart","upid":"UPID:a","status":"RUNNING"}])",
              R"([{"type":"qmstart","upid":"UPID:a","endtime":1,"status":"bridge 'vmbr9' does not exist"}])");
  EXPECT_THAT(call("pve_create_qemu_vm", R"({"node":"pve1","vmid":100,"name":"web01","start":true})"),
              HasSubstr("VM 100 (web01) created, but its start failed: bridge 'vmbr9' does not exist.\nscsi0 "
                        "local:100/vm-100-disk-0.raw (1 GiB)."));
  EXPECT_TRUE(is_error_);
}

TEST_F(FollowUp, SaysThatDisksAreNotKnownWhileTheCreationRuns) {
  accepts("POST /nodes/pve1/qemu", "qmcreate");
  pve_.answer("GET /nodes/pve1/tasks/*/status", R"({"status":"running"})");
  EXPECT_THAT(
      call("pve_create_qemu_vm", R"({"node":"pve1","vmid":100,"name":"web01"})"),
      HasSubstr("Still creating VM 100 (web01) after 30 s; its task continues in PVE. Its disks and MAC "
                "addresses are not known yet."));
}

TEST_F(FollowUp, SaysWhatAFailedCreationLeftBehind) {
  accepts("POST /nodes/pve1/qemu", "qmrestore");
  pve_.answer("GET /nodes/pve1/tasks/*/status", R"({"status":"stopped","exitstatus":"no such storage"})");
  pve_.answer("GET /nodes/pve1/qemu/100/config", R"({"digest":"x"})");
  EXPECT_THAT(
      call("pve_create_qemu_vm", R"({"node":"pve1","vmid":100})"),
      HasSubstr("VM 100 was not created: no such storage. It left an empty VM 100 behind, which holds the "
                "number: delete it."));
}

TEST_F(FollowUp, CountsTheBackupsBeforeADeletion) {
  constexpr auto kDelete = "DELETE /nodes/pve1/qemu/100";
  constexpr auto kNfs = "GET /nodes/pve1/storage/nfs/content?content=backup&vmid=100";
  accepts(kDelete, "qmdestroy");
  pve_.answer("GET /cluster/resources", R"([
    {"type":"node","node":"pve1","status":"online"},{"type":"node","node":"pve2","status":"online"},
    {"type":"qemu","vmid":100,"node":"pve1","name":"web01","status":"stopped"},
    {"type":"storage","storage":"lvm","node":"pve1","status":"available","content":"images"},
    {"type":"storage","storage":"local","node":"pve2","status":"available","content":"iso,backup"},
    {"type":"storage","storage":"nfs","node":"pve1","status":"available","shared":1,"content":"backup"},
    {"type":"storage","storage":"nfs","node":"pve2","status":"available","shared":1,"content":"backup"}])");
  pve_.answer(kStatus, kOff);
  pve_.answer("GET /nodes/pve1/qemu/100/config", "{}");
  pve_.answer("GET /cluster/backup", "[]");
  pve_.answer(kNfs, R"([{"volid":"nfs:backup/a"},{"volid":"nfs:backup/b"}])");
  pve_.answer("GET /nodes/pve2/storage/local/content?content=backup&vmid=100", R"([{"volid":"local:a"}])");
  EXPECT_THAT(call("pve_delete_qemu_vm"),
              HasSubstr("\n2 backups remain on \"nfs\", 1 on \"local\" of pve2; PVE also removed its ACL"));
  const auto asked = pve_.asked();
  EXPECT_LT(std::ranges::find(asked, kNfs), std::ranges::find(asked, kDelete));
}

TEST_F(FollowUp, SaysWhetherAConfiguredGuestRuns) {
  constexpr auto kPending = "GET /nodes/pve1/qemu/100/pending";
  pve_.answer("PUT /nodes/pve1/qemu/100/config", "null");
  pve_.answer(kStatus, kOn);
  pve_.answer(kPending, R"([{"key":"cores","value":2}])", R"([{"key":"cores","value":4}])");
  constexpr auto kArguments = R"({"node":"pve1","vmid":100,"cores":4})";
  EXPECT_THAT(call("pve_update_qemu_config", kArguments), HasSubstr("cores 2 -> 4. The VM is running."));
  EXPECT_EQ(pve_.count(kStatus), 1U);
  pve_.answer(kStatus, kOff);
  pve_.answer(kPending, R"([{"key":"cores","value":2}])", R"([{"key":"cores","value":4}])");
  EXPECT_THAT(call("pve_update_qemu_config", kArguments), HasSubstr("cores 2 -> 4. The VM is off."));
  pve_.refuse(kStatus, 403, "Permission check failed (/vms/100, VM.Audit)");
  pve_.answer(kPending, R"([{"key":"cores","value":2}])", R"([{"key":"cores","value":4}])");
  EXPECT_THAT(call("pve_update_qemu_config", kArguments), testing::EndsWith("cores 2 -> 4."));
}

// PVE's task ends when the guest is off; the start is another task.
TEST_F(FollowUp, WaitsForARebootUntilTheGuestHasANewProcess) {
  accepts("POST /nodes/pve1/qemu/100/status/reboot", "qmreboot");
  pve_.answer(kStatus, R"({"name":"web01","status":"running","pid":7})",
              R"({"name":"web01","status":"running","pid":7})", R"({"name":"web01","status":"stopped"})",
              R"({"name":"web01","status":"running","pid":8})");
  EXPECT_EQ(call("pve_reboot_qemu_vm"), "VM 100 (web01) on pve1 rebooted.");
  EXPECT_EQ(pve_.count(kStatus), 4U);
}

TEST_F(FollowUp, ContinuesIfTheStateCannotBeRead) {
  accepts("POST /nodes/pve1/qemu/100/status/start", "qmstart");
  pve_.refuse(kStatus, 403, "Permission check failed (/vms/100, VM.Audit)");
  EXPECT_EQ(call("pve_start_qemu_vm"), "VM 100 on pve1 started.");
}

TEST_F(FollowUp, ReportsAStartOfARunningGuestAsASuccess) {
  accepts("POST /nodes/pve1/qemu/100/status/start", "qmstart");
  pve_.answer(kStatus, kOn);
  pve_.answer("GET /nodes/pve1/tasks/*/status",
              R"({"status":"stopped","exitstatus":"VM 100 already running"})");
  EXPECT_EQ(call("pve_start_qemu_vm"), "VM 100 (web01) on pve1 runs already; nothing was changed.");
  EXPECT_FALSE(is_error_);
}

}  // namespace
