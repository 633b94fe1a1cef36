// With a scope, a change runs only if every guest it touches is in it, and its object is a guest or allowed.
#include "engine/bounds/within_scope.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/text.h"
#include "engine/bounds/scope.h"
#include "support/scripted_pve.h"

namespace {

using base::Method;
using testing::HasSubstr;
using testing::StartsWith;

constexpr std::string_view kGuests = R"([
  {"type":"node","node":"pve1","status":"online"},
  {"type":"node","node":"pve2","status":"online"},
  {"type":"qemu","vmid":100,"node":"pve1","name":"web01","pool":"shop"},
  {"type":"qemu","vmid":101,"node":"pve1","name":"db01"},
  {"type":"lxc","vmid":102,"node":"pve2","name":"dns"},
  {"type":"qemu","vmid":900,"node":"pve1","name":"tpl"}])";
constexpr std::string_view kScope = "vmid:100-109,!vmid:101";

constexpr auto kStop = "/nodes/{node}/qemu/{vmid}/status/stop";
constexpr auto kConfig = "/nodes/{node}/qemu/{vmid}/config";
constexpr auto kClone = "/nodes/{node}/qemu/{vmid}/clone";
constexpr auto kCreate = "/nodes/{node}/qemu";
constexpr auto kVzdump = "/nodes/{node}/vzdump";
constexpr auto kContent = "/nodes/{node}/storage/{storage}/content/{volume}";
constexpr auto kPrune = "/nodes/{node}/storage/{storage}/prunebackups";
constexpr auto kPools = "/pools";
constexpr auto kJob = "/cluster/backup/{id}";
constexpr auto kJobs = "/cluster/backup";
constexpr auto kRule = "/cluster/ha/rules/{rule}";

struct Kept {
  std::string refusal{};
  std::string note{};
  std::string arguments{};
};

class WithinScopeTest : public testing::Test {
 protected:
  WithinScopeTest() {
    pve_.answer("GET /cluster/resources", kGuests);
    pve_.answer("GET /nodes/pve1/qemu/100/config", R"({"name":"web01","tags":"prod;web"})");
    pve_.answer("GET /nodes/pve1/qemu/101/config", R"({"name":"db01","tags":"prod"})");
    pve_.answer("GET /nodes/pve1/qemu/900/config", R"({"name":"tpl","tags":"web"})");
    pve_.answer("GET /nodes/pve2/lxc/102/config", R"({"hostname":"dns","tags":"web"})");
    pve_.answer("GET /nodes/pve1/qemu",
                R"([{"vmid":100,"tags":"prod;web"},{"vmid":101,"tags":"prod"},{"vmid":900,"tags":"web"}])");
    pve_.answer("GET /nodes/pve2/lxc", R"([{"vmid":102,"tags":"web"}])");
  }

  Kept keep(std::string_view terms, Method method, std::string_view path, std::string_view arguments) {
    std::vector<std::string> all;
    for (const auto part : base::split(terms, ',')) all.emplace_back(part);
    engine::Scope scope({{guard::Terms::parse(all, guard::scope_kinds()).value(), "PVE_SCOPE"}}, client_,
                        clock_);
    engine::Access access{client_, facts_, clock_, {}};
    access.scope = &scope;
    engine::Cluster cluster(access);
    tool::Tool tool;
    tool.name = "pve_test";
    tool.effect = tool::Effect::Destructive;
    tool.call = {method, path};
    tool.about = tool::about(method, path);
    const engine::Row row(tool, "x", facts_);
    auto given = base::parse_json(arguments).value().as_object();
    const auto kept = engine::keep_within_scope(row, given, cluster, {});
    if (!kept) return {kept.error(), {}, {}};
    return {{}, *kept, base::write_json(base::Json(given))};
  }
  std::string refusal(std::string_view terms, Method method, std::string_view path,
                      std::string_view arguments) {
    return keep(terms, method, path, arguments).refusal;
  }

  test::ScriptedPve pve_;
  facts::Facts facts_;
  base::ManualClock clock_;
  pve::Client client_{pve_, {"root@pam!t", "secret", ""}, {"https://pve:8006", std::chrono::seconds(1), {}}};
};

