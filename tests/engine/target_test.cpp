// Calls that find their guest: the whole engine before a PVE that answers by path.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <mutex>

#include "engine/toolbox.h"
#include "tool/rules.h"

namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using tool::Effect;
using tool::Tier;

constexpr tool::Tool kQemu[] = {{.name = "pve_list_qemu_vms",
                                 .title = "List",
                                 .description = "Read.",
                                 .tier = Tier::ReadOnly,
                                 .effect = Effect::None,
                                 .call = {base::Method::Get, "/nodes/{node}/qemu"},
                                 .params = {{.name = "node"}}},
                                {.name = "pve_get_qemu_status",
                                 .title = "Status",
                                 .description = "Read.",
                                 .tier = Tier::ReadOnly,
                                 .effect = Effect::None,
                                 .call = {base::Method::Get, "/nodes/{node}/qemu/{vmid}/status/current"},
                                 .params = {{.name = "node"}, {.name = "vmid"}}},
                                {.name = "pve_start_qemu_vm",
                                 .title = "Start",
                                 .description = "Start.",
                                 .tier = Tier::ReadExecute,
                                 .effect = Effect::Additive,
                                 .call = {base::Method::Post, "/nodes/{node}/qemu/{vmid}/status/start"},
                                 .params = {{.name = "node"}, {.name = "vmid"}},
                                 .heavy = true,
                                 .done = "VM {vmid} start on {node}"}};
static_assert(tool::valid(kQemu));
constexpr tool::Tool kLxc[] = {{.name = "pve_list_lxc_containers",
                                .title = "List",
                                .description = "Read.",
                                .tier = Tier::ReadOnly,
                                .effect = Effect::None,
                                .call = {base::Method::Get, "/nodes/{node}/lxc"},
                                .params = {{.name = "node"}}},
                               {.name = "pve_get_lxc_status",
                                .title = "Status",
                                .description = "Read.",
                                .tier = Tier::ReadOnly,
                                .effect = Effect::None,
                                .call = {base::Method::Get, "/nodes/{node}/lxc/{vmid}/status/current"},
                                .params = {{.name = "node"}, {.name = "vmid"}}}};
static_assert(tool::valid(kLxc));
constexpr tool::Tool kCluster[] = {{.name = "pve_list_cluster_resources",
                                    .title = "List",
                                    .description = "Read.",
                                    .tier = Tier::ReadOnly,
                                    .effect = Effect::None,
                                    .call = {base::Method::Get, "/cluster/resources"},
                                    .params = {}}};
static_assert(tool::valid(kCluster));
constexpr tool::Tool kBackup[] = {{.name = "pve_run_backup",
                                   .title = "Backup",
                                   .description = "Backup.",
                                   .tier = Tier::ReadExecute,
                                   .effect = Effect::Additive,
                                   .call = {base::Method::Post, "/nodes/{node}/vzdump"},
                                   .params = {{.name = "node"}, {.name = "vmid"}},
                                   .done = "Backup on {node}"}};
static_assert(tool::valid(kBackup));
constexpr tool::Tool kTasks[] = {{.name = "pve_get_task_status",
                                  .title = "Task",
                                  .description = "Read.",
                                  .tier = Tier::ReadOnly,
                                  .effect = Effect::None,
                                  .call = {base::Method::Get, "/nodes/{node}/tasks/{upid}/status"},
                                  .params = {{.name = "node"}, {.name = "upid"}},
                                  .offers = tool::kWait}};
static_assert(tool::valid(kTasks));
constexpr tool::Category kCategories[] = {{"qemu", "VMs", kQemu},
                                          {"lxc", "Containers", kLxc},
                                          {"cluster", "Cluster", kCluster},
                                          {"backup", "Backup", kBackup},
                                          {"tasks", "Tasks", kTasks}};

constexpr auto kGuests = R"({"data":[{"type":"qemu","vmid":100,"name":"web","node":"pve1"},)"
                         R"({"type":"qemu","vmid":101,"name":"web","node":"pve2"},)"
                         R"({"type":"qemu","vmid":102,"name":"db","node":"pve2"},)"
                         R"({"type":"lxc","vmid":200,"name":"dns","node":"pve1"},)"
                         R"({"type":"lxc","vmid":201,"name":"db","node":"pve1"}]})";

