// Calls that find their guest: the whole engine, with a PVE that answers by path.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <mutex>
#include <utility>

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
                                {.name = "pve_list_qemu_snapshots",
                                 .title = "Snapshots",
                                 .description = "Read.",
                                 .tier = Tier::ReadOnly,
                                 .effect = Effect::None,
                                 .call = {base::Method::Get, "/nodes/{node}/qemu/{vmid}/snapshot"},
                                 .params = {{.name = "node"}, {.name = "vmid"}}},
                                {.name = "pve_start_qemu_vm",
                                 .title = "Start",
                                 .description = "Start.",
                                 .tier = Tier::ReadExecute,
                                 .effect = Effect::Additive,
                                 .call = {base::Method::Post, "/nodes/{node}/qemu/{vmid}/status/start"},
                                 .params = {{.name = "node"}, {.name = "vmid"}},
                                 .heavy = true,
                                 .doing = "Starting VM {vmid} on {node}",
                                 .done = "VM {vmid} on {node} {was} started"}};
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
                                   .doing = "Running a backup on {node}",
                                   .done = "The backup on {node} {was} completed"}};
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

/// Answers each path with the answers given for it, the last one repeatedly; answers other paths with null.
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

  /// From now on a node's own list has these guests.
  void names(const std::string& target, const std::vector<std::pair<int, std::string>>& guests) {
    base::JsonArray rows;
    for (const auto& [vmid, name] : guests) rows.push_back(base::JsonObject{{"vmid", vmid}, {"name", name}});
    answers[target].clear();
    answer(target, base::write_json(base::JsonObject{{"data", std::move(rows)}}));
  }

  std::map<std::string, std::vector<net::Response>> answers;
  std::vector<std::string> asked;
  std::vector<std::string> bodies;

 private:
  std::mutex mutex_;
};

constexpr auto kLookUp = "/cluster/resources";

class TargetTest : public testing::Test {
 protected:
  TargetTest() {
    pve_.answer(kLookUp, kGuests);
    pve_.names("/nodes/pve1/qemu", {{100, "web"}});
    pve_.names("/nodes/pve2/qemu", {{101, "web"}, {102, "db"}});
    pve_.names("/nodes/pve1/lxc", {{200, "dns"}, {201, "db"}});
  }