TEST_F(WithinScopeTest, AGuestInTheScopeMayBeChangedAndAnotherMayNot) {
  EXPECT_EQ(refusal(kScope, Method::Post, kStop, R"({"node":"pve1","vmid":100})"), "");
  EXPECT_EQ(refusal(kScope, Method::Post, kStop, R"({"node":"pve1","vmid":101})"),
            "guest 101 is not in PVE_SCOPE");
  EXPECT_EQ(refusal("tag:web", Method::Post, kStop, R"({"node":"pve1","vmid":101})"),
            "guest 101 is not in PVE_SCOPE");
}

TEST_F(WithinScopeTest, NoGuestIsPulledIn) {
  EXPECT_EQ(refusal("tag:web", Method::Put, kConfig, R"({"node":"pve1","vmid":101,"tags":"web"})"),
            "guest 101 is not in PVE_SCOPE");
  pve_.refuse("GET /pools", 403, "Permission check failed");
  EXPECT_EQ(refusal("pool:shop,vmid:1,allow:pool", Method::Put, kPools, R"({"poolid":"shop","vms":"101"})"),
            "PVE_SCOPE limits this server, and the server cannot tell whether guest 101 is in PVE_SCOPE: the "
            "list of "
            "pools cannot "
            "be read: Permission check failed");
  EXPECT_EQ(refusal("vmid:100,allow:pool", Method::Put, kPools, R"({"poolid":"shop","vms":"100 101"})"),
            "guest 101 is not in PVE_SCOPE");
}

TEST_F(WithinScopeTest, AVolumeBelongsToTheGuestInItsName) {
  EXPECT_EQ(refusal(kScope, Method::Put, kConfig,
                    R"({"node":"pve1","vmid":100,"scsi1":"local-lvm:vm-101-disk-0"})"),
            "guest 101 is not in PVE_SCOPE");
  EXPECT_EQ(refusal(kScope, Method::Put, kConfig,
                    R"({"node":"pve1","vmid":100,"scsi1":"local:0,import-from=nas:101/vm-101-disk-0.raw"})"),
            "guest 101 is not in PVE_SCOPE");
  EXPECT_EQ(refusal(kScope, Method::Delete, kContent,
                    R"({"node":"pve1","storage":"nas","volume":"nas:backup/vzdump-qemu-101-2026.vma.zst"})"),
            "guest 101 is not in PVE_SCOPE");
  EXPECT_EQ(refusal(kScope, Method::Delete, kContent,
                    R"({"node":"pve1","storage":"nas","volume":"nas:backup/vzdump-qemu-100-2026.vma.zst"})"),
            "");
  EXPECT_THAT(refusal(kScope, Method::Delete, kContent,
                      R"({"node":"pve1","storage":"nas","volume":"nas:iso/debian.iso"})"),
              HasSubstr("to add allow:storage to PVE_SCOPE"));
}

TEST_F(WithinScopeTest, ANewGuestMustBeInItAsItIsRequested) {
  EXPECT_EQ(refusal(kScope, Method::Post, kCreate, R"({"node":"pve1","vmid":105})"), "");
  EXPECT_THAT(refusal(kScope, Method::Post, kCreate, R"({"node":"pve1","vmid":205})"),
              StartsWith("the new guest 205 would not be in PVE_SCOPE"));
  EXPECT_EQ(refusal("tag:web", Method::Post, kCreate, R"({"node":"pve1","vmid":205,"tags":"a;web"})"), "");
  EXPECT_THAT(refusal("tag:web", Method::Post, kCreate, R"({"node":"pve1","vmid":205,"tags":"a"})"),
              StartsWith("the new guest 205 would not be in PVE_SCOPE"));
  EXPECT_THAT(
      refusal("node:pve2,vmid:100", Method::Post, kClone, R"({"node":"pve1","vmid":100,"newid":500})"),
      StartsWith("the new guest 500 would not be in PVE_SCOPE"));
  EXPECT_EQ(refusal("node:pve2,vmid:100", Method::Post, kClone,
                    R"({"node":"pve1","vmid":100,"newid":500,"target":"pve2"})"),
            "");
  EXPECT_EQ(refusal("tag:web", Method::Post, kClone, R"({"node":"pve1","vmid":900,"newid":500})"), "")
      << "a clone has the tags of its source";
  EXPECT_EQ(refusal(kScope, Method::Post, kClone, R"({"node":"pve1","vmid":101,"newid":105})"),
            "guest 101 is not in PVE_SCOPE");
  EXPECT_EQ(refusal(kScope, Method::Post, kCreate,
                    R"({"node":"pve1","vmid":105,"archive":"nas:backup/vzdump-qemu-101-2026.vma.zst"})"),
            "guest 101 is not in PVE_SCOPE");
  EXPECT_EQ(refusal(kScope, Method::Post, kCreate,
                    R"({"node":"pve1","vmid":101,"force":1,)"
                    R"("archive":"nas:backup/vzdump-qemu-100-2026.vma.zst"})"),
            "guest 101 is not in PVE_SCOPE");
}

