// Whether a guest is protected is judged by what PVE says at that moment; what PVE does not say is refused.
#include "engine/bounds/protection.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/text.h"
#include "support/scripted_pve.h"

namespace {

using testing::HasSubstr;

constexpr tool::Endpoint kPool{base::Method::Put, "/pools"};

class ProtectionTest : public testing::Test {
 protected:
  ProtectionTest() {
    pve_.answer(
        "GET /cluster/resources",
        R"([{"type":"qemu","vmid":100,"node":"pve1","name":"old","tags":"old"},{"type":"node","node":"pve1","status":"online"}])");
    pve_.answer("GET /nodes/pve1/qemu/100/config", R"({"name":"web01","tags":"prod;linux"})");
    pve_.answer("GET /pools", R"([{"poolid":"lab"},{"poolid":"shop"},{"poolid":"shop/web"}])");
    pve_.answer("GET /pools?poolid=shop",
                R"([{"poolid":"shop","members":[{"type":"storage","storage":"nas"}]}])");
    pve_.answer("GET /pools?poolid=shop%2Fweb",
                R"([{"poolid":"shop/web","members":[{"type":"qemu","vmid":100}]}])");
    pve_.answer("GET /pools?poolid=lab", R"([{"poolid":"lab","members":[]}])");
  }

  /// Why the VM may not be stopped; "" when it may.
  std::string refusal(std::string_view terms, std::string_view arguments = R"({"node":"pve1","vmid":100})") {
    return refusal_of({base::Method::Post, "/nodes/{node}/qemu/{vmid}/status/stop"}, terms, arguments);
  }
  std::string refusal_of(tool::Endpoint call, std::string_view terms, std::string_view arguments) {
    std::vector<std::string> all;
    for (const auto part : base::list_items(terms)) all.emplace_back(part);
    engine::Options options;
    options.protect = guard::Terms::parse(all, guard::protect_kinds()).value();
    pve::Client client(pve_, {"root@pam!t", "secret", ""}, {"https://pve:8006", std::chrono::seconds(1), {}});
    engine::Cluster cluster({client, facts_, clock_, options});
    tool::Tool tool;
    tool.name = "pve_test";
    tool.effect = tool::Effect::Destructive;
    tool.call = call;
    tool.about = tool::about(tool.call.method, tool.call.path);
    const engine::Row row(tool, "x", facts_);
    return engine::protected_by(row, base::parse_json(arguments).value().as_object(), cluster, {}, {})
        .value_or("");
  }

  test::ScriptedPve pve_;
  facts::Facts facts_;
  base::ManualClock clock_;
};

TEST_F(ProtectionTest, NameAndTagsAreThoseOfTheConfiguration) {
  EXPECT_THAT(refusal("tag:prod"), HasSubstr("PVE_PROTECT protects guest 100"));
  EXPECT_THAT(refusal("name:web*"), HasSubstr("PVE_PROTECT protects guest 100"));
  EXPECT_EQ(refusal("tag:old"), "") << "the list of guests is ten seconds old";
  EXPECT_EQ(refusal("name:old"), "");
}

TEST_F(ProtectionTest, APoolMeansThePoolsBelowIt) {
  EXPECT_THAT(refusal("pool:shop"), HasSubstr("PVE_PROTECT protects guest 100"));
  EXPECT_THAT(refusal("pool:shop/web"), HasSubstr("PVE_PROTECT protects guest 100"));
  EXPECT_EQ(refusal("pool:lab"), "");
}

TEST_F(ProtectionTest, WhatCannotBeReadIsRefused) {
  EXPECT_THAT(refusal("pool:hidden"),
              HasSubstr("pool hidden does not exist, or this API token cannot see it"));
  pve_.refuse("GET /pools?poolid=shop%2Fweb", 403, "Permission check failed");
  EXPECT_THAT(refusal("pool:shop"), HasSubstr("pool shop/web cannot be read"));
  pve_.refuse("GET /nodes/pve1/qemu/100/config", 403, "Permission check failed (/vms/100, VM.Audit)");
  EXPECT_THAT(refusal("tag:prod"), HasSubstr("its configuration cannot be read"));
  EXPECT_EQ(refusal("vmid:200"), "") << "the number alone tells";
  pve_.fail("GET /cluster/resources", net::Failure::Kind::Refused);
  EXPECT_THAT(refusal_of(kPool, "node:pve1", R"({"poolid":"lab","vms":"100"})"),
              HasSubstr("the list of guests cannot be read"));
  EXPECT_THAT(refusal("node:pve1"), HasSubstr("the list of guests cannot be read"))
      << "PVE answers some paths of a guest on any node, so the node in the call proves nothing";
}

TEST_F(ProtectionTest, TheNodeInTheCallDoesNotHideAGuest) {
  EXPECT_THAT(refusal("node:pve1", R"({"node":"pve2","vmid":100})"), HasSubstr("protects guest 100"));
}

TEST_F(ProtectionTest, AGuestNamedByItsNumberAloneMustBeSeenWhereItIs) {
  const auto add = [&](std::string_view terms, std::string_view vmid) {
    return refusal_of(kPool, terms, R"({"poolid":"lab","vms":")" + std::string(vmid) + "\"}");
  };
  EXPECT_THAT(add("tag:prod", "100"), HasSubstr("protects guest 100"));
  for (const auto* const terms : {"tag:prod", "node:pve1", "vmid:300"})
    EXPECT_THAT(add(terms, "4711"), HasSubstr("it is not visible to this API token")) << terms;
  // It has moved since the list was made.
  pve_.refuse("GET /nodes/pve1/qemu/100/config", 500,
              "Configuration file 'nodes/pve1/qemu-server/100.conf' does not exist");
  EXPECT_THAT(add("tag:prod", "100"), HasSubstr("it is not on pve1 any more"));
}