/// The answer to a path is the last one given for it; other paths answer null.
class ByPath final : public net::HttpClient {
 public:
  std::expected<net::Response, net::Failure> send(const net::Request& request,
                                                  const net::SendOptions&) override {
    const std::scoped_lock lock(mutex_);
    const auto target = request.target.substr(10);
    asked.push_back(target);
    bodies.push_back(request.body);
    const auto found = answers.find(target);
    if (found == answers.end()) return net::Response{200, "OK", {}, R"({"data":null})"};
    auto& queue = found->second;
    auto answer = queue.front();
    if (queue.size() > 1) queue.erase(queue.begin());
    return answer;
  }
  void answer(const std::string& target, std::string body, unsigned status = 200) {
    answers[target].push_back(net::Response{status, status == 200 ? "OK" : "no", {}, std::move(body)});
  }

  std::map<std::string, std::vector<net::Response>> answers;
  std::vector<std::string> asked;
  std::vector<std::string> bodies;

 private:
  std::mutex mutex_;
};

constexpr auto kLookUp = "/cluster/resources?type=vm";

class TargetTest : public testing::Test {
 protected:
  TargetTest() { pve_.answer(kLookUp, kGuests); }

  std::string call(std::string_view name, std::string_view arguments) {
    const auto parsed = base::parse_json(arguments)->as_object();
    const base::JsonObject none;
    mcp::Unheard unheard;
    const auto outcome =
        box_.call({{caller_, mcp::Era::Modern, none, none, unheard, unheard, {}}, name, parsed});
    const auto* result = std::get_if<mcp::Result>(&outcome);
    if (result == nullptr) return "no result";
    is_error_ = result->is_error;
    return std::get<mcp::Text>(result->content.at(0)).text;
  }

  /// From now on the caller may use these categories only.
  void only(std::vector<std::string> categories) { caller_.categories = std::move(categories); }

  ByPath pve_;
  mcp::Caller caller_;
  facts::Facts facts_;
  base::ManualClock clock_;
  pve::Client client_{pve_, {"root@pam!t", "secret", ""}, {"https://pve:8006", std::chrono::seconds(1), {}}};
  engine::Toolbox box_{kCategories, {}, {client_, facts_, clock_, {}}};
  bool is_error_ = false;
};

TEST_F(TargetTest, TheNodeIsFound) {
  call("pve_get_qemu_status", R"({"vmid":102})");
  EXPECT_FALSE(is_error_);
  EXPECT_THAT(pve_.asked, ElementsAre(kLookUp, "/nodes/pve2/qemu/102/status/current"));
  call("pve_get_qemu_status", R"({"vmid":100})");
  EXPECT_EQ(pve_.asked.size(), 3U) << "remembered";
}

TEST_F(TargetTest, AReadWithItsNodeNeedsNoLookUp) {
  call("pve_get_qemu_status", R"({"vmid":102,"node":"pve2"})");
  EXPECT_THAT(pve_.asked, ElementsAre("/nodes/pve2/qemu/102/status/current"));
}

TEST_F(TargetTest, AReadOnTheWrongNodeGoesToTheRightOne) {
  pve_.answer(
      "/nodes/pve1/qemu/102/status/current",
      R"({"data":null,"message":"Configuration file 'nodes/pve1/qemu-server/102.conf' does not exist\n"})",
      500);
  const auto text = call("pve_get_qemu_status", R"({"vmid":102,"node":"pve1"})");
  EXPECT_FALSE(is_error_) << text;
  EXPECT_THAT(text, testing::StartsWith("VM 102 is on pve2, not pve1; the call was sent to pve2.\n"));
  EXPECT_EQ(pve_.asked.back(), "/nodes/pve2/qemu/102/status/current");
}

TEST_F(TargetTest, AChangeIsNeverSentToTheWrongNode) {
  const auto text = call("pve_start_qemu_vm", R"({"vmid":102,"node":"pve1"})");
  EXPECT_THAT(text, AllOf(HasSubstr("VM 102 is on pve2, not pve1"), HasSubstr("VM 102 start on pve2")));
  EXPECT_THAT(pve_.asked, ElementsAre(kLookUp, "/nodes/pve2/qemu/102/status/start"));
}

TEST_F(TargetTest, AGuestThatMovedIsFoundOnceMore) {
  call("pve_get_qemu_status", R"({"vmid":102})");
  pve_.answers[kLookUp].clear();
  pve_.answer(kLookUp, R"({"data":[{"type":"qemu","vmid":102,"name":"db","node":"pve3"}]})");
  constexpr auto kGone =
      R"({"data":null,"message":"unable to find configuration file for VM 102 on node 'x'\n"})";
  pve_.answer("/nodes/pve2/qemu/102/status/start", kGone, 500);
  pve_.answer("/nodes/pve3/qemu/102/status/start", R"({"data":null})");
  const auto text = call("pve_start_qemu_vm", R"({"vmid":102})");
  EXPECT_FALSE(is_error_) << text;
  EXPECT_EQ(pve_.asked.back(), "/nodes/pve3/qemu/102/status/start");
  // Not there either: no third try.
  pve_.answers["/nodes/pve3/qemu/102/status/start"].clear();
  pve_.answer("/nodes/pve3/qemu/102/status/start", kGone, 500);
  EXPECT_THAT(call("pve_start_qemu_vm", R"({"vmid":102})"), HasSubstr("unable to find"));
  EXPECT_TRUE(is_error_);
}