TEST_F(WithinScopeTest, OtherObjectsNeedTheirKindToBeAllowed) {
  struct Case {
    Method method;
    const char* path;
    const char* arguments;
    const char* kind;
  };
  for (const auto& each : std::vector<Case>{
           {Method::Post, "/nodes/{node}/status", R"({"node":"pve1","command":"reboot"})", "node"},
           {Method::Post, "/nodes/{node}/apt/update", R"({"node":"pve1"})", "node"},
           {Method::Put, "/nodes/{node}/disks/wipedisk", R"({"node":"pve1","disk":"/dev/sdb"})", "node"},
           {Method::Delete, "/storage/{storage}", R"({"storage":"nas"})", "storage"},
           {Method::Post, "/nodes/{node}/network", R"({"node":"pve1","iface":"vmbr1"})", "network"},
           {Method::Put, "/cluster/sdn", R"({})", "network"},
           {Method::Put, "/cluster/firewall/options", R"({"enable":0})", "firewall"},
           {Method::Post, "/nodes/{node}/firewall/rules", R"({"node":"pve1","type":"in"})", "firewall"},
           {Method::Post, "/access/users", R"({"userid":"ann@pve"})", "access"},
           {Method::Put, "/access/acl", R"({"path":"/","roles":"Administrator"})", "access"},
           {Method::Post, "/pools", R"({"poolid":"a"})", "pool"},
           {Method::Put, "/cluster/options", R"({})", "cluster"},
           {Method::Post, "/cluster/mapping/pci", R"({"id":"a"})", "cluster"},
           {Method::Post, kJobs, R"({"vmid":"100"})", "backup"},
           {Method::Post, "/cluster/ha/resources", R"({"sid":"vm:100"})", "ha"}}) {
    EXPECT_THAT(refusal(kScope, each.method, each.path, each.arguments),
                HasSubstr("to add allow:" + std::string(each.kind)))
        << each.path;
    EXPECT_EQ(refusal(std::string(kScope) + ",allow:" + each.kind, each.method, each.path, each.arguments),
              "")
        << each.path;
  }
  EXPECT_EQ(refusal(kScope, Method::Post, "/nodes/{node}/qemu/{vmid}/firewall/rules",
                    R"({"node":"pve1","vmid":100,"type":"in"})"),
            "")
      << "the firewall of a guest belongs to the guest";
}

TEST_F(WithinScopeTest, AnAllowedKindDoesNotReachAGuestOutside) {
  const auto all = std::string(kScope) + ",allow:ha,allow:access,allow:backup,allow:node";
  EXPECT_EQ(refusal(all, Method::Post, "/cluster/ha/resources", R"({"sid":"vm:101"})"),
            "guest 101 is not in PVE_SCOPE");
  EXPECT_EQ(refusal(all, Method::Put, "/access/acl", R"({"path":"/vms/101","roles":"PVEAdmin"})"),
            "guest 101 is not in PVE_SCOPE");
  EXPECT_EQ(refusal(all, Method::Post, kJobs, R"({"vmid":"100,101"})"), "guest 101 is not in PVE_SCOPE");
  EXPECT_THAT(refusal(all, Method::Post, "/nodes/{node}/execute", R"({"node":"pve1","commands":"[]"})"),
              HasSubstr("each call of this list can change any guest"));
}

