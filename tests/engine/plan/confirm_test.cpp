// Changes that need a confirmation: by the client's question to the user, or by the id of a plan.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "base/json_read.h"
#include "engine/rows.h"
#include "engine/toolbox.h"
#include "support/scripted_pve.h"

namespace {

using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr test::Tool kDelete{.name = "pve_delete_qemu_vm",
                             .title = "Delete VM",
                             .description = "Delete a VM.",
                             .tier = test::Tier::Full,
                             .effect = test::Effect::Destructive,
                             .call = {test::Method::Delete, "/nodes/{node}/qemu/{vmid}"},
                             .params = {{.name = "node"}, {.name = "vmid"}},
                             .starts_task = true,
                             .doing = "Deleting VM {vmid} on {node}",
                             .done = "VM {vmid} on {node} {was} deleted"};
constexpr test::Tool kDeleteContainer{.name = "pve_delete_lxc_container",
                                      .title = "Delete container",
                                      .description = "Delete a container.",
                                      .tier = test::Tier::Full,
                                      .effect = test::Effect::Destructive,
                                      .call = {test::Method::Delete, "/nodes/{node}/lxc/{vmid}"},
                                      .params = {{.name = "node"}, {.name = "vmid"}},
                                      .starts_task = true,
                                      .doing = "Deleting container {vmid} on {node}",
                                      .done = "Container {vmid} on {node} {was} deleted"};
constexpr test::Tool kConfigure{
    .name = "pve_update_qemu_config",
    .title = "Configure",
    .description = "Change the configuration.",
    .tier = test::Tier::Full,
    .effect = test::Effect::Destructive,
    .call = {test::Method::Put, "/nodes/{node}/qemu/{vmid}/config"},
    .params = {{.name = "node"}, {.name = "vmid"}, {.name = "delete"}, {.name = "digest"}},
    .doing = "Changing VM {vmid} on {node}",
    .done = "VM {vmid} on {node} {was} changed"};
constexpr test::Tool kTools[] = {kDelete, kDeleteContainer, kConfigure, test::kStart, test::kCreate};
constexpr tool::Category kCategories[] = {{"x", "X", kTools}};

constexpr auto kConfig = "GET /nodes/pve1/qemu/118/config";
constexpr auto kDeletion = "DELETE /nodes/pve1/qemu/118";
constexpr auto kVm =
    R"({"name":"web","digest":"d1","smbios1":"uuid=11111111-aaaa","meta":"creation-qemu=9.0,ctime=100",
                         "unused0":"local-lvm:vm-118-disk-1"})";

struct Answer {
  bool asks = false;  ///< the server asked the client
  bool is_error = false;
  std::string text{};
  std::string key{};  ///< of the question
  std::string id{};   ///< of the plan
};

class ConfirmTest : public testing::Test {
 protected:
  ConfirmTest() {
    pve_.answer("GET *", "[]");
    pve_.answer("GET /cluster/resources", "[]");
    pve_.answer("GET /access/permissions*", "{}");
    pve_.answer(kConfig, kVm);
    pve_.answer("GET /nodes/pve1/qemu/118/pending",
                R"([{"key":"unused0","value":"local-lvm:vm-118-disk-1"}])");
    pve_.answer("GET /nodes/pve1/qemu/118/status/current", R"({"status":"stopped","name":"web"})");
    pve_.answer("DELETE *", R"("UPID:pve1:00000001:00000001:6B000000:qmdestroy:118:root@pam:")");
    pve_.answer("PUT *", "null");
    pve_.answer("POST *", R"("UPID:pve1:00000001:00000001:6B000000:qmstart:118:root@pam:")");
    ask(engine::Confirm::Irreversible);
  }

  void ask(engine::Confirm confirm) {
    box_ = std::make_unique<engine::Toolbox>(
        kCategories, guard::Policy{},
        engine::Access{client_, facts_, clock_, engine::Options{.confirm = confirm}});
  }