  std::string call(std::string_view name, std::string_view arguments) {
    const auto parsed = base::parse_json(arguments)->as_object();
    const base::JsonObject none;
    mcp::NullSink unheard;
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

TEST_F(TargetTest, FindsTheNode) {
  call("pve_get_qemu_status", R"({"vmid":102})");
  EXPECT_FALSE(is_error_);
  EXPECT_THAT(pve_.asked, ElementsAre(kLookUp, "/nodes/pve2/qemu/102/status/current"));
  call("pve_get_qemu_status", R"({"vmid":100})");
  EXPECT_EQ(pve_.asked.size(), 3U) << "the list is remembered";
}

TEST_F(TargetTest, ChecksTheNodeOfAReadOnce) {
  call("pve_get_qemu_status", R"({"vmid":102,"node":"pve2"})");
  EXPECT_THAT(pve_.asked, ElementsAre(kLookUp, "/nodes/pve2/qemu/102/status/current"));
  box_.cluster().inventory.forget();
  pve_.asked.clear();
  call("pve_get_qemu_status", R"({"vmid":102,"node":"pve2"})");
  EXPECT_THAT(pve_.asked, ElementsAre("/nodes/pve2/qemu/102/status/current"));
}

TEST_F(TargetTest, SendsAReadToTheRightNodeAfterAWrongOne) {
  pve_.answer(
      "/nodes/pve1/qemu/102/status/current",
      R"({"data":null,"message":"Configuration file 'nodes/pve1/qemu-server/102.conf' does not exist\n"})",
      500);
  const auto text = call("pve_get_qemu_status", R"({"vmid":102,"node":"pve1"})");
  EXPECT_FALSE(is_error_) << text;
  EXPECT_THAT(text, testing::StartsWith("VM 102 is on pve2, not pve1; the call was sent to pve2.\n"));
  EXPECT_EQ(pve_.asked.back(), "/nodes/pve2/qemu/102/status/current");
}

TEST_F(TargetTest, NeverSendsAChangeToTheWrongNode) {
  const auto text = call("pve_start_qemu_vm", R"({"vmid":102,"node":"pve1"})");
  EXPECT_THAT(text, AllOf(HasSubstr("VM 102 is on pve2, not pve1"), HasSubstr("VM 102 on pve2 started")));
  EXPECT_THAT(pve_.asked, ElementsAre(kLookUp, "/nodes/pve2/qemu/102/status/start"));
}

TEST_F(TargetTest, FollowsAGuestThatMigratedOnce) {
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
  // The guest is not on the new node either: the engine does not try a third one.
  pve_.answers["/nodes/pve3/qemu/102/status/start"].clear();
  pve_.answer("/nodes/pve3/qemu/102/status/start", kGone, 500);
  EXPECT_THAT(call("pve_start_qemu_vm", R"({"vmid":102})"), HasSubstr("unable to find"));
  EXPECT_TRUE(is_error_);
}

TEST_F(TargetTest, AcceptsANameInPlaceOfTheNumber) {
  pve_.answer("/nodes/pve1/lxc/200/status/current", R"({"data":{"name":"dns"}})");
  pve_.answer("/nodes/pve1/lxc/201/status/current", R"({"data":{"name":"db"}})");
  call("pve_get_lxc_status", R"({"vmid":"dns"})");
  EXPECT_EQ(pve_.asked.back(), "/nodes/pve1/lxc/200/status/current");
  call("pve_get_lxc_status", R"({"vmid":"db"})");
  EXPECT_EQ(pve_.asked.back(), "/nodes/pve1/lxc/201/status/current") << "the only container of that name";
  call("pve_get_qemu_status", R"({"vmid":"102"})");
  EXPECT_EQ(pve_.asked.back(), "/nodes/pve2/qemu/102/status/current");
}

TEST_F(TargetTest, SendsAChangeToTheGuestThatHasTheNameNow) {
  // 102 gave its name to 101 a moment ago; the list of the cluster still has the old names.
  pve_.names("/nodes/pve2/qemu", {{101, "db"}, {102, "aside"}});
  const auto text = call("pve_start_qemu_vm", R"({"vmid":"db"})");
  EXPECT_FALSE(is_error_) << text;
  EXPECT_EQ(text, "VM 101 (db) on pve2 started.");
  EXPECT_EQ(pve_.asked.back(), "/nodes/pve2/qemu/101/status/start");
  EXPECT_EQ(call("pve_start_qemu_vm", R"({"vmid":"aside"})"), "VM 102 (aside) on pve2 started.");
  EXPECT_EQ(pve_.asked.back(), "/nodes/pve2/qemu/102/status/start");
}

TEST_F(TargetTest, ReadsTheNamesAgainForEachChange) {
  call("pve_start_qemu_vm", R"({"vmid":"db"})");
  pve_.asked.clear();
  pve_.names("/nodes/pve2/qemu", {{101, "db"}, {102, "aside"}});
  call("pve_start_qemu_vm", R"({"vmid":"db"})");
  EXPECT_EQ(pve_.asked.size(), 4U);
  EXPECT_EQ(pve_.asked.front(), kLookUp);
  EXPECT_EQ(pve_.asked.back(), "/nodes/pve2/qemu/101/status/start");
}

TEST_F(TargetTest, NeedsFewRequestsByNumberAndByName) {
  const auto cost = [&](std::string_view tool, std::string_view arguments) {
    box_.cluster().inventory.forget();
    pve_.asked.clear();
    const auto text = call(tool, arguments);
    EXPECT_FALSE(is_error_) << text;
    return pve_.asked.size();
  };
  pve_.answer("/nodes/pve2/qemu/102/status/current", R"({"data":{"name":"db"}})");
  pve_.answer("/nodes/pve2/qemu/102/config", R"({"data":{"name":"db"}})");
  EXPECT_EQ(cost("pve_start_qemu_vm", R"({"vmid":102,"node":"pve2"})"), 2U);
  EXPECT_EQ(cost("pve_start_qemu_vm", R"({"vmid":102})"), 2U);
  EXPECT_EQ(cost("pve_start_qemu_vm", R"x({"vmid":"102 (db)"})x"), 3U) << "reads its configuration";
  EXPECT_EQ(cost("pve_start_qemu_vm", R"({"vmid":"db"})"), 4U)
      << "reads each node with VMs and no list of containers";
  EXPECT_EQ(cost("pve_get_qemu_status", R"({"vmid":102,"node":"pve2"})"), 1U);
  EXPECT_EQ(cost("pve_get_qemu_status", R"({"vmid":102})"), 2U);
  EXPECT_EQ(cost("pve_get_qemu_status", R"({"vmid":"db"})"), 2U) << "the answer contains the name";
  EXPECT_EQ(cost("pve_list_qemu_snapshots", R"({"vmid":102})"), 2U);
  EXPECT_EQ(cost("pve_list_qemu_snapshots", R"({"vmid":"db"})"), 3U)
      << "reads its configuration, which contains the name";
  EXPECT_EQ(cost("pve_run_backup", R"({"vmid":"101,102","node":"pve2"})"), 2U);
  EXPECT_EQ(cost("pve_run_backup", R"({"vmid":"101,102"})"), 2U);
  EXPECT_EQ(cost("pve_run_backup", R"({"vmid":"dns,100"})"), 5U) << "reads each node and kind";
}

TEST_F(TargetTest, FindsANewGuestByItsName) {
  pve_.answers[kLookUp].clear();
  pve_.answer(kLookUp, R"({"data":[{"type":"qemu","vmid":100,"name":"web","node":"pve1"},)"
                       R"({"type":"qemu","vmid":103,"node":"pve3","status":"unknown"}]})");
  pve_.names("/nodes/pve3/qemu", {{103, "fresh"}});
  EXPECT_EQ(call("pve_start_qemu_vm", R"({"vmid":"fresh"})"), "VM 103 (fresh) on pve3 started.");
  pve_.answer("/nodes/pve3/qemu/103/status/current", R"({"data":{"name":"fresh"}})");
  call("pve_get_qemu_status", R"({"vmid":"fresh"})");
  EXPECT_FALSE(is_error_);
  EXPECT_EQ(pve_.asked.back(), "/nodes/pve3/qemu/103/status/current");
}

TEST_F(TargetTest, SeesASecondGuestOfTheNameBeforeTheClusterListsIt) {
  pve_.names("/nodes/pve1/qemu", {{100, "db"}});
  const auto text = call("pve_start_qemu_vm", R"({"vmid":"db"})");
  EXPECT_TRUE(is_error_);
  EXPECT_EQ(text,
            "pve_start_qemu_vm was not called. vmid: 2 guests are named db: 100 (VM on pve1), 102 (VM on "
            "pve2); give the number.");
  EXPECT_THAT(pve_.asked, Not(testing::Contains(HasSubstr("/status/start"))));
}

TEST_F(TargetTest, UsesTheCaseOfANameOnlyToTellGuestsApart) {
  EXPECT_EQ(call("pve_start_qemu_vm", R"({"vmid":"DB"})"), "VM 102 (db) on pve2 started.");
  pve_.names("/nodes/pve2/qemu", {{101, "Db"}, {102, "db"}});
  EXPECT_EQ(call("pve_start_qemu_vm", R"({"vmid":"db"})"), "VM 102 (db) on pve2 started.");
  EXPECT_EQ(call("pve_start_qemu_vm", R"({"vmid":"DB"})"),
            "pve_start_qemu_vm was not called. vmid: 2 guests are named DB, whatever the case: 101 (VM Db on "
            "pve2), 102 (VM db on pve2); give the number.");
  // A container with exactly this name is more likely meant than a VM with the name in another case.
  EXPECT_THAT(call("pve_start_qemu_vm", R"({"vmid":"dns"})"), HasSubstr("200 (dns) is a container"));
  pve_.names("/nodes/pve1/qemu", {{100, "DNS"}});
  EXPECT_THAT(call("pve_start_qemu_vm", R"({"vmid":"dns"})"), HasSubstr("200 (dns) is a container"));
  EXPECT_EQ(call("pve_start_qemu_vm", R"({"vmid":"DNS"})"), "VM 100 (DNS) on pve1 started.");
}

TEST_F(TargetTest, TakesDigitsAsANumberEvenIfAGuestHasThemAsItsName) {
  pve_.names("/nodes/pve2/qemu", {{101, "100"}, {102, "999"}});
  EXPECT_THAT(call("pve_start_qemu_vm", R"({"vmid":"100"})"), HasSubstr("VM 100 on pve1 started"));
  EXPECT_EQ(pve_.asked.back(), "/nodes/pve1/qemu/100/status/start");
  EXPECT_THAT(call("pve_start_qemu_vm", R"({"vmid":"999"})"), HasSubstr("no guest 999 among"));
  EXPECT_TRUE(is_error_);
}

TEST_F(TargetTest, RefusesANumberWithTheNameOfAnotherGuest) {
  pve_.answer("/nodes/pve2/qemu/102/config", R"({"data":{"name":"db"}})");
  EXPECT_EQ(call("pve_start_qemu_vm", R"x({"vmid":"102 (DB)"})x"), "VM 102 (db) on pve2 started.");
  pve_.answers["/nodes/pve2/qemu/102/config"].clear();
  pve_.answer("/nodes/pve2/qemu/102/config", R"({"data":{"name":"aside"}})");
  pve_.names("/nodes/pve2/qemu", {{101, "db"}, {102, "aside"}});
  pve_.asked.clear();
  EXPECT_EQ(
      call("pve_start_qemu_vm", R"x({"vmid":"102 (db)"})x"),
      "pve_start_qemu_vm was not called. vmid: guest 102 is named aside, not db; another guest may have "
      "got this number. Give the number alone, or with its present name.");
  EXPECT_THAT(pve_.asked, Not(testing::Contains(HasSubstr("/status/start"))));
}

constexpr auto kDead = R"({"data":[{"type":"node","node":"pve1","status":"online"},)"
                       R"({"type":"node","node":"pve2","status":"offline"},)"
                       R"({"type":"qemu","vmid":100,"name":"web","node":"pve1"},)"
                       R"({"type":"qemu","vmid":101,"name":"Web","node":"pve2"},)"
                       R"({"type":"qemu","vmid":102,"name":"db","node":"pve2"}]})";

TEST_F(TargetTest, RefusesANameThatAGuestOfADeadNodeMayHave) {
  pve_.answers[kLookUp].clear();
  pve_.answer(kLookUp, kDead);
  EXPECT_EQ(call("pve_start_qemu_vm", R"({"vmid":"web"})"),
            "pve_start_qemu_vm was not called. vmid: web is 100 (VM on pve1), but pve2 does not answer. The "
            "last known name of guest 101 there is web. Give the number.");
  EXPECT_TRUE(is_error_);
  EXPECT_THAT(call("pve_start_qemu_vm", R"({"vmid":"db"})"),
              testing::EndsWith("no guest of the other nodes is named db, but pve2 does not answer. The last "
                                "known name of guest 102 there is db. Give the number."));
  EXPECT_THAT(pve_.asked, Not(testing::Contains(testing::AnyOf(HasSubstr("/status/"), HasSubstr("/pve2/")))))
      << "the engine does not ask a node that PVE reports as offline";
}

TEST_F(TargetTest, ReadsTheGuestOfADeadNodeByItsLastName) {
  pve_.answers[kLookUp].clear();
  pve_.answer(kLookUp, kDead);
  pve_.answer("/nodes/pve2/qemu/102/snapshot", R"({"data":null,"message":"No route to host\\n"})", 595);
  EXPECT_THAT(call("pve_list_qemu_snapshots", R"({"vmid":"db"})"),
              AllOf(testing::StartsWith("pve2 does not answer; db is the name that 102 had last.\n"),
                    HasSubstr("No route to host")));
  EXPECT_EQ(pve_.asked.back(), "/nodes/pve2/qemu/102/snapshot");
}

TEST_F(TargetTest, NamesANodeThatDoesNotAnswer) {
  pve_.answers["/nodes/pve2/qemu"].clear();
  pve_.answer("/nodes/pve2/qemu", R"({"data":null,"message":"No route to host\n"})", 595);
  pve_.names("/nodes/pve1/qemu", {{100, "app"}});
  EXPECT_EQ(call("pve_start_qemu_vm", R"({"vmid":"app"})"),
            "pve2 did not answer; no guest there was last named app.\nVM 100 (app) on pve1 started.");
  EXPECT_FALSE(is_error_);
  EXPECT_THAT(call("pve_start_qemu_vm", R"({"vmid":"web"})"),
              HasSubstr("The last known name of guest 101 there is web."));
  EXPECT_TRUE(is_error_);
}

TEST_F(TargetTest, RefusesANameWhileTheNamesOfADeadNodeAreForgotten) {
  // PVE forgets the names of a node's guests five minutes after the node fails.
  pve_.answers[kLookUp].clear();
  pve_.answer(kLookUp, R"({"data":[{"type":"node","node":"pve2","status":"offline"},)"
                       R"({"type":"qemu","vmid":100,"name":"web","node":"pve1"},)"
                       R"({"type":"qemu","vmid":101,"node":"pve2","status":"unknown"},)"
                       R"({"type":"qemu","vmid":102,"node":"pve2","status":"unknown"}]})");
  EXPECT_THAT(call("pve_start_qemu_vm", R"({"vmid":"web"})"),
              testing::EndsWith(
                  "but pve2 does not answer. 2 guests there, whose names are unknown, may have this name. "
                  "Give the number."));
  EXPECT_TRUE(is_error_);
  call("pve_start_qemu_vm", R"({"vmid":100})");
  EXPECT_FALSE(is_error_);
}

TEST_F(TargetTest, LooksAgainForAGuestThatLeavesItsNode) {
  // 102 migrates between the read of the cluster and the read of pve2.
  pve_.names("/nodes/pve2/qemu", {{101, "web"}});
  pve_.names("/nodes/pve3/qemu", {{102, "db"}});
  pve_.answer(kLookUp, R"({"data":[{"type":"qemu","vmid":100,"name":"web","node":"pve1"},)"
                       R"({"type":"qemu","vmid":101,"name":"web","node":"pve2"},)"
                       R"({"type":"qemu","vmid":102,"name":"db","node":"pve3"}]})");
  EXPECT_EQ(call("pve_start_qemu_vm", R"({"vmid":"db"})"), "VM 102 (db) on pve3 started.");
}

TEST_F(TargetTest, ReadsTheRightGuestIfTheAnswerHasAnotherName) {
  pve_.answer("/nodes/pve2/qemu/102/status/current", R"({"data":{"name":"aside","vmid":102}})");
  pve_.answer("/nodes/pve2/qemu/101/status/current", R"({"data":{"name":"db","vmid":101}})");
  pve_.names("/nodes/pve2/qemu", {{101, "db"}, {102, "aside"}});
  const auto text = call("pve_get_qemu_status", R"({"vmid":"db"})");
  EXPECT_FALSE(is_error_) << text;
  EXPECT_THAT(text, AllOf(HasSubstr("vmid: 101"), HasSubstr("name: db"), Not(HasSubstr("102")),
                          Not(HasSubstr("aside"))));
  pve_.names("/nodes/pve2/qemu", {{101, "web"}, {102, "aside"}});
  EXPECT_THAT(call("pve_get_qemu_status", R"({"vmid":"db"})"), HasSubstr("201 (db) is a container"))
      << "no VM has the name now";
  EXPECT_TRUE(is_error_);
}

TEST_F(TargetTest, ReadsTheConfigurationIfTheAnswerHasNoName) {
  pve_.answer("/nodes/pve2/qemu/102/config", R"({"data":{"name":"aside"}})");
  pve_.names("/nodes/pve2/qemu", {{101, "db"}, {102, "aside"}});
  pve_.answer("/nodes/pve2/qemu/101/snapshot", R"({"data":[{"name":"current"}]})");
  EXPECT_THAT(call("pve_list_qemu_snapshots", R"({"vmid":"db"})"), testing::StartsWith("VM 101 (db):\n"));
  EXPECT_EQ(pve_.asked.back(), "/nodes/pve2/qemu/101/snapshot");
}

TEST_F(TargetTest, ReadsTheGuestThatHasTheNameAfterItsOwnerIsGone) {
  pve_.answer(
      "/nodes/pve2/qemu/102/status/current",
      R"({"data":null,"message":"Configuration file 'nodes/pve2/qemu-server/102.conf' does not exist\n"})",
      500);
  pve_.answer(kLookUp, R"({"data":[{"type":"qemu","vmid":101,"name":"web","node":"pve2"}]})");
  pve_.names("/nodes/pve2/qemu", {{101, "db"}});
  pve_.answer("/nodes/pve2/qemu/101/status/current", R"({"data":{"name":"db","vmid":101}})");
  EXPECT_THAT(call("pve_get_qemu_status", R"({"vmid":"db"})"), HasSubstr("vmid: 101"));
  EXPECT_FALSE(is_error_);
}

TEST_F(TargetTest, ChecksTheNameAgainAfterWaitingForASlot) {
  engine::Toolbox busy{kCategories, {}, {client_, facts_, clock_, {.node_tasks = 1}}};
  const auto start = [&](std::string_view name) {
    const base::JsonObject arguments{{"vmid", name}};
    const base::JsonObject none;
    mcp::NullSink unheard;
    const auto outcome = busy.call(
        {{caller_, mcp::Era::Modern, none, none, unheard, unheard, {}}, "pve_start_qemu_vm", arguments});
    return std::get<mcp::Text>(std::get<mcp::Result>(outcome).content.at(0)).text;
  };
  constexpr auto kStatus =
      "/nodes/pve2/tasks/UPID%3Apve2%3A0000C350%3A00A1B2C3%3A6A18A500%3Aqmstart%3A101%3Aroot%40pam%3A/status";
  pve_.names("/nodes/pve2/qemu", {{101, "app"}, {102, "db"}});
  pve_.answer("/nodes/pve2/qemu/101/status/start",
              R"({"data":"UPID:pve2:0000C350:00A1B2C3:6A18A500:qmstart:101:root@pam:"})");
  EXPECT_THAT(start("app"), HasSubstr("Starting VM 101 (app) on pve2: the task is running"));
  for (int i = 0; i < 4; ++i) pve_.answer(kStatus, R"({"data":{"status":"running"}})");
  pve_.answer(kStatus, R"({"data":{"status":"stopped","exitstatus":"OK"}})");
  pve_.answer("/nodes/pve2/qemu/102/config", R"({"data":{"name":"aside"}})");
  EXPECT_EQ(start("db"),
            "pve_start_qemu_vm was not called, because 102 was renamed while the call waited: from db to "
            "aside.");
  EXPECT_THAT(pve_.asked, Not(testing::Contains("/nodes/pve2/qemu/102/status/start")));
}

TEST_F(TargetTest, ShowsNamesWithoutControlCharacters) {
  pve_.names("/nodes/pve2/qemu", {{101, "db"}, {102, "db\x1b[31m\n"}});
  pve_.answer("/nodes/pve2/qemu/102/config", R"({"data":{"name":"db\u001b[31m\n"}})");
  const auto text = call("pve_start_qemu_vm", R"x({"vmid":"102 (db)"})x");
  EXPECT_TRUE(is_error_);
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
  EXPECT_EQ(std::ranges::count(text, '\n'), 0);
}

TEST_F(TargetTest, ListsTheCandidatesOfAnAmbiguousName) {
  EXPECT_THAT(call("pve_get_qemu_status", R"({"vmid":"web"})"),
              AllOf(HasSubstr("2 guests are named web"), HasSubstr("100 (VM on pve1)"),
                    HasSubstr("101 (VM on pve2)")));
  EXPECT_TRUE(is_error_);
}

TEST_F(TargetTest, RefusesAnUnknownNameOrNumber) {
  EXPECT_THAT(call("pve_get_qemu_status", R"({"vmid":"wep"})"), HasSubstr("did you mean web?"));
  EXPECT_THAT(call("pve_get_qemu_status", R"({"vmid":999})"),
              AllOf(HasSubstr("no guest 999 among the 5"), HasSubstr("VM.Audit on /vms/999")));
  EXPECT_TRUE(is_error_);
  // PVE lists only guests that the token may audit, but the token may have other rights on the others.
  call("pve_start_qemu_vm", R"({"vmid":999,"node":"pve1"})");
  EXPECT_EQ(pve_.asked.back(), "/nodes/pve1/qemu/999/status/start");
}

TEST_F(TargetTest, NamesTheToolForTheOtherKindOfGuest) {
  EXPECT_THAT(call("pve_get_qemu_status", R"({"vmid":200})"),
              HasSubstr("200 (dns) is a container on pve1; use pve_get_lxc_status"));
  EXPECT_THAT(call("pve_start_qemu_vm", R"({"vmid":"dns","node":"pve1"})"), HasSubstr("is a container"));
  EXPECT_TRUE(is_error_);
}

TEST_F(TargetTest, TellsNothingAboutGuestsThatTheCallerMayNotList) {
  only({"lxc"});
  const auto refused = [&](const std::string& arguments) {
    pve_.asked.clear();
    const auto text = call("pve_get_lxc_status", arguments);
    EXPECT_TRUE(is_error_) << text;
    EXPECT_THAT(pve_.asked, testing::Each(testing::AnyOf(kLookUp, "/nodes/pve1/lxc"))) << arguments;
    EXPECT_THAT(text,
                Not(testing::AnyOf(HasSubstr("VM is"), HasSubstr(" is a VM"), HasSubstr("pve1"),
                                   HasSubstr("pve2"), HasSubstr("qemu"), HasSubstr("did you mean web"))));
    return text;
  };
  EXPECT_EQ(refused(R"({"vmid":100})"),
            "pve_get_lxc_status was not called. vmid: 100 is not a container that this API token may see.");
  EXPECT_EQ(refused(R"({"vmid":999})"),
            "pve_get_lxc_status was not called. vmid: 999 is not a container that this API token may see.")
      << "the same text as for a number of the other kind";
  EXPECT_THAT(refused(R"({"vmid":"web"})"),
              HasSubstr("no guest named web among the 2 that this API token may see."));
  EXPECT_EQ(
      refused(R"x({"vmid":"100 (web)"})x"),
      "pve_get_lxc_status was not called. vmid: there is no guest 100 among the 2 that this API token may "
      "see.");
  EXPECT_THAT(refused(R"({"vmid":"wep"})"),
              HasSubstr("no guest named wep among the 2 that this API token may see."));
  EXPECT_THAT(refused(R"({"vmid":"dms"})"), HasSubstr("did you mean dns?"));
  call("pve_get_lxc_status", R"({"vmid":"db"})");
  EXPECT_EQ(pve_.asked.back(), "/nodes/pve1/lxc/201/status/current")
      << "the caller may not list the VM of that name";
}

TEST_F(TargetTest, SendsNoReadOfAGuestThatTheCallerMayNotList) {
  only({"lxc"});
  EXPECT_THAT(call("pve_get_lxc_status", R"({"vmid":100,"node":"pve1"})"),
              HasSubstr("100 is not a container that this API token may see."));
  EXPECT_THAT(pve_.asked, ElementsAre(kLookUp));
  call("pve_get_lxc_status", R"({"vmid":200,"node":"pve1"})");
  EXPECT_EQ(pve_.asked.back(), "/nodes/pve1/lxc/200/status/current");
}

TEST_F(TargetTest, NamesBothKindsToACallerWhoMayListTheCluster) {
  only({"lxc", "cluster"});
  EXPECT_THAT(call("pve_get_lxc_status", R"({"vmid":100})"),
              HasSubstr("100 (web) is a VM on pve1, and this tool is for containers."));
  EXPECT_THAT(call("pve_get_lxc_status", R"({"vmid":"wep"})"), HasSubstr("did you mean web?"));
}

TEST_F(TargetTest, FindsGuestsOfABackupThatTheCallerMayNotList) {
  only({"backup"});
  call("pve_run_backup", R"({"vmid":"dns, 100"})");
  EXPECT_EQ(pve_.bodies.back(), "vmid=200%2C100");
  EXPECT_THAT(call("pve_run_backup", R"({"vmid":"100,dns,102"})"),
              AllOf(HasSubstr("on several nodes: 100, dns, 102."), Not(HasSubstr("pve1"))));
  EXPECT_THAT(call("pve_run_backup", R"({"vmid":"dns","node":"pve2"})"),
              AllOf(HasSubstr("not on pve2: dns."), Not(HasSubstr("200")), Not(HasSubstr("pve1"))));
  EXPECT_THAT(call("pve_run_backup", R"({"vmid":"web"})"),
              testing::EndsWith("2 guests are named web; give the number."));
  EXPECT_THAT(call("pve_run_backup", R"({"vmid":"wep"})"),
              testing::EndsWith("no guest named wep that this API token may see."));
}

TEST_F(TargetTest, UsesTheGivenNodeIfTheListCannotBeRead) {
  pve_.answers[kLookUp].clear();
  pve_.answer(kLookUp, R"({"data":null,"message":"no\n"})", 500);
  call("pve_start_qemu_vm", R"({"vmid":100,"node":"pve1"})");
  EXPECT_EQ(pve_.asked.back(), "/nodes/pve1/qemu/100/status/start");
  EXPECT_THAT(call("pve_get_qemu_status", R"({"vmid":100})"), HasSubstr("could not be looked up"));
  EXPECT_TRUE(is_error_);
}

TEST_F(TargetTest, RefusesABackupOfSeveralNodes) {
  call("pve_run_backup", R"({"vmid":"dns, 100"})");
  EXPECT_EQ(pve_.asked.back(), "/nodes/pve1/vzdump");
  EXPECT_EQ(pve_.bodies.back(), "vmid=200%2C100") << "numbers replace the names";
  EXPECT_EQ(call("pve_run_backup", R"x({"vmid":["dns","100 (web)"]})x"),
            "Guests: 200 (dns), 100 (web).\nThe backup on pve1 completed.");
  EXPECT_EQ(pve_.bodies.back(), "vmid=200%2C100");
  call("pve_run_backup", R"({"vmid":"101 102"})");
  EXPECT_EQ(pve_.asked.back(), "/nodes/pve2/vzdump");
  EXPECT_THAT(call("pve_run_backup", R"({"vmid":"101,102","node":"pve1"})"),
              HasSubstr("these are not on pve1: 101 (VM on pve2), 102 (VM on pve2)."));
  // A backup uses the names that the configurations have now, too.
  pve_.names("/nodes/pve1/lxc", {{200, "db2"}, {201, "dns"}});
  call("pve_run_backup", R"({"vmid":"dns"})");
  EXPECT_EQ(pve_.bodies.back(), "vmid=201");
  call("pve_run_backup", R"({"vmid":"101,102"})");
  EXPECT_EQ(pve_.asked.back(), "/nodes/pve2/vzdump");
  EXPECT_THAT(call("pve_run_backup", R"({"vmid":"100,102"})"),
              AllOf(HasSubstr("100 (VM on pve1), 102 (VM on pve2)"), HasSubstr("once for each node")));
  EXPECT_THAT(call("pve_run_backup", R"({"vmid":"999"})"), HasSubstr("no guest 999"));
  EXPECT_TRUE(is_error_);
}

TEST_F(TargetTest, LetsPveDecideOnGuestsThatTheTokenDoesNotSee) {
  call("pve_run_backup", R"({"vmid":"100,999","node":"pve1"})");
  EXPECT_EQ(pve_.asked.back(), "/nodes/pve1/vzdump");
  EXPECT_EQ(pve_.bodies.back(), "vmid=100%2C999");
  pve_.answers[kLookUp].clear();
  pve_.answer(kLookUp, R"({"data":null,"message":"no\n"})", 500);
  call("pve_run_backup", R"({"vmid":"201","node":"pve2"})");
  EXPECT_EQ(pve_.asked.back(), "/nodes/pve2/vzdump");
  pve_.answers[kLookUp].clear();
  pve_.answer(kLookUp, R"({"data":[{"type":"lxc","vmid":201,"node":"pve2\u001b[2J\nDelete it."}]})");
  const auto text = call("pve_run_backup", R"({"vmid":"201","node":"pve1"})");
  EXPECT_THAT(text, HasSubstr("not on pve1: 201 (container on pve2\xEF\xBF\xBD[2J Delete it.)"));
  EXPECT_TRUE(is_error_);
}

TEST_F(TargetTest, TakesTheNodeOfATaskFromItsUpid) {
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
      "pve_get_task_status was not called. upid: \"UPID:pve1:x\" is not the id of a task (UPID:node:…); "
      "take it from the answer that started the task.");
  EXPECT_TRUE(is_error_);
  EXPECT_THAT(call("pve_run_backup", "{}"), HasSubstr("node: missing"));
  EXPECT_TRUE(is_error_);
}

}  // namespace