TEST_F(WithinScopeTest, AJobOrRuleIsJudgedByTheGuestsItHas) {
  const auto all = std::string(kScope) + ",allow:ha,allow:backup";
  pve_.answer("GET /cluster/backup/a", R"({"id":"a","vmid":"100,101"})", R"({"id":"a","vmid":"100,102"})",
              R"({"id":"a","all":1})", R"({"id":"a","pool":"shop"})");
  EXPECT_EQ(refusal(all, Method::Put, kJob, R"({"id":"a","enabled":0})"), "guest 101 is not in PVE_SCOPE");
  EXPECT_EQ(refusal(all, Method::Put, kJob, R"({"id":"a","enabled":0})"), "");
  for (int i = 0; i < 2; ++i)
    EXPECT_THAT(refusal(all, Method::Delete, kJob, R"({"id":"a"})"),
                HasSubstr("covers guests that PVE chooses"));
  pve_.answer("GET /cluster/ha/rules/r", R"({"rule":"r","resources":"vm:100,vm:101"})");
  EXPECT_EQ(refusal(all, Method::Delete, kRule, R"({"rule":"r"})"), "guest 101 is not in PVE_SCOPE");
}

TEST_F(WithinScopeTest, HaMayNotMoveAGuestOutsideAlong) {
  const auto move = [&] {
    return refusal(kScope, Method::Post, "/nodes/{node}/qemu/{vmid}/migrate",
                   R"({"node":"pve1","vmid":100,"target":"pve2"})");
  };
  pve_.answer("GET /nodes/pve1/qemu/100/migrate", R"({"dependent-ha-resources":["ct:102"]})");
  EXPECT_EQ(move(), "");
  pve_.answer("GET /nodes/pve1/qemu/100/migrate", R"({"dependent-ha-resources":["ct:102","vm:101"]})");
  EXPECT_THAT(move(), StartsWith("an HA rule keeps guests together that are not all in PVE_SCOPE"));
  EXPECT_THAT(move(), testing::Not(HasSubstr("101")));
  EXPECT_THAT(refusal(std::string(kScope) + ",allow:ha", Method::Post, "/cluster/ha/resources/{sid}/migrate",
                      R"({"sid":"vm:100","node":"pve2"})"),
              StartsWith("an HA rule keeps guests together"));
  EXPECT_THAT(refusal(kScope, Method::Post, "/nodes/{node}/migrateall",
                      R"({"node":"pve1","vms":"100","target":"pve2"})"),
              StartsWith("an HA rule keeps guests together"));
  pve_.refuse("GET /nodes/pve1/qemu/100/migrate", 500, "VM is locked (backup)");
  EXPECT_THAT(move(), HasSubstr("which guests HA moves along is not known"));
}

TEST_F(WithinScopeTest, NoCallEndsTheBackupsOfAllGuests) {
  EXPECT_THAT(refusal(kScope, Method::Post, kVzdump, R"({"node":"pve1","vmid":"100","stop":true})"),
              HasSubstr("Leave stop out"));
}

TEST_F(WithinScopeTest, TheNumberOfAGuestOutsideIsNotAvailable) {
  EXPECT_EQ(refusal("tag:web", Method::Post, kCreate, R"({"node":"pve1","vmid":101,"tags":"web"})"),
            "the number 101 is not available for a new guest. Choose another number");
  EXPECT_EQ(refusal("tag:web", Method::Post, kClone, R"({"node":"pve1","vmid":100,"newid":101})"),
            "the number 101 is not available for a new guest. Choose another number");
  EXPECT_EQ(refusal("tag:web", Method::Post, kCreate, R"({"node":"pve1","vmid":100,"tags":"web"})"), "")
      << "PVE says that it exists, and the caller sees it";
}

TEST_F(WithinScopeTest, APathOfTheHostHasNoOwner) {
  EXPECT_THAT(refusal(kScope, Method::Put, kConfig,
                      R"({"node":"pve1","vmid":100,"scsi1":"/dev/mapper/pve-vm--101--disk--0"})"),
              HasSubstr("no name tells which guest owns /dev/mapper/pve-vm--101--disk--0. Name a volume"));
  EXPECT_EQ(refusal(kScope, Method::Delete, kContent,
                    R"({"node":"pve1","storage":"nas","volume":"nas:backup/vzdump-openvz-101-2012.tar"})"),
            "guest 101 is not in PVE_SCOPE");
}