  Answer call(std::string_view tool, std::string_view arguments) {
    const auto parsed = base::parse_json(arguments)->as_object();
    const base::JsonObject none;
    mcp::NullSink unheard;
    const auto outcome = box_->call(
        {{caller_, mcp::Era::Modern, none, inputs_, unheard, unheard, {}, can_confirm_}, tool, parsed});
    Answer answer;
    if (const auto* need = std::get_if<mcp::NeedInput>(&outcome)) {
      answer.asks = true;
      answer.key = need->requests.front().key;
      answer.text = base::raw_text(need->requests.front().params, "message");
    } else if (const auto* result = std::get_if<mcp::Result>(&outcome)) {
      answer.is_error = result->is_error;
      answer.text = std::get<mcp::Text>(result->content.front()).text;
      if (result->structured) {
        const auto* plan = base::object(*result->structured, "plan");
        if (plan != nullptr) answer.id = base::raw_text(*plan, "confirm");
      }
    }
    return answer;
  }
  Answer remove(const std::string& more = "") {
    return call("pve_delete_qemu_vm", R"({"node":"pve1","vmid":118)" + more + "}");
  }
  Answer confirm(const std::string& id) { return remove(R"(,"confirm":")" + id + "\""); }
  void answer_question(const std::string& key, std::string_view answer) {
    inputs_[key] = base::parse_json(answer).value();
  }
  std::size_t deletions() const { return pve_.count("DELETE *"); }

  test::ScriptedPve pve_;
  facts::Facts facts_;
  base::ManualClock clock_;
  pve::Client client_{pve_, {"root@pam!t", "secret", ""}, {"https://pve:8006", std::chrono::seconds(1), {}}};
  mcp::Caller caller_;
  base::JsonObject inputs_;
  bool can_confirm_ = false;
  std::unique_ptr<engine::Toolbox> box_;
};

constexpr auto kYes = R"({"action":"accept","content":{"confirm":true}})";

TEST_F(ConfirmTest, RefusesADeletionWithItsPlanAndAnId) {
  const auto refused = remove();
  EXPECT_TRUE(refused.is_error);
  EXPECT_THAT(refused.text,
              AllOf(StartsWith("Not done. Plan for deleting VM 118 (web) on pve1"),
                    HasSubstr("Lost for good: the VM with its disks and snapshots."),
                    HasSubstr("Request: DELETE /nodes/pve1/qemu/118"),
                    HasSubstr("repeat the call with confirm: \"" + refused.id + "\""), HasSubstr("dry_run")));
  EXPECT_EQ(deletions(), 0U);
}

TEST_F(ConfirmTest, AcceptsAnIdOnceForTheSameCall) {
  const auto id = remove().id;
  EXPECT_FALSE(confirm(id).is_error);
  EXPECT_EQ(deletions(), 1U);
  EXPECT_THAT(confirm(id).text, HasSubstr("This server knows no such id"));
  EXPECT_EQ(deletions(), 1U);
}

TEST_F(ConfirmTest, SendsNeitherParameterToPve) {
  EXPECT_FALSE(confirm(remove().id).is_error);
  for (const auto& line : pve_.asked())
    EXPECT_THAT(line, AllOf(Not(HasSubstr("confirm")), Not(HasSubstr("dry_run"))));
}

TEST_F(ConfirmTest, SendsNothingInADryRunAndIssuesNoId) {
  const auto plan = remove(R"(,"dry_run":true)");
  EXPECT_FALSE(plan.is_error);
  EXPECT_EQ(plan.id, "");
  EXPECT_THAT(plan.text, AllOf(StartsWith("Dry run, nothing was sent. Plan for deleting VM 118 (web)"),
                               HasSubstr("asks for a confirmation first")));
  can_confirm_ = true;
  EXPECT_FALSE(remove(R"(,"dry_run":true)").asks);
  EXPECT_EQ(deletions(), 0U);
}

TEST_F(ConfirmTest, MakesADryRunOfEveryChange) {
  const auto plan = call("pve_start_qemu_vm", R"({"node":"pve1","vmid":118,"dry_run":true})");
  EXPECT_THAT(plan.text,
              AllOf(HasSubstr("starting VM 118"), HasSubstr("Without dry_run this call is sent at once.")));
  EXPECT_EQ(pve_.count("POST *"), 0U);
}

TEST_F(ConfirmTest, BindsTheIdToTheArguments) {
  const auto id = remove().id;
  const auto other = remove(R"(,"purge":true,"confirm":")" + id + "\"");
  EXPECT_THAT(other.text, HasSubstr("for another tool or other arguments"));
  EXPECT_NE(other.id, id);
  EXPECT_EQ(deletions(), 0U);
  EXPECT_FALSE(confirm(id).is_error);
}