TEST_F(ProtectionTest, ANewGuestMayNotTakeADiskOfAProtectedOne) {
  const auto make = [&](std::string_view more) {
    return refusal_of({base::Method::Post, "/nodes/{node}/qemu"}, "tag:prod",
                      R"({"node":"pve1","vmid":500)" + std::string(more) + "}");
  };
  EXPECT_EQ(make(R"(,"scsi0":"local-lvm:32")"), "");
  EXPECT_THAT(make(R"(,"scsi0":"local-lvm:vm-100-disk-0")"), HasSubstr("protects guest 100"));
}

TEST_F(ProtectionTest, TheKindOfAGuestComesFromTheListWhereThePathDoesNotSayIt) {
  pve_.answer("GET /cluster/resources",
              R"([{"type":"lxc","vmid":200,"node":"pve1"},{"type":"node","node":"pve1","status":"online"}])");
  pve_.answer("GET /nodes/pve1/lxc/200/config", R"({"hostname":"dns","tags":"prod"})");
  EXPECT_THAT(refusal_of({base::Method::Post, "/nodes/{node}/vzdump"}, "tag:prod",
                         R"({"node":"pve1","vmid":"200","mode":"stop"})"),
              HasSubstr("mode=stop would stop guest 200, which PVE_PROTECT protects"));
}

TEST_F(ProtectionTest, AGuestThatDoesNotExistIsPvesToRefuse) {
  pve_.refuse("GET /nodes/pve1/qemu/101/config", 500,
              "Configuration file 'nodes/pve1/qemu-server/101.conf' does not exist");
  EXPECT_EQ(refusal("tag:prod", R"({"node":"pve1","vmid":101})"), "");
}

constexpr tool::Endpoint kJobs{base::Method::Post, "/cluster/backup"};
constexpr tool::Endpoint kEndJob{base::Method::Delete, "/cluster/backup/{id}"};
constexpr tool::Endpoint kVzdump{base::Method::Post, "/nodes/{node}/vzdump"};
constexpr tool::Endpoint kConfig{base::Method::Put, "/nodes/{node}/qemu/{vmid}/config"};
constexpr tool::Endpoint kMigrate{base::Method::Post, "/nodes/{node}/qemu/{vmid}/migrate"};

TEST_F(ProtectionTest, ABackupMayReadAGuestAndMayNotStopItOrPruneItsBackups) {
  for (const auto& call : {kJobs, kVzdump}) {
    const auto backup = [&](std::string_view more) {
      return refusal_of(call, "tag:prod", R"({"node":"pve1","vmid":"100")" + std::string(more) + "}");
    };
    EXPECT_EQ(backup(R"(,"remove":false)"), "");
    EXPECT_EQ(backup(R"(,"prune-backups":"keep-all=1")"), "");
    EXPECT_THAT(backup(R"(,"prune-backups":"keep-last=1")"),
                HasSubstr("it can prune backups of guest 100, which PVE_PROTECT protects. Pass "
                          "prune-backups=keep-all=1"));
    EXPECT_THAT(backup(R"(,"remove":true)"), HasSubstr("it can prune backups of guest 100"));
    EXPECT_EQ(backup(R"(,"mode":"stop","remove":false)"),
              "mode=stop would stop guest 100, which PVE_PROTECT protects. Use mode=snapshot");
  }
}