TEST_F(TargetTest, ANameStandsForTheNumber) {
  call("pve_get_lxc_status", R"({"vmid":"dns"})");
  EXPECT_EQ(pve_.asked.back(), "/nodes/pve1/lxc/200/status/current");
  call("pve_get_lxc_status", R"({"vmid":"db"})");
  EXPECT_EQ(pve_.asked.back(), "/nodes/pve1/lxc/201/status/current") << "the only container of that name";
  call("pve_get_qemu_status", R"({"vmid":"102"})");
  EXPECT_EQ(pve_.asked.back(), "/nodes/pve2/qemu/102/status/current");
}

TEST_F(TargetTest, AnAmbiguousNameListsTheCandidates) {
  EXPECT_THAT(call("pve_get_qemu_status", R"({"vmid":"web"})"),
              AllOf(HasSubstr("2 guests are named web"), HasSubstr("100 (VM on pve1)"),
                    HasSubstr("101 (VM on pve2)")));
  EXPECT_TRUE(is_error_);
}

TEST_F(TargetTest, AnUnknownNameOrNumberIsRefused) {
  EXPECT_THAT(call("pve_get_qemu_status", R"({"vmid":"wep"})"), HasSubstr("did you mean web?"));
  EXPECT_THAT(call("pve_get_qemu_status", R"({"vmid":999})"),
              AllOf(HasSubstr("no guest 999 among the 5"), HasSubstr("VM.Audit on /vms/999")));
  EXPECT_TRUE(is_error_);
  // PVE shows a token only what it may audit; it may do more with the others.
  call("pve_start_qemu_vm", R"({"vmid":999,"node":"pve1"})");
  EXPECT_EQ(pve_.asked.back(), "/nodes/pve1/qemu/999/status/start");
}

TEST_F(TargetTest, TheOtherKindOfGuestHasAnotherTool) {
  EXPECT_THAT(call("pve_get_qemu_status", R"({"vmid":200})"),
              HasSubstr("200 (dns) is a container on pve1; use pve_get_lxc_status"));
  EXPECT_THAT(call("pve_start_qemu_vm", R"({"vmid":"dns","node":"pve1"})"), HasSubstr("is a container"));
  EXPECT_TRUE(is_error_);
}

TEST_F(TargetTest, OfTheOtherKindNothingIsToldToWhoMayNotListIt) {
  only({"lxc"});
  const auto refused = [&](const std::string& arguments) {
    pve_.asked.clear();
    const auto text = call("pve_get_lxc_status", arguments);
    EXPECT_TRUE(is_error_) << text;
    EXPECT_THAT(pve_.asked, testing::Each(kLookUp)) << arguments;
    EXPECT_THAT(text,
                Not(testing::AnyOf(HasSubstr("VM is"), HasSubstr(" is a VM"), HasSubstr("pve1"),
                                   HasSubstr("pve2"), HasSubstr("qemu"), HasSubstr("did you mean web"))));
    return text;
  };
  EXPECT_EQ(refused(R"({"vmid":100})"),
            "pve_get_lxc_status was not called: vmid: 100 is not a container that this token may see.");
  EXPECT_EQ(refused(R"({"vmid":999})"),
            "pve_get_lxc_status was not called: vmid: 999 is not a container that this token may see.")
      << "as if it were nobody's";
  EXPECT_THAT(refused(R"({"vmid":"web"})"), HasSubstr("is named web (2 guests are visible)."));
  EXPECT_THAT(refused(R"({"vmid":"wep"})"), HasSubstr("is named wep (2 guests are visible)."));
  EXPECT_THAT(refused(R"({"vmid":"dms"})"), HasSubstr("did you mean dns?"));
  call("pve_get_lxc_status", R"({"vmid":"db"})");
  EXPECT_EQ(pve_.asked.back(), "/nodes/pve1/lxc/201/status/current") << "the VM of that name does not count";
}

