// PVE_APPROVAL=human: the caller's id confirms what is irreversible only after a person has approved it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "base/json_read.h"
#include "engine/rows.h"
#include "engine/toolbox.h"
#include "support/decided_plans.h"
#include "support/scripted_pve.h"

namespace {

using testing::AllOf;
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
constexpr test::Tool kTools[] = {kDelete, test::kStart};
constexpr tool::Category kCategories[] = {{"x", "X", kTools}};

struct Answer {
  bool is_error = false;
  std::string text{};
  std::string key{};  ///< of the question to the client
  std::string id{};   ///< of the plan
};

class ApprovalTest : public testing::Test {
 protected:
  ApprovalTest() {
    pve_.answer("GET *", "[]");
    pve_.answer("GET /access/permissions*", "{}");
    pve_.answer("GET /nodes/pve1/qemu/118/config", R"({"name":"web","digest":"d1"})");
    pve_.answer("GET /nodes/pve1/qemu/118/status/current", R"({"status":"stopped","name":"web"})");
    pve_.answer("DELETE *", R"("UPID:pve1:00000001:00000001:6B000000:qmdestroy:118:root@pam:")");
    pve_.answer("POST *", R"("UPID:pve1:00000001:00000001:6B000000:qmstart:118:root@pam:")");
  }

  Answer call(std::string_view tool, std::string_view more = "") {
    const auto parsed =
        base::parse_json(R"({"node":"pve1","vmid":118)" + std::string(more) + "}")->as_object();
    const base::JsonObject none;
    mcp::NullSink unheard;
    const mcp::Caller caller;
    const auto outcome = box_.call(
        {{caller, mcp::Era::Modern, none, inputs_, unheard, unheard, {}, can_confirm_}, tool, parsed});
    Answer answer;
    if (const auto* need = std::get_if<mcp::NeedInput>(&outcome)) {
      answer.key = need->requests.front().key;
    } else if (const auto* result = std::get_if<mcp::Result>(&outcome)) {
      answer.is_error = result->is_error;
      answer.text = std::get<mcp::Text>(result->content.front()).text;
      const auto* plan = result->structured ? base::object(*result->structured, "plan") : nullptr;
      if (plan != nullptr) answer.id = base::raw_text(*plan, "confirm");
    }
    return answer;
  }
  Answer remove(const std::string& id = "") {
    return call("pve_delete_qemu_vm", id.empty() ? "" : R"(,"confirm":")" + id + "\"");
  }
  std::size_t deletions() const { return pve_.count("DELETE *"); }

  test::ScriptedPve pve_;
  facts::Facts facts_;
  base::ManualClock clock_;
  pve::Client client_{pve_, {"root@pam!t", "secret", ""}, {"https://pve:8006", std::chrono::seconds(1), {}}};
  test::DecidedPlans plans_{clock_};
  base::JsonObject inputs_;
  bool can_confirm_ = false;
  engine::Toolbox box_{
      kCategories,
      guard::Policy{},
      {client_, facts_, clock_,
       engine::Options{.confirm = engine::Confirm::Changes, .approval = engine::Approval::Human}, &plans_}};
};

TEST_F(ApprovalTest, TakesTheIdOnlyAfterAPersonHasApprovedIt) {
  const auto refused = remove();
  EXPECT_TRUE(refused.is_error);
  EXPECT_THAT(refused.text,
              AllOf(StartsWith("Not done. Plan for deleting "),
                    HasSubstr("A person must approve this within 10 minutes: ask your user to run "
                              "`mcp-pve approve " +
                              refused.id + "` on a terminal"),
                    HasSubstr("confirm: \"" + refused.id + "\"")));
  const auto early = remove(refused.id);
  EXPECT_TRUE(early.is_error);
  EXPECT_THAT(early.text, HasSubstr("was not deleted: no person has approved this plan yet"));
  EXPECT_EQ(early.id, "") << "the person decides on the plan that is there";
  EXPECT_EQ(deletions(), 0U);
  plans_.decide(refused.id, true);
  EXPECT_FALSE(remove(refused.id).is_error);
  EXPECT_EQ(deletions(), 1U);
  EXPECT_TRUE(remove(refused.id).is_error);
  EXPECT_EQ(deletions(), 1U);
}

TEST_F(ApprovalTest, SendsNothingThatAPersonHasRejected) {
  const auto id = remove().id;
  plans_.decide(id, false);
  const auto refused = remove(id);
  EXPECT_THAT(refused.text, HasSubstr("was not deleted: ann has rejected this plan."));
  EXPECT_EQ(refused.id, "");
  EXPECT_EQ(deletions(), 0U);
}

TEST_F(ApprovalTest, TakesTheUsersYes) {
  can_confirm_ = true;
  const auto key = remove().key;
  EXPECT_THAT(key, StartsWith("approve-"));
  inputs_[key] = base::parse_json(R"({"action":"accept","content":{"confirm":true}})").value();
  EXPECT_FALSE(remove().is_error);
  EXPECT_EQ(deletions(), 1U);
}

TEST_F(ApprovalTest, LeavesOtherChangesToTheCaller) {
  const auto refused = call("pve_start_qemu_vm");
  EXPECT_THAT(refused.text, AllOf(HasSubstr("To go ahead, repeat the call"), Not(HasSubstr("person"))));
  EXPECT_FALSE(call("pve_start_qemu_vm", R"(,"confirm":")" + refused.id + "\"").is_error);
  can_confirm_ = true;
  EXPECT_THAT(call("pve_start_qemu_vm").key, StartsWith("confirm-"));
}

TEST_F(ApprovalTest, SaysIfNoPersonCanApprove) {
  plans_.shared = false;
  EXPECT_THAT(remove().text, HasSubstr("A person must approve this, but `mcp-pve approve` cannot reach this "
                                       "server. No other server process accepts it"));
}

TEST_F(ApprovalTest, CountsFromTheReloadOn) {
  const auto rules = [](engine::Approval approval) {
    return engine::Rules{engine::Confirm::Irreversible, approval, {}};
  };
  box_.set_rules(rules(engine::Approval::Caller));
  EXPECT_THAT(remove().text, HasSubstr("To go ahead, repeat the call"));
  EXPECT_FALSE(box_.list({}).front().needs_person);
  box_.set_rules(rules(engine::Approval::Human));
  EXPECT_THAT(remove().text, HasSubstr("A person must approve this"));
  EXPECT_TRUE(box_.list({}).front().needs_person);
  EXPECT_FALSE(box_.list({}).back().needs_person);
}

}  // namespace