TEST_F(ProtectionTest, ABackupOfChosenGuestsIsJudgedByThoseOfThePool) {
  const auto backup = [&](std::string_view arguments) { return refusal_of(kJobs, "vmid:100", arguments); };
  EXPECT_EQ(
      backup(R"({"pool":"shop/web","mode":"stop"})"),
      "mode=stop would stop guest 100, which PVE_PROTECT protects. Use mode=snapshot, or name the guests by "
      "vmid and leave 100 out");
  EXPECT_THAT(backup(R"({"pool":"shop/web"})"), HasSubstr("it can prune backups of guest 100"));
  EXPECT_EQ(backup(R"({"pool":"lab","mode":"stop"})"), "") << "no guest of this pool is protected";
  EXPECT_THAT(backup(R"({"all":true,"mode":"stop"})"),
              HasSubstr("mode=stop could stop a guest that PVE_PROTECT"));
  EXPECT_THAT(backup(R"({"all":true,"node":"pve1"})"),
              HasSubstr("this call lets PVE choose the guests. Name them by vmid"));
  EXPECT_EQ(backup(R"({"all":true,"remove":false})"), "");
  pve_.refuse("GET /pools?poolid=shop%2Fweb", 403, "Permission check failed");
  EXPECT_THAT(backup(R"({"pool":"shop/web","mode":"stop"})"), HasSubstr("pool shop/web cannot be read"));
}

TEST_F(ProtectionTest, AJobOrRuleIsJudgedByTheGuestsItHas) {
  const auto end = [&] { return refusal_of(kEndJob, "vmid:100", R"({"id":"a"})"); };
  pve_.answer("GET /cluster/backup/a", R"({"id":"a","vmid":"100,101"})");
  EXPECT_THAT(end(), HasSubstr("PVE_PROTECT protects guest 100, and this job covers it"));
  pve_.answer("GET /cluster/backup/a", R"({"id":"a","vmid":"101,4711"})");
  EXPECT_EQ(end(), "") << "the job names a guest that is gone";
  pve_.answer("GET /cluster/backup/a", R"({"id":"a","pool":"shop/web"})");
  EXPECT_THAT(end(), HasSubstr("protects guest 100"));
  pve_.answer("GET /cluster/backup/a", R"({"id":"a","pool":"lab"})");
  EXPECT_EQ(end(), "");
  pve_.answer("GET /cluster/backup/a", R"({"id":"a","all":1})");
  EXPECT_THAT(end(), HasSubstr("PVE chooses the guests of this job"));
  pve_.refuse("GET /cluster/backup/a", 403, "Permission check failed");
  EXPECT_THAT(end(), HasSubstr("cannot be read"));
  pve_.refuse("GET /cluster/backup/a", 400, "Parameter verification failed.",
              R"({"data":null,"errors":{"id":"No such job 'a'"}})");
  EXPECT_EQ(end(), "") << "PVE refuses the call itself";
  pve_.answer("GET /cluster/ha/rules/r", R"({"rule":"r","resources":"vm:100"})");
  EXPECT_THAT(refusal_of({base::Method::Delete, "/cluster/ha/rules/{rule}"}, "vmid:100", R"({"rule":"r"})"),
              HasSubstr("protects guest 100, and this rule covers it"));
}

TEST_F(ProtectionTest, ATaskOfAProtectedGuestIsNotStopped) {
  const auto stop = [&](std::string_view task, std::string_view terms = "tag:prod") {
    return refusal_of({base::Method::Delete, "/nodes/{node}/tasks/{upid}"}, terms,
                      R"({"node":"pve1","upid":"UPID:pve1:1:2:3:)" + std::string(task) + R"(:root@pam:"})");
  };
  for (const auto* const task : {"vzdump:100", "qmrestore:100", "qmmove:100", "qmigrate:100"})
    EXPECT_THAT(stop(task), HasSubstr("protects guest 100")) << task;
  EXPECT_THAT(stop("vzdump:"), HasSubstr("does not name the guests that it works on"));
  EXPECT_EQ(stop("aptupdate:"), "");
  EXPECT_EQ(stop("qmcreate:4711", "vmid:100"), "");
}

