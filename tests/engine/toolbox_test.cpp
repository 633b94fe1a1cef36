#include "engine/toolbox.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/rows.h"
#include "support/scripted_pve.h"

namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

constexpr auto kLookUp = "GET /cluster/resources";
constexpr auto kList = "GET /cluster/resources?type=vm";
constexpr auto kStart = "POST /nodes/pve1/qemu/100/status/start";
constexpr auto kVersion = "GET /version";
constexpr auto kConfig = "GET /nodes/pve1/qemu/100/config";
constexpr auto kPending = "GET /nodes/pve1/qemu/100/pending";
constexpr auto kStatus = "GET /nodes/pve1/qemu/100/status/current";
constexpr auto kUpdate = "PUT /nodes/pve1/qemu/100/config";

class ToolboxTest : public testing::Test {
 protected:
  ToolboxTest() {
    pve_.answer("GET *", R"({"description":"old","name":"web"})");
    pve_.answer("* /*", "null");
    // The token sees no guest, so calls go to the node that they name.
    pve_.answer(kLookUp, "[]");
  }
  mcp::Outcome outcome(std::string_view name, std::string_view arguments, guard::Policy policy = {},
                       mcp::Caller caller = {}, std::stop_token stop = {}) {
    pve::Client client(pve_, {"root@pam!t", "secret", ""}, {"https://pve:8006", std::chrono::seconds(1), {}});
    engine::Toolbox box(test::kCategories, std::move(policy), {client, facts_, clock_, {wait_}});
    const auto parsed = base::parse_json(arguments)->as_object();
    const base::JsonObject none;
    mcp::NullSink unheard;
    return box.call(
        {{caller, mcp::Era::Modern, none, none, unheard, unheard, std::move(stop)}, name, parsed});
  }
  std::string text(const mcp::Outcome& outcome) {
    const auto* result = std::get_if<mcp::Result>(&outcome);
    if (result == nullptr) return "not a result";
    is_error_ = result->is_error;
    return std::get<mcp::Text>(result->content.at(0)).text;
  }
  std::vector<std::string> listed(guard::Policy policy, mcp::Caller caller = {}) {
    pve::Client client(pve_, {"root@pam!t", "secret", ""}, {"https://pve:8006", std::chrono::seconds(1), {}});
    engine::Toolbox box(test::kCategories, std::move(policy), {client, facts_, clock_, {wait_}});
    std::vector<std::string> names;
    for (const auto& tool : box.list(caller)) names.emplace_back(tool.name);
    return names;
  }

  /// The requests without the look-ups of guests.
  std::vector<test::Asked> requests() const {
    auto all = pve_.requests();
    std::erase_if(all, [](const test::Asked& asked) { return asked.line == kLookUp; });
    return all;
  }
  std::vector<std::string> sent() const {
    std::vector<std::string> lines;
    for (const auto& asked : requests()) lines.push_back(asked.line);
    return lines;
  }

  test::ScriptedPve pve_;
  facts::Facts facts_;
  base::ManualClock clock_;
  std::chrono::seconds wait_{0};
  bool is_error_ = false;
};

TEST_F(ToolboxTest, ReturnsTheAnswerOfARead) {
  pve_.answer(kList, R"([{"vmid":100,"type":"qemu"}])");
  EXPECT_EQ(text(outcome("pve_list_cluster_resources", R"({"type":"vm"})")), "type: qemu\nvmid: 100");
  EXPECT_FALSE(is_error_);
  EXPECT_THAT(pve_.asked(), ElementsAre(kList));
}

TEST_F(ToolboxTest, ReturnsTheTaskOfAChange) {
  pve_.answer(kStart, R"("UPID:pve1:00000001:00000001:6B000000:qmstart:100:root@pam:")");
  EXPECT_THAT(text(outcome("pve_start_qemu_vm", R"({"node":"pve1","vmid":"100"})")),
              AllOf(HasSubstr("Starting VM 100 on pve1: the task is running. PVE's task list shows when it "
                              "has ended. Task: UPID:pve1:")));
  EXPECT_FALSE(is_error_);
  EXPECT_THAT(sent(), ElementsAre(kStart));
}