TEST_F(ConfirmTest, BindsTheIdToTheCaller) {
  const auto id = remove().id;
  caller_.identity = "somebody else";
  EXPECT_THAT(confirm(id).text, HasSubstr("This server knows no such id"));
  EXPECT_EQ(deletions(), 0U);
}

TEST_F(ConfirmTest, ShowsThePlanAgainIfTheConfigurationChanged) {
  const auto id = remove().id;
  pve_.answer(kConfig, R"({"name":"web","digest":"d2","smbios1":"uuid=11111111-aaaa",
                           "meta":"creation-qemu=9.0,ctime=100"})");
  const auto again = confirm(id);
  EXPECT_THAT(again.text, HasSubstr("The object has changed since this id was issued."));
  EXPECT_EQ(deletions(), 0U);
  EXPECT_FALSE(confirm(again.id).is_error);
}

TEST_F(ConfirmTest, RefusesAReusedVmidAndSaysWhatChanged) {
  const auto id = remove().id;
  pve_.answer(kConfig, R"({"name":"truenas","digest":"d1","smbios1":"uuid=22222222-bbbb",
                           "meta":"creation-qemu=9.0,ctime=200"})");
  pve_.answer("GET /nodes/pve1/qemu/118/status/current", R"({"status":"stopped","name":"truenas"})");
  const auto refused = confirm(id);
  EXPECT_TRUE(refused.is_error);
  EXPECT_EQ(refused.id, "");
  EXPECT_THAT(refused.text, AllOf(StartsWith("VM 118 (truenas) on pve1 was not deleted"),
                                  HasSubstr("its uuid was 11111111-aaaa and is 22222222-bbbb"),
                                  HasSubstr("its creation time was 100 and is 200")));
  EXPECT_EQ(deletions(), 0U);
}

TEST_F(ConfirmTest, IdentifiesAContainerByHostnameRootVolumeAndAddresses) {
  constexpr auto kOfContainer = "GET /nodes/pve1/lxc/200/config";
  const auto remove_it = [&](const std::string& more = "") {
    return call("pve_delete_lxc_container", R"({"node":"pve1","vmid":200)" + more + "}");
  };
  pve_.answer(kOfContainer, R"({"hostname":"dns","digest":"d","rootfs":"local-lvm:vm-200-disk-0,size=8G",
                                "net0":"name=eth0,bridge=vmbr0,hwaddr=BC:24:11:00:00:01,type=veth"})");
  const auto id = remove_it().id;
  pve_.answer(kOfContainer, R"({"hostname":"dns","digest":"d","rootfs":"local-lvm:vm-200-disk-0,size=8G",
                                "net0":"name=eth0,bridge=vmbr0,hwaddr=BC:24:11:00:00:02,type=veth"})");
  EXPECT_THAT(remove_it(R"(,"confirm":")" + id + "\"").text,
              HasSubstr("its net0's MAC address was BC:24:11:00:00:01 and is BC:24:11:00:00:02"));
  EXPECT_EQ(deletions(), 0U);
}

TEST_F(ConfirmTest, AsksTheUserIfTheClientCanAsk) {
  can_confirm_ = true;
  const auto question = remove();
  ASSERT_TRUE(question.asks);
  EXPECT_THAT(question.text, AllOf(HasSubstr("deleting VM 118 (web) on pve1"), HasSubstr("Lost for good"),
                                   Not(HasSubstr("confirm:"))));
  EXPECT_EQ(deletions(), 0U);
  answer_question(question.key, kYes);
  EXPECT_FALSE(remove().is_error);
  EXPECT_EQ(deletions(), 1U);
}

TEST_F(ConfirmTest, TakesEveryAnswerExceptYesAsNo) {
  can_confirm_ = true;
  const auto key = remove().key;
  for (const auto* const no : {R"({"action":"decline"})", R"({"action":"cancel"})",
                               R"({"action":"accept","content":{"confirm":false}})",
                               R"({"action":"accept","content":{}})", R"({"action":"accept"})", "null"}) {
    answer_question(key, no);
    const auto refused = remove();
    EXPECT_TRUE(refused.is_error) << no;
    EXPECT_THAT(refused.text, HasSubstr("VM 118 (web) on pve1 was not deleted: the user was asked")) << no;
    EXPECT_EQ(refused.id, "") << "the model must not bypass the user";
  }
  EXPECT_EQ(deletions(), 0U);
}