TEST_F(WithinScopeTest, TheChoiceOfPveBecomesAList) {
  pve_.answer("GET /nodes/pve1/stopall", "null");
  auto kept = keep(kScope, Method::Post, "/nodes/{node}/stopall", R"({"node":"pve1"})");
  EXPECT_EQ(kept.arguments, R"({"node":"pve1","vms":"100"})") << kept.refusal;
  EXPECT_EQ(kept.note, "The call covers 1 guest in PVE_SCOPE: 100.");
  kept = keep(kScope, Method::Post, kVzdump, R"({"node":"pve1","all":true,"exclude":"102"})");
  EXPECT_EQ(kept.arguments, R"({"node":"pve1","vmid":"100"})") << kept.refusal;
  kept = keep("tag:web", Method::Post, "/cluster/bulk-action/guest/shutdown", R"({"timeout":60})");
  EXPECT_EQ(kept.arguments, R"({"timeout":60,"vms":[100,102,900]})") << kept.refusal;
  kept = keep("tag:web,allow:backup", Method::Post, kJobs, R"({"pool":"shop","schedule":"daily"})");
  EXPECT_EQ(kept.arguments, R"({"schedule":"daily","vmid":"100"})") << kept.refusal;
  EXPECT_EQ(refusal("vmid:555", Method::Post, "/nodes/{node}/stopall", R"({"node":"pve1"})"),
            "none of the guests of this call is in PVE_SCOPE");
  EXPECT_EQ(refusal(kScope, Method::Post, "/nodes/{node}/stopall", R"({"node":"pve1","vms":"100,101"})"),
            "guest 101 is not in PVE_SCOPE");
  EXPECT_THAT(refusal(std::string(kScope) + ",allow:backup", Method::Delete, kPrune,
                      R"({"node":"pve1","storage":"nas"})"),
              HasSubstr("names no guest"));
  EXPECT_EQ(refusal(kScope, Method::Delete, kPrune, R"({"node":"pve1","storage":"nas","vmid":100})"), "");
}

TEST_F(WithinScopeTest, WhatCannotBeJudgedIsRefused) {
  pve_.refuse("GET /nodes/pve1/qemu/100/config", 403, "Permission check failed (/vms/100, VM.Audit)");
  EXPECT_THAT(refusal("tag:web", Method::Post, kStop, R"({"node":"pve1","vmid":100})"),
              HasSubstr("the server cannot tell whether guest 100 is in PVE_SCOPE"));
  pve_.fail("GET /nodes/pve2/lxc", net::Failure::Kind::Timeout);
  EXPECT_THAT(refusal("tag:web", Method::Post, "/nodes/{node}/stopall", R"({"node":"pve1"})"),
              HasSubstr("the server cannot tell which guests of pve2 are in PVE_SCOPE"));
}

/// A new endpoint is limited from the beginning: a change that names no guest needs a kind.
TEST_F(WithinScopeTest, NoChangeOfPveRunsWithoutAGuestOrAKind) {
  std::size_t seen = 0;
  for (const auto& listed : facts_.list()) {
    if (listed.method == Method::Get) continue;
    const auto why = refusal("vmid:1", listed.method, listed.path, R"({"node":"pve1","vmid":100})");
    EXPECT_NE(why, "") << base::name(listed.method) << " " << listed.path;
    ++seen;
  }
  EXPECT_GT(seen, 250U);
}

TEST_F(WithinScopeTest, NothingIsReadWithoutAScope) {
  engine::Cluster cluster({client_, facts_, clock_, {}});
  tool::Tool tool;
  tool.effect = tool::Effect::Destructive;
  tool.call = {Method::Post, kStop};
  const engine::Row row(tool, "x", facts_);
  base::JsonObject arguments{{"vmid", 100}};
  EXPECT_EQ(engine::keep_within_scope(row, arguments, cluster, {}), "");
  EXPECT_TRUE(pve_.asked().empty());
}

}  // namespace