TEST_F(ProtectionTest, AStorageIsProtectedAgainstTheDestructionOfItsVolumes) {
  pve_.answer("GET /nodes/pve1/qemu/100/config",
              R"({"scsi0":"ceph:vm-100-disk-0,size=8G","unused0":"nas:100/vm-100-disk-1.raw",)"
              R"("ide2":"iso:iso/debian.iso,media=cdrom"})");
  pve_.answer("GET /nodes/pve1/qemu/100/snapshot", R"([{"name":"a"},{"name":"current"}])");
  pve_.answer("GET /nodes/pve1/qemu/100/snapshot/a/config", R"({"vmstate":"zfs:vm-100-state-a"})");
  const auto change = [&](tool::Endpoint call, std::string_view terms, std::string_view more = "") {
    return refusal_of(call, terms, R"({"node":"pve1","vmid":100)" + std::string(more) + "}");
  };
  constexpr tool::Endpoint destroy{base::Method::Delete, "/nodes/{node}/qemu/{vmid}"};
  constexpr tool::Endpoint move{base::Method::Post, "/nodes/{node}/qemu/{vmid}/move_disk"};
  for (const auto* const storage : {"nas", "ceph", "zfs"})
    EXPECT_THAT(change(destroy, "storage:" + std::string(storage)), HasSubstr("protects storage")) << storage;
  for (const auto* const storage : {"iso", "other"})
    EXPECT_EQ(change(destroy, "storage:" + std::string(storage)), "") << storage;
  EXPECT_THAT(change(destroy, "storage:other", R"(,"destroy-unreferenced-disks":true)"),
              HasSubstr("destroys volumes on all of them. Leave it out"));
  EXPECT_THAT(change(kConfig, "storage:nas", R"(,"delete":"unused0")"), HasSubstr("protects storage nas"));
  EXPECT_EQ(change(kConfig, "storage:ceph", R"(,"delete":"unused0")"), "");
  EXPECT_EQ(change(kConfig, "storage:ceph", R"(,"delete":"scsi0")"), "") << "PVE keeps the volume";
  EXPECT_THAT(change(kConfig, "storage:ceph", R"(,"delete":"scsi0","force":true)"),
              HasSubstr("protects storage ceph"));
  EXPECT_THAT(change(move, "storage:ceph", R"(,"disk":"scsi0","storage":"nas","delete":true)"),
              HasSubstr("protects storage ceph"));
  EXPECT_EQ(change(move, "storage:ceph", R"(,"disk":"scsi0","storage":"nas")"), "");
  pve_.refuse("GET /nodes/pve1/qemu/100/config", 403, "Permission check failed");
  EXPECT_THAT(change(destroy, "storage:nas"), HasSubstr("its configuration cannot be read"));
}

TEST_F(ProtectionTest, AStorageIsProtectedAgainstTheDestructionOfItsDisks) {
  pve_.answer("GET /storage",
              R"([{"storage":"thin","vgname":"fast","thinpool":"data"},)"
              R"({"storage":"tank","pool":"tank/vm"},{"storage":"dir","path":"/mnt/pve/sdb"}])");
  const auto destroy = [&](std::string_view what, std::string_view name) {
    return refusal_of({base::Method::Delete, what}, "storage:*",
                      R"({"node":"pve1","name":")" + std::string(name) + "\"}");
  };
  EXPECT_THAT(destroy("/nodes/{node}/disks/lvm/{name}", "fast"), HasSubstr("protects storage thin"));
  EXPECT_THAT(destroy("/nodes/{node}/disks/lvmthin/{name}", "data"), HasSubstr("protects storage thin"));
  EXPECT_THAT(destroy("/nodes/{node}/disks/zfs/{name}", "tank"), HasSubstr("protects storage tank"));
  EXPECT_THAT(destroy("/nodes/{node}/disks/directory/{name}", "sdb"), HasSubstr("protects storage dir"));
  EXPECT_EQ(destroy("/nodes/{node}/disks/lvm/{name}", "other"), "");
}

TEST_F(ProtectionTest, CallsThatEndOrChangeAnythingAreRefused) {
  EXPECT_THAT(refusal_of(kVzdump, "vmid:100", R"({"node":"pve1","stop":true})"), HasSubstr("Leave stop out"));
  EXPECT_THAT(refusal_of({base::Method::Post, "/nodes/{node}/execute"}, "vmid:100", R"({"node":"pve1"})"),
              HasSubstr("Call the tools one by one"));
}