TEST_F(ConfirmTest, AsksAgainIfTheObjectChangedAfterAYes) {
  can_confirm_ = true;
  answer_question(remove().key, kYes);
  pve_.answer(kConfig, R"({"name":"web","digest":"d2"})");
  const auto again = remove();
  EXPECT_TRUE(again.asks);
  EXPECT_THAT(again.text, StartsWith("It has changed meanwhile."));
  EXPECT_EQ(deletions(), 0U);
}

TEST_F(ConfirmTest, AsksTheUserEvenIfTheCallHasAnId) {
  const auto id = remove().id;
  can_confirm_ = true;
  EXPECT_TRUE(confirm(id).asks);
  EXPECT_EQ(deletions(), 0U);
}

TEST_F(ConfirmTest, DoesNotAskForAGuestThatDoesNotExist) {
  can_confirm_ = true;
  pve_.refuse(kConfig, 500, "Configuration file 'nodes/pve1/qemu-server/118.conf' does not exist");
  pve_.refuse("GET /nodes/pve1/qemu/118/status/current", 500, "no such");
  const auto refused = remove();
  EXPECT_FALSE(refused.asks);
  EXPECT_TRUE(refused.is_error);
  EXPECT_THAT(refused.text, HasSubstr("does not exist"));
  EXPECT_EQ(deletions(), 0U);
}

TEST_F(ConfirmTest, AsksForAGuestThatTheTokenMayNotRead) {
  pve_.refuse(kConfig, 403, "Permission check failed (/vms/118, VM.Audit)");
  EXPECT_NE(remove().id, "");
  EXPECT_EQ(deletions(), 0U);
}

TEST_F(ConfirmTest, AsksOnlyForSettingsThatDestroySomething) {
  EXPECT_FALSE(
      call("pve_update_qemu_config", R"({"node":"pve1","vmid":118,"delete":"description"})").is_error);
  EXPECT_EQ(pve_.count("PUT *"), 1U);
  const auto refused = call("pve_update_qemu_config", R"({"node":"pve1","vmid":118,"delete":"unused0"})");
  EXPECT_THAT(refused.text, HasSubstr("Lost for good: the unused disk and its data (unused0)."));
  EXPECT_EQ(pve_.count("PUT *"), 1U);
}

TEST_F(ConfirmTest, ReportsNoLossOfAMissingDisk) {
  EXPECT_FALSE(call("pve_update_qemu_config", R"({"node":"pve1","vmid":118,"delete":"unused7"})").is_error);
  EXPECT_EQ(pve_.count("PUT *"), 1U);
}

TEST_F(ConfirmTest, BindsAConfirmedConfigurationByPvesDigest) {
  const std::string arguments = R"({"node":"pve1","vmid":118,"delete":"unused0")";
  const auto id = call("pve_update_qemu_config", arguments + "}").id;
  EXPECT_FALSE(call("pve_update_qemu_config", arguments + R"(,"confirm":")" + id + "\"}").is_error);
  const auto all = pve_.requests();
  const auto put =
      std::ranges::find_if(all, [](const test::Asked& each) { return each.line.starts_with("PUT"); });
  ASSERT_NE(put, all.end());
  EXPECT_THAT(put->request.body, HasSubstr("digest=d1"));
}

TEST_F(ConfirmTest, DoesNotFollowTheGuestToAnotherNodeWithAConfirmedDeletion) {
  const auto id = remove().id;
  pve_.refuse(kDeletion, 500, "Configuration file 'nodes/pve1/qemu-server/118.conf' does not exist");
  pve_.answer(
      "GET /cluster/resources",
      R"([{"type":"qemu","vmid":118,"node":"pve2","name":"web"},{"type":"node","node":"pve2","status":"online"}])");
  EXPECT_TRUE(confirm(id).is_error);
  EXPECT_THAT(pve_.asked(), Not(Contains("DELETE /nodes/pve2/qemu/118")));
}

TEST_F(ConfirmTest, NamesTheGuestThatARestoreReplaces) {
  const std::string restore = R"({"node":"pve1","vmid":118,"archive":"local:backup/x","force":)";
  const auto refused = call("pve_create_qemu_vm", restore + "true}");
  EXPECT_THAT(refused.text, AllOf(HasSubstr("Lost for good: the VM that has this number."),
                                  HasSubstr("Replaces: VM 118 (web) with unused0 local-lvm:vm-118-disk-1.")));
  EXPECT_EQ(pve_.count("POST *"), 0U);
  EXPECT_FALSE(call("pve_create_qemu_vm", restore + "false}").is_error);
  EXPECT_EQ(pve_.count("POST *"), 1U);
}