TEST_F(TargetTest, NotEvenAReadWithItsNodeIsSentForTheOtherKind) {
  only({"lxc"});
  EXPECT_THAT(call("pve_get_lxc_status", R"({"vmid":100,"node":"pve1"})"),
              HasSubstr("100 is not a container that this token may see."));
  EXPECT_THAT(pve_.asked, ElementsAre(kLookUp));
  call("pve_get_lxc_status", R"({"vmid":200,"node":"pve1"})");
  EXPECT_EQ(pve_.asked.back(), "/nodes/pve1/lxc/200/status/current");
}

TEST_F(TargetTest, WhoMayListTheClusterKnowsBothKinds) {
  only({"lxc", "cluster"});
  EXPECT_THAT(call("pve_get_lxc_status", R"({"vmid":100})"),
              HasSubstr("100 (web) is a VM on pve1, and this tool is for containers."));
  EXPECT_THAT(call("pve_get_lxc_status", R"({"vmid":"wep"})"), HasSubstr("did you mean web?"));
}

TEST_F(TargetTest, ABackupFindsGuestsThatItsCallerMayNotList) {
  only({"backup"});
  call("pve_run_backup", R"({"vmid":"dns, 100"})");
  EXPECT_EQ(pve_.bodies.back(), "vmid=200%2C100");
  EXPECT_THAT(call("pve_run_backup", R"({"vmid":"100,dns,102"})"),
              AllOf(HasSubstr("on several: 100, dns, 102;"), Not(HasSubstr("pve1"))));
  EXPECT_THAT(call("pve_run_backup", R"({"vmid":"web"})"),
              testing::EndsWith("2 guests are named web; give the number."));
  EXPECT_THAT(call("pve_run_backup", R"({"vmid":"wep"})"), testing::EndsWith("is named wep."));
}

TEST_F(TargetTest, WithoutTheListTheGivenNodeCounts) {
  pve_.answers[kLookUp].clear();
  pve_.answer(kLookUp, R"({"data":null,"message":"no\n"})", 500);
  call("pve_start_qemu_vm", R"({"vmid":100,"node":"pve1"})");
  EXPECT_EQ(pve_.asked.back(), "/nodes/pve1/qemu/100/status/start");
  EXPECT_THAT(call("pve_get_qemu_status", R"({"vmid":100})"), HasSubstr("could not be looked up"));
  EXPECT_TRUE(is_error_);
}

TEST_F(TargetTest, ABackupIsOfOneNode) {
  call("pve_run_backup", R"({"vmid":"dns, 100"})");
  EXPECT_EQ(pve_.asked.back(), "/nodes/pve1/vzdump");
  EXPECT_EQ(pve_.bodies.back(), "vmid=200%2C100") << "the names are numbers";
  call("pve_run_backup", R"({"vmid":"101,102"})");
  EXPECT_EQ(pve_.asked.back(), "/nodes/pve2/vzdump");
  EXPECT_THAT(call("pve_run_backup", R"({"vmid":"100,102"})"),
              AllOf(HasSubstr("100 (VM on pve1), 102 (VM on pve2)"), HasSubstr("once for each node")));
  EXPECT_THAT(call("pve_run_backup", R"({"vmid":"999"})"), HasSubstr("no guest 999"));
  EXPECT_TRUE(is_error_);
}

TEST_F(TargetTest, ATaskKnowsItsNode) {
  constexpr auto kTask =
      "/nodes/pve3/tasks/UPID%3Apve3%3A0000C350%3A00A1B2C3%3A6A18A500%3Aqmstart%3A100%3Aroot%40pam%3A/status";
  call("pve_get_task_status", R"({"upid":"UPID:pve3:0000C350:00A1B2C3:6A18A500:qmstart:100:root@pam:"})");
  EXPECT_EQ(pve_.asked.back(), kTask);
  const auto text =
      call("pve_get_task_status",
           R"({"node":"pve1","upid":"UPID:pve3:0000C350:00A1B2C3:6A18A500:qmstart:100:root@pam:"})");
  EXPECT_THAT(text, HasSubstr("The task belongs to pve3, not pve1"));
  EXPECT_EQ(pve_.asked.back(), kTask);
  EXPECT_EQ(
      call("pve_get_task_status", R"({"upid":"UPID:pve1:x"})"),
      "pve_get_task_status was not called: upid: \"UPID:pve1:x\" is not the id of a task (UPID:node:…); "
      "take it from the answer that started the task.");
  EXPECT_TRUE(is_error_);
  EXPECT_THAT(call("pve_run_backup", "{}"), HasSubstr("node: missing"));
  EXPECT_TRUE(is_error_);
}

}  // namespace