TEST_F(ProtectionTest, NoRightsOfAProtectedUserChange) {
  constexpr tool::Endpoint acl{base::Method::Put, "/access/acl"};
  const auto grant = [&](std::string_view whom) {
    return refusal_of(acl, "user:ann@pve",
                      R"({"path":"/","roles":"Administrator",)" + std::string(whom) + "}");
  };
  EXPECT_THAT(grant(R"("users":"bob@pve,ann@pve")"), HasSubstr("protects user ann@pve"));
  EXPECT_THAT(grant(R"("tokens":"ann@pve!ops")"), HasSubstr("protects user ann@pve"));
  EXPECT_EQ(grant(R"("users":"bob@pve")"), "");
  pve_.answer("GET /access/groups/ops", R"({"members":["bob@pve","ann@pve"]})");
  EXPECT_THAT(grant(R"("groups":"ops")"), HasSubstr("protects user ann@pve"));
  pve_.answer("GET /access/users", R"([{"userid":"ann@pve"},{"userid":"cy@corp"}])");
  constexpr tool::Endpoint sync{base::Method::Post, "/access/domains/{realm}/sync"};
  EXPECT_THAT(refusal_of(sync, "user:*@corp", R"({"realm":"corp"})"), HasSubstr("protects user cy@corp"));
  EXPECT_EQ(refusal_of(sync, "user:ann@pve", R"({"realm":"corp"})"), "");
}

TEST_F(ProtectionTest, HaMayNotMoveAProtectedGuestAlong) {
  pve_.answer("GET /cluster/resources",
              R"([{"type":"qemu","vmid":100,"node":"pve1"},{"type":"qemu","vmid":102,"node":"pve1"},)"
              R"({"type":"node","node":"pve1","status":"online"}])");
  pve_.answer("GET /nodes/pve1/qemu/102/config", R"({"name":"free"})");
  pve_.answer("GET /nodes/pve1/qemu/102/migrate", R"({"dependent-ha-resources":["vm:100"]})");
  const auto move = [&](std::string_view terms) {
    return refusal_of(kMigrate, terms, R"({"node":"pve1","vmid":102,"target":"pve2"})");
  };
  for (const auto* const terms : {"vmid:100", "tag:prod"})
    EXPECT_THAT(move(terms), HasSubstr("HA would move guest 100, which PVE_PROTECT protects")) << terms;
  EXPECT_EQ(move("vmid:101"), "");
  constexpr tool::Endpoint by_ha{base::Method::Post, "/cluster/ha/resources/{sid}/migrate"};
  EXPECT_THAT(refusal_of(by_ha, "vmid:100", R"({"sid":"vm:102","node":"pve2"})"),
              HasSubstr("HA would move guest 100"));
  pve_.refuse("GET /nodes/pve1/qemu/102/migrate", 403, "Permission check failed (/vms/102, VM.Migrate)");
  EXPECT_THAT(move("vmid:100"), HasSubstr("the condition for a migration of guest 102 cannot be read"));
  pve_.refuse("GET /nodes/pve1/qemu/102/migrate", 501, "Method 'GET /…/migrate' not implemented");
  EXPECT_EQ(move("vmid:100"), "") << "this PVE has no such rules";
}

TEST_F(ProtectionTest, APathOfTheHostHasNoOwner) {
  EXPECT_THAT(refusal_of(kConfig, "vmid:101",
                         R"({"node":"pve1","vmid":100,"scsi1":"/dev/mapper/pve-vm--101--disk--0"})"),
              HasSubstr("no name tells which guest owns /dev/mapper/pve-vm--101--disk--0. Name a volume"));
}

TEST_F(ProtectionTest, ARollbackNeedsTheFlagToBeRead) {
  const auto roll_back = [&] {
    return refusal_of({base::Method::Post, "/nodes/{node}/qemu/{vmid}/snapshot/{snapname}/rollback"}, "",
                      R"({"node":"pve1","vmid":100,"snapname":"a"})");
  };
  EXPECT_EQ(roll_back(), "");
  pve_.refuse("GET /nodes/pve1/qemu/100/config", 403, "Permission check failed (/vms/100, VM.Audit)");
  EXPECT_THAT(roll_back(), HasSubstr("whether it has protection=1 is not known"));
  EXPECT_THAT(roll_back(), HasSubstr("VM.Audit on /vms/100"));
  pve_.refuse("GET /nodes/pve1/qemu/100/config", 500,
              "Configuration file 'nodes/pve1/qemu-server/100.conf' does not exist");
  EXPECT_EQ(roll_back(), "") << "PVE refuses the call itself";
}

TEST_F(ProtectionTest, NothingIsReadWhereNoGuestIsProtected) {
  EXPECT_EQ(refusal("storage:nas"), "");
  EXPECT_TRUE(pve_.asked().empty());
}

}  // namespace