TEST_F(ToolboxTest, ReturnsPvesRefusalAsAResult) {
  pve_.refuse("GET *", 500, "VM is locked (backup)");
  pve_.refuse(kStart, 500, "VM is locked (backup)", R"({"data":null,"message":"VM is locked (backup)\n"})");
  EXPECT_THAT(text(outcome("pve_start_qemu_vm", R"({"node":"pve1","vmid":100})")),
              HasSubstr("VM is locked (backup)"));
  EXPECT_TRUE(is_error_);
}

TEST_F(ToolboxTest, RemovesSecretsFromErrors) {
  pve_.refuse("POST /access/users", 500, "password 'correct horse' is weak",
              R"({"data":null,"message":"password 'correct horse' is weak\n"})");
  const auto message = text(outcome("pve_create_user", R"({"userid":"a@pve","password":"correct horse"})"));
  EXPECT_TRUE(is_error_);
  EXPECT_THAT(message, AllOf(HasSubstr("is weak"), Not(HasSubstr("correct horse"))));
}

TEST_F(ToolboxTest, NeverSendsInvalidArguments) {
  text(outcome("pve_start_qemu_vm", R"({"node":"../x","vmid":100,"bogus":1})"));
  EXPECT_TRUE(is_error_);
  text(outcome("pve_delete_qemu_snapshot", R"({"node":"pve1","vmid":100,"snapname":"a/b"})"));
  EXPECT_TRUE(is_error_);
  EXPECT_THAT(sent(), testing::Each(kVersion));
}

TEST_F(ToolboxTest, AnswersAnUnknownToolWithAProtocolError) {
  const auto result = outcome("pve_nope", "{}");
  const auto* error = std::get_if<mcp::ProtocolError>(&result);
  ASSERT_NE(error, nullptr);
  EXPECT_EQ(error->code, -32602);
  EXPECT_THAT(error->message, HasSubstr("pve_nope"));
}

TEST_F(ToolboxTest, ChecksTheTierOfACall) {
  struct Case {
    tool::Tier tier;
    std::string_view name;
    bool runs;
  };
  using enum tool::Tier;
  for (const auto& c :
       {Case{ReadOnly, "pve_get_qemu_rrddata", true}, Case{ReadOnly, "pve_start_qemu_vm", false},
        Case{ReadOnly, "pve_delete_qemu_snapshot", false}, Case{ReadExecute, "pve_start_qemu_vm", true},
        Case{ReadExecute, "pve_delete_qemu_snapshot", false}, Case{Full, "pve_delete_qemu_snapshot", true}}) {
    pve_.clear_asked();
    std::string arguments = R"({"node":"pve1","vmid":100)";
    if (c.name == "pve_get_qemu_rrddata") arguments += R"(,"timeframe":"hour")";
    if (c.name == "pve_delete_qemu_snapshot") arguments += R"(,"snapname":"s1")";
    const auto message = text(outcome(c.name, arguments + "}", {c.tier}));
    EXPECT_EQ(is_error_, !c.runs) << c.name << message;
    EXPECT_EQ(sent().empty(), !c.runs);
    EXPECT_EQ(message.find("PVE_ACCESS_TIER") != std::string::npos, !c.runs);
  }
}

TEST_F(ToolboxTest, ChecksTheCategoryOfACall) {
  EXPECT_THAT(text(outcome("pve_list_cluster_resources", "{}", {tool::Tier::Full, {{"qemu"}}})),
              HasSubstr("PVE_CATEGORIES"));
  EXPECT_TRUE(is_error_);
  EXPECT_THAT(sent(), IsEmpty());
}

TEST_F(ToolboxTest, ChecksTheLimitOfTheCallersToken) {
  mcp::Caller caller;
  caller.tier = "read-only";
  text(outcome("pve_start_qemu_vm", R"({"node":"pve1","vmid":100})", {}, caller));
  EXPECT_TRUE(is_error_);
  caller.tier = "root";
  text(outcome("pve_list_cluster_resources", "{}", {}, caller));
  EXPECT_TRUE(is_error_) << "an unknown tier allows nothing";
  EXPECT_THAT(listed({}, caller), IsEmpty());
}