TEST_F(ConfirmTest, TakesTheIdThoughTheUsageOfTheGuestChanges) {
  ask(engine::Confirm::Changes);
  int looks = 0;
  pve_.answer("GET /nodes/pve1/qemu/118/status/current", [&](const test::Asked&) -> test::Answer {
    ++looks;
    return test::pve_answer(R"({"status":"running","name":"web","uptime":)" + std::to_string(looks) +
                            R"(,"blockstat":{"scsi0":{"rd_bytes":)" + std::to_string(looks) + "}}}");
  });
  const auto id = call("pve_start_qemu_vm", R"({"node":"pve1","vmid":118})").id;
  const auto done = call("pve_start_qemu_vm", R"({"node":"pve1","vmid":118,"confirm":")" + id + "\"}");
  EXPECT_FALSE(done.is_error) << done.text;
  EXPECT_EQ(pve_.count("POST *"), 1U);
}

TEST_F(ConfirmTest, AsksBeforeProtectionIsClearedInAnyListOfPves) {
  pve_.answer(kConfig, R"({"name":"web","digest":"d1","protection":1})");
  for (const auto* const list :
       {"protection", "description;protection", "description protection", "tags, protection"}) {
    const auto refused =
        call("pve_update_qemu_config", R"({"node":"pve1","vmid":118,"delete":")" + std::string(list) + "\"}");
    EXPECT_THAT(refused.text, HasSubstr("Lost for good: the guest's protection against deletion.")) << list;
  }
  EXPECT_EQ(pve_.count("PUT *"), 0U);
}

TEST_F(ConfirmTest, JudgesProtectionAgainWhereTheGuestTurnsOutToBe) {
  const auto terms = guard::Terms::parse(std::vector<std::string>{"tag:prod"}, guard::protect_kinds());
  box_ = std::make_unique<engine::Toolbox>(
      kCategories, guard::Policy{},
      engine::Access{client_, facts_, clock_, engine::Options{.protect = *terms}});
  constexpr auto kGone = "Configuration file 'nodes/pve1/qemu-server/118.conf' does not exist";
  pve_.refuse(kConfig, 500, kGone);
  pve_.refuse("POST /nodes/pve1/qemu/118/status/start", 500, kGone);
  pve_.answer("GET /nodes/pve2/qemu/118/config", R"({"name":"web","tags":"prod"})");
  constexpr auto kNodes =
      R"(,{"type":"node","node":"pve1","status":"online"},{"type":"node","node":"pve2","status":"online"}])";
  pve_.answer("GET /cluster/resources",
              R"([{"type":"qemu","vmid":118,"node":"pve1","name":"web"})" + std::string(kNodes),
              R"([{"type":"qemu","vmid":118,"node":"pve2","name":"web"})" + std::string(kNodes));
  EXPECT_THAT(call("pve_start_qemu_vm", R"({"vmid":118})").text, HasSubstr("PVE_PROTECT protects guest 118"));
  EXPECT_EQ(pve_.count("POST /nodes/pve1/*"), 1U);
  EXPECT_EQ(pve_.count("POST /nodes/pve2/*"), 0U);
}

TEST_F(ConfirmTest, AsksForTheChangesOfTheSetting) {
  ask(engine::Confirm::Changes);
  EXPECT_NE(call("pve_start_qemu_vm", R"({"node":"pve1","vmid":118})").id, "");
  EXPECT_EQ(pve_.count("POST *"), 0U);
  ask(engine::Confirm::Never);
  EXPECT_FALSE(remove().is_error);
  EXPECT_EQ(deletions(), 1U);
}

TEST_F(ConfirmTest, ListsItsParametersInSchemasOfToolsThatCanAsk) {
  const auto lists = [&](std::string_view tool) {
    for (const auto& each : box_->list({})) {
      if (each.name == tool) return each.input_schema.find("\"confirm\"") != std::string::npos;
    }
    return false;
  };
  EXPECT_TRUE(lists("pve_delete_qemu_vm"));
  EXPECT_FALSE(lists("pve_start_qemu_vm"));
  ask(engine::Confirm::Changes);
  EXPECT_TRUE(lists("pve_start_qemu_vm"));
  ask(engine::Confirm::Never);
  EXPECT_FALSE(lists("pve_delete_qemu_vm"));
}

}  // namespace