TEST_F(ToolboxTest, ListsTheToolsThatTheCallerMayUse) {
  EXPECT_THAT(listed({}), SizeIs(9));
  EXPECT_THAT(listed({tool::Tier::ReadOnly}),
              ElementsAre("pve_get_qemu_rrddata", "pve_list_cluster_resources"));
  EXPECT_THAT(listed({tool::Tier::ReadExecute, {{"qemu"}}}),
              ElementsAre("pve_get_qemu_rrddata", "pve_start_qemu_vm"));
}

TEST_F(ToolboxTest, LetsPrepareReadTheObject) {
  EXPECT_EQ(text(outcome("pve_update_qemu_config", R"({"node":"pve1","vmid":100,"fetch":true})")),
            "VM 100 (web) was not changed: description is already old.");
  ASSERT_THAT(sent(), ElementsAre(kConfig, kStatus, kPending, kUpdate, kPending));
  EXPECT_EQ(requests()[3].request.body, "description=old");
}

TEST_F(ToolboxTest, ChecksPreparedArgumentsAgain) {
  text(outcome("pve_update_qemu_config", R"({"node":"pve1","vmid":100,"sneak":true})"));
  EXPECT_TRUE(is_error_);
  EXPECT_THAT(sent(), IsEmpty());
}

TEST_F(ToolboxTest, SendsUnknownArgumentsToANewerPve) {
  const auto* arguments = R"({"node":"pve1","vmid":100,"brand-new":"x"})";
  for (const auto* same_or_unknown : {R"({"version":"9.2.11"})", "null"}) {
    pve_.answer(kVersion, same_or_unknown);
    EXPECT_THAT(text(outcome("pve_start_qemu_vm", arguments)), HasSubstr("no such argument"));
    EXPECT_TRUE(is_error_);
  }
  pve_.answer(kVersion, R"({"version":"9.3.1"})");
  EXPECT_THAT(text(outcome("pve_start_qemu_vm", arguments, {.tier = tool::Tier::ReadExecute})),
              HasSubstr("needs the access tier full"));
  EXPECT_TRUE(is_error_);
  pve_.clear_asked();
  text(outcome("pve_start_qemu_vm", arguments));
  EXPECT_FALSE(is_error_);
  ASSERT_THAT(sent(), ElementsAre(kVersion, kStart));
  EXPECT_EQ(requests()[1].request.body, "brand-new=x");
}

TEST_F(ToolboxTest, DoesNotAskForTheVersionIfAllArgumentsAreKnown) {
  text(outcome("pve_start_qemu_vm", R"({"node":"pve1","vmid":100})"));
  EXPECT_THAT(sent(), ElementsAre(kStart));
}

TEST_F(ToolboxTest, RefusesArgumentsThatTheConnectedPveLacks) {
  pve_.answer(kVersion, R"({"version":"8.4.14"})");
  const auto* arguments = R"({"node":"pve1","vmid":100,"allow-ksm":true,"intel-tdx":"type=tdx"})";
  EXPECT_EQ(text(outcome("pve_update_qemu_config", arguments)),
            "pve_update_qemu_config was not called:\n"
            "- allow-ksm: PVE has it since 9.1; the connected PVE is 8.4.14; leave it out\n"
            "- intel-tdx: PVE has it since 9.1; the connected PVE is 8.4.14; leave it out");
  EXPECT_TRUE(is_error_);
  EXPECT_THAT(sent(), ElementsAre(kVersion));
}

TEST_F(ToolboxTest, AsksOnceForTheVersionAndSendsTheCallIfItIsUnknown) {
  pve_.answer(kVersion, "null");
  const auto* arguments = R"({"node":"pve1","vmid":100,"allow-ksm":true,"intel-tdx":"type=tdx"})";
  text(outcome("pve_update_qemu_config", arguments));
  EXPECT_FALSE(is_error_);
  EXPECT_THAT(sent(), ElementsAre(kVersion, kStatus, kPending, kUpdate, kPending));
}

TEST_F(ToolboxTest, SendsNothingForACancelledCall) {
  std::stop_source stop;
  stop.request_stop();
  text(outcome("pve_start_qemu_vm", R"({"node":"pve1","vmid":100})", {}, {}, stop.get_token()));
  EXPECT_TRUE(is_error_);
  EXPECT_THAT(sent(), IsEmpty());
}

}  // namespace
