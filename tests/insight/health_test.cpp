// Tests the findings of the health report, also from incomplete and denied answers.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "insight/fake_sources.h"
#include "insight/findings.h"
#include "insight/reports.h"
#include "tool/rights.h"

namespace insight_test {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(Orphans, AreIncompleteIfTheTokenMayNotSeeAll) {
  TwoNodes sources;
  sources.lack(tool::kSeesBackups, "the API token has no VM.Backup below /vms");
  auto text = told(insight::find_orphans(sources, {}));
  EXPECT_THAT(text, HasSubstr("incomplete: 2 orphaned images"));
  EXPECT_THAT(text, HasSubstr("this API token may not see all backups; there may be more"));
  EXPECT_THAT(text, HasSubstr("backups (the API token has no VM.Backup below /vms)"));
  EXPECT_THAT(text, HasSubstr("\"remedy\""));
  sources.lack(tool::kSeesImages, "the API token has no VM.Config.Disk below /vms");
  EXPECT_THAT(told(insight::find_orphans(sources, {})), HasSubstr("may not see all disk images, backups"));
  sources.lacking.clear();
  sources.lack(tool::kSeesStorages, "the API token has Datastore.Audit on only a part of /storage");
  sources.answer("/nodes/a/qemu/100/config", R"({"scsi0":"hidden:100/vm-100-disk-7.qcow2,size=8G"})");
  EXPECT_THAT(told(insight::find_orphans(sources, {})), Not(HasSubstr("nfs:100/vm-100-disk-7")))
      << "the storage that is not seen may be the same disks";
  sources.lacking.clear();
  sources.lack(tool::kSeesGuests, "the API token has VM.Audit on only a part of /vms");
  text = told(insight::find_orphans(sources, {}));
  EXPECT_THAT(text, HasSubstr("incomplete: 0 orphaned images")) << "a guest that is not seen may use them";
}

TEST(Health, ReportsAFullSharedStorageOnce) {
  FakeSources sources;
  sources.answer("/cluster/resources", R"([
    {"type":"node","node":"a","status":"online"},{"type":"node","node":"b","status":"online"},
    {"type":"storage","storage":"nas","node":"a","status":"available","shared":1,"disk":96,"maxdisk":100},
    {"type":"storage","storage":"nas","node":"b","status":"available","shared":1,"disk":96,"maxdisk":100},
    {"type":"storage","storage":"lvm","node":"a","status":"available","shared":0,"disk":86,"maxdisk":100},
    {"type":"storage","storage":"ok","node":"a","status":"available","shared":0,"disk":85,"maxdisk":100}])");
  const auto text = told(insight::cluster_health(sources, {}));
  EXPECT_THAT(text, HasSubstr(R"("code":"STORAGE_FULL","count":1,"object":"nas 96%")"));
  EXPECT_THAT(text, HasSubstr(R"("code":"STORAGE_FILLING","count":1,"object":"lvm on a 86%")"));
}

TEST(Health, ReportsManyFindingsOfOneCodeInOneRow) {
  std::string guests;
  std::string bare;
  for (int vmid = 100; vmid < 600; ++vmid) {
    guests += fmt::format(R"(,{{"type":"qemu","vmid":{},"node":"a","status":"running"}})", vmid);
    bare += fmt::format(R"({}{{"vmid":{}}})", vmid == 100 ? "" : ",", vmid);
  }
  FakeSources sources;
  sources.answer("/cluster/resources", R"([{"type":"node","node":"a","status":"online"})" + guests + "]");
  sources.answer("/cluster/backup-info/not-backed-up", "[" + bare + "]");
  const auto text = told(insight::cluster_health(sources, {}));
  EXPECT_THAT(text, HasSubstr(R"("count":500,"object":"100, 101, 102, 103, 104 and 495 more")"));
  EXPECT_LT(text.size(), 3000U);
}

TEST(Health, ReportsAMissingBackupOnlyIfEveryStorageWasRead) {
  TwoNodes sources;
  sources.answer(
      "/nodes/a/storage/nfs/content",
      fmt::format(R"([{{"vmid":100,"content":"backup","ctime":{}}}])", FakeSources::kNow - 86'400));
  EXPECT_THAT(told(insight::cluster_health(sources, {})), HasSubstr(R"x("object":"200 (none)")x"));
  sources.refuse("/nodes/a/storage/nfs/content", "No route to host");
  const auto text = told(insight::cluster_health(sources, {}));
  EXPECT_THAT(text, Not(HasSubstr("BACKUP_STALE")));
  EXPECT_THAT(text, HasSubstr("backups of 2 guests"));
}

TEST(Health, NamesDeniedReads) {
  TwoNodes sources;
  sources.refuse("/nodes/a/apt/update", "Permission check failed (/nodes/a, Sys.Modify)", true);
  EXPECT_THAT(
      told(insight::cluster_health(sources, {})),
      HasSubstr(R"x("not_permitted":"updates of a (Permission check failed (/nodes/a, Sys.Modify))")x"));
}

TEST(Health, DistinguishesAListShortenedByRightsFromAFullList) {
  TwoNodes sources;
  sources.lack(tool::kSeesBackups, "the API token has no VM.Backup below /vms");
  auto text = told(insight::cluster_health(sources, {}));
  EXPECT_THAT(text, Not(HasSubstr("BACKUP_STALE"))) << "PVE answers with 200 and a shorter list";
  EXPECT_THAT(text, HasSubstr("some reads failed"));
  EXPECT_THAT(text, HasSubstr("backups of 2 guests: this API token may not see every backup"));
  EXPECT_THAT(text, HasSubstr("backups (the API token has no VM.Backup below /vms)"));
  EXPECT_THAT(text, HasSubstr(R"("remedy":"On a node as root: pveum grant. Beware.)"));
  EXPECT_THAT(text, HasSubstr("Beware."));

  // No storage is visible, so the report cannot assume that it read every storage.
  sources.answer("/cluster/resources",
                 R"([{"type":"node","node":"a","status":"online"},
                     {"type":"qemu","vmid":100,"node":"a","name":"one","status":"running"}])");
  text = told(insight::cluster_health(sources, {}));
  EXPECT_THAT(text, Not(HasSubstr("BACKUP_STALE")));
  EXPECT_THAT(text, HasSubstr("backups of 1 guest: "));
  sources.lacking.clear();
  text = told(insight::cluster_health(sources, {}));
  EXPECT_THAT(text, HasSubstr("BACKUP_STALE")) << "who sees all sees that there is none";
}

TEST(Health, CountsAVisibleBackupWithIncompleteRights) {
  TwoNodes sources;
  sources.lack(tool::kSeesBackups, "the API token has VM.Backup on only a part of /vms");
  sources.answer("/nodes/a/storage/nfs/content",
                 fmt::format(R"([{{"vmid":100,"content":"backup","ctime":{}}}])", FakeSources::kNow - 60));
  EXPECT_THAT(told(insight::cluster_health(sources, {})), HasSubstr("backups of 1 guest: "));
}

TEST(Health, KeepsSilentOmissionsAmongManyRefusals) {
  FakeSources sources;
  std::string nodes;
  for (int i = 0; i < 30; ++i) {
    nodes += fmt::format(R"({}{{"type":"node","node":"n{}","status":"online"}})", i == 0 ? "" : ",", i);
    sources.refuse(fmt::format("/nodes/n{}/apt/update", i),
                   fmt::format("Permission check failed (/nodes/n{}, Sys.Modify)", i), true);
  }
  sources.answer("/cluster/resources", "[" + nodes + "]");
  sources.lack(tool::kSeesBackups, "the API token has no VM.Backup below /vms");
  EXPECT_THAT(
      told(insight::cluster_health(sources, {})),
      HasSubstr(R"("not_permitted":"backups (the API token has no VM.Backup below /vms); updates of n0)"));
}

/// One node "a" that answers every read without a finding.
struct OneNode : FakeSources {
  explicit OneNode(std::string_view more = "") {
    answer("*", "[]");
    answer("/nodes/a/version", R"({"version":"9.2.11"})");
    answer("/cluster/resources", fmt::format(R"([{{"type":"node","node":"a","status":"online"}}{}])", more));
  }
  std::string health() { return told(insight::cluster_health(*this, {})); }
};

TEST(Health, ListsGoodAreasInOneLine) {
  EXPECT_THAT(
      OneNode().health(),
      HasSubstr(R"("good":"nodes, quorum, HA, guest states, storages, thin pools, disks, certificates, )"
                R"(services, network, replication, tasks, backup jobs, backups, locks, versions, updates")"));
  OneNode unread;
  unread.refuse("/nodes/a/services", "Permission check failed", true);
  unread.answer("/nodes/a/apt/update", R"([{"Package":"x"}])");
  EXPECT_THAT(unread.health(), Not(HasSubstr("services, network"))) << "not looked at";
  EXPECT_THAT(unread.health(), HasSubstr("locks, versions\"")) << "updates are pending";
}

TEST(Health, ReportsASilentNodeFirstAndNotAsDown) {
  for (const unsigned status : {0U, 595U, 596U}) {
    OneNode sources(R"(,{"type":"qemu","vmid":100,"node":"a","status":"running"})");
    sources.refusals["/nodes/a/version"] = {"no answer in time", false, status};
    sources.answer("/cluster/status",
                   R"([{"type":"cluster","name":"c","quorate":0},{"type":"node","name":"a","online":1}])");
    const auto text = sources.health();
    EXPECT_THAT(text, HasSubstr("first is NODE_SILENT a (1 guest)"));
    EXPECT_THAT(text, HasSubstr("0 of 1 node answer, "));
    EXPECT_THAT(text, HasSubstr(R"("good":"HA, guest states, backup jobs")"))
        << "of the node nothing is known";
    EXPECT_THAT(text, Not(HasSubstr("NODE_OFFLINE")));
    EXPECT_THAT(sources.asked, Not(testing::Contains("/nodes/a/tasks"))) << "it would hang again";
  }
  OneNode refused;
  refused.refuse("/nodes/a/version", "Permission check failed", true);
  EXPECT_THAT(refused.health(), Not(HasSubstr("NODE_SILENT"))) << "that is an answer";
}

TEST(Health, ReportsANodeAsDownIfTheClusterDoes) {
  OneNode sources(R"(,{"type":"node","node":"b","status":"unknown"})");
  sources.answer("/nodes/b/version", R"({"version":"9.2.11"})");
  sources.answer("/cluster/status",
                 R"([{"type":"node","name":"a","online":1},{"type":"node","name":"b","online":0}])");
  EXPECT_THAT(sources.health(), HasSubstr("first is NODE_OFFLINE b (0 guests)"));
  EXPECT_THAT(sources.asked, Not(testing::Contains("/nodes/b/version")));
  sources.answer("/cluster/status",
                 R"([{"type":"node","name":"a","online":1},{"type":"node","name":"b","online":1}])");
  EXPECT_THAT(sources.health(), Not(HasSubstr("NODE_OFFLINE"))) << "it answers";
}

/// The report if node "a" gives one other answer.
struct Told {
  std::string_view path, answer, expected;
};

TEST(Health, ReportsTheFindingsOfANode) {
  const std::vector<Told> kTold = {
      {"/nodes/a/services",
       R"([{"service":"pvescheduler","unit-state":"enabled","state":"dead","active-state":"inactive"},
           {"service":"corosync","unit-state":"enabled","state":"dead","active-state":"inactive"},
           {"service":"postfix","unit-state":"enabled","state":"exited","active-state":"active"},
           {"service":"spiceproxy","unit-state":"disabled","state":"dead","active-state":"inactive"}])",
       R"x("code":"SERVICE_DEAD","count":1,"object":"pvescheduler on a (dead)")x"},
      {"/nodes/a/disks/list",
       R"([{"devpath":"/dev/sda","health":"FAILED!","wearout":"N/A"},{"devpath":"/dev/sdb","health":"PASSED","wearout":90},
           {"devpath":"/dev/vda","health":"UNKNOWN","wearout":"N/A"}])",
       R"x("code":"DISK_FAILING","count":1,"object":"/dev/sda on a (FAILED!)")x"},
      {"/nodes/a/disks/list", R"([{"devpath":"/dev/nvme0n1","health":"PASSED","wearout":4}])",
       R"x("code":"DISK_WORN","count":1,"object":"/dev/nvme0n1 on a (4% left)")x"},
      {"/nodes/a/network",
       R"([{"iface":"bond0","type":"bond","active":1,"slaves":"eno1 eno2"},{"iface":"eno1","type":"eth","active":1},
           {"iface":"eno2","type":"eth"},{"iface":"bond1","type":"bond","active":1,"slaves":"eno3 eno4"}])",
       R"x("code":"BOND_DEGRADED","count":1,"object":"bond0 on a (eno2 down)")x"},
      {"/nodes/a/replication",
       R"([{"id":"100-0","fail_count":3,"error":"command 'ssh' failed"},{"id":"101-0","fail_count":0}])",
       R"x("code":"REPLICATION_FAILED","count":1,"object":"100-0 on a, 3 in a row: command 'ssh' failed")x"},
      {"/cluster/ha/status/current", R"([{"type":"service","sid":"vm:100","crm_state":"error","node":"a"}])",
       R"x("code":"HA_ERROR","count":1,"object":"vm:100 (error)")x"},
  };
  for (const auto& [path, answer, expected] : kTold) {
    OneNode sources;
    sources.answer(std::string(path), answer);
    EXPECT_THAT(sources.health(), HasSubstr(std::string(expected))) << path;
  }
}

TEST(Health, ChecksDataAndMetadataOfThinPools) {
  OneNode sources(
      R"(,{"type":"storage","storage":"local-lvm","node":"a","plugintype":"lvmthin","status":"available"})");
  sources.answer("/nodes/a/disks/lvmthin",
                 R"([{"vg":"pve","lv":"data","lv_size":100,"used":20,"metadata_size":100,"metadata_used":97},
                     {"vg":"pve","lv":"more","lv_size":100,"used":86,"metadata_size":100,"metadata_used":5},
                     {"vg":"pve","lv":"good","lv_size":100,"used":85,"metadata_size":0,"metadata_used":0}])");
  const auto text = sources.health();
  EXPECT_THAT(
      text,
      HasSubstr(R"x("code":"THINPOOL_FULL","count":1,"object":"pve/data on a (data 20%, metadata 97%)")x"));
  EXPECT_THAT(
      text,
      HasSubstr(R"x("code":"THINPOOL_FILLING","count":1,"object":"pve/more on a (data 86%, metadata 5%)")x"));
  OneNode none;
  none.health();
  EXPECT_THAT(none.asked, Not(testing::Contains("/nodes/a/disks/lvmthin")));
}

TEST(Health, NamesDifferentVersionsAndKernels) {
  OneNode sources(R"(,{"type":"node","node":"b","status":"online"})");
  sources.answer("/nodes/b/version", R"({"version":"9.1.2"})");
  sources.answer("/nodes/a/status", R"({"current-kernel":{"release":"6.17.2-1-pve"}})");
  sources.answer("/nodes/b/status", R"({"current-kernel":{"release":"6.14.8-2-pve"}})");
  const auto text = sources.health();
  EXPECT_THAT(text, HasSubstr(R"("code":"VERSIONS_MIXED","count":2,"object":"9.1.2 on b, 9.2.11 on a")"));
  EXPECT_THAT(
      text, HasSubstr(R"("code":"KERNELS_MIXED","count":2,"object":"6.14.8-2-pve on b, 6.17.2-1-pve on a")"));
}

TEST(Health, FindsAGuestThatQemuStoppedByItsLiveState) {
  const auto state = [](std::string_view listed, std::string_view live, std::string_view tasks = "[]") {
    OneNode sources(fmt::format(R"(,{{"type":"qemu","vmid":100,"node":"a","status":"{}"}})", listed));
    sources.answer("/nodes/a/qemu/100/status/current",
                   fmt::format(R"({{"status":"running","qmpstatus":"{}"}})", live));
    sources.answer("/nodes/a/tasks", tasks);
    return sources.health();
  };
  EXPECT_THAT(state("io-error", "io-error"),
              HasSubstr(R"("code":"GUEST_IO_ERROR","count":1,"object":"100 on a")"));
  EXPECT_THAT(state("internal-error", "internal-error"),
              HasSubstr(R"x("code":"GUEST_BROKEN","count":1,"object":"100 on a (internal-error)")x"));
  EXPECT_THAT(state("prelaunch", "prelaunch"),
              HasSubstr(R"x("code":"GUEST_PAUSE_ASKED","count":1,"object":"100 on a (started frozen)")x"));
  EXPECT_THAT(state("paused", "paused"), HasSubstr(R"("code":"GUEST_PAUSED","count":1,"object":"100 on a")"));
  EXPECT_THAT(state("paused", "paused", R"([{"type":"qmpause","id":"100","status":"OK"}])"),
              HasSubstr(R"("code":"GUEST_PAUSE_ASKED","count":1,"object":"100 on a")"));
  EXPECT_THAT(state("paused", "running"), Not(HasSubstr("GUEST_"))) << "the list is ten seconds old";
}

TEST(Health, IgnoresALockWhileATaskOfTheGuestRuns) {
  constexpr std::string_view kGuests =
      R"(,{"type":"qemu","vmid":100,"node":"a","status":"running","lock":"backup"}
         ,{"type":"qemu","vmid":101,"node":"a","status":"running","lock":"migrate"})";
  OneNode sources(kGuests);
  EXPECT_THAT(sources.health(), HasSubstr(R"x("object":"100 (backup), 101 (migrate)")x"));
  // The task of a backup of several guests names no guest.
  sources.answer("/nodes/a/tasks", R"([{"type":"vzdump","id":""}])");
  EXPECT_THAT(sources.health(), HasSubstr(R"x("code":"GUEST_LOCKED","count":1,"object":"101 (migrate)")x"));
  sources.answer("/nodes/a/tasks", R"([{"type":"vzdump","id":""},{"type":"qmigrate","id":"101"}])");
  EXPECT_THAT(sources.health(), Not(HasSubstr("GUEST_LOCKED")));
}

TEST(Health, NamesDisksThatBackupJobsLeaveOut) {
  OneNode sources;
  sources.answer("/cluster/backup", R"([{"id":"one","enabled":1},{"id":"two"},{"id":"off","enabled":0}])");
  sources.answer("/cluster/backup/one/included_volumes",
                 R"({"children":[{"id":200,"children":[{"id":"200:rootfs","included":1,"reason":"rootfs"},
                   {"id":"200:mp0","included":0,"reason":"disabled"},{"id":"200:mp1","included":0,"reason":"disabled"},
                   {"id":"200:mp2","included":0,"reason":"not a volume"}]},
                   {"id":100,"children":[{"id":"100:scsi0","included":0,"reason":"backup=no"}]}]})");
  sources.answer(
      "/cluster/backup/two/included_volumes",
      R"({"children":[{"id":200,"children":[{"id":"200:mp1","included":1,"reason":"enabled"}]}]})");
  const auto text = sources.health();
  EXPECT_THAT(
      text, HasSubstr(R"("code":"BACKUP_PARTIAL","count":2,"object":"100 without scsi0, 200 without mp0")"));
  EXPECT_THAT(text, HasSubstr(R"("code":"BIND_MOUNT","count":1,"object":"200 mp2")"));
  EXPECT_THAT(sources.asked, Not(testing::Contains("/cluster/backup/off/included_volumes")));
}

TEST(Health, WarnsOfFencingWithoutQuorum) {
  OneNode sources;
  sources.answer("/cluster/status", R"([{"type":"cluster","name":"c","quorate":0}])");
  sources.answer("/cluster/ha/status/current",
                 R"([{"type":"service","sid":"vm:100","state":"started","node":"a"},
                     {"type":"service","sid":"vm:101","state":"stopped","node":"b"}])");
  EXPECT_THAT(sources.health(), HasSubstr(R"("code":"HA_FENCING","count":1,"object":"a")"));
}

TEST(Health, CountsIgnoredFindingsAndDoesNotCallThemGood) {
  OneNode sources;
  sources.answer("/nodes/a/apt/update", R"([{"Package":"x"}])");
  sources.answer("/nodes/a/services",
                 R"([{"service":"chrony","unit-state":"enabled","active-state":"inactive"},
                     {"service":"pvestatd","unit-state":"enabled","active-state":"failed"}])");
  sources.ignored = {"UPDATES_PENDING", "SERVICE_DEAD:chrony*"};
  const auto text = sources.health();
  EXPECT_THAT(text, Not(HasSubstr("UPDATES_PENDING")));
  EXPECT_THAT(text, HasSubstr(R"x("count":1,"object":"pvestatd on a (failed)")x"));
  EXPECT_THAT(text, HasSubstr(R"("ignored":"2 findings, by PVE_IGNORE_FINDINGS")"));
  EXPECT_THAT(text, HasSubstr("locks, versions\""));
}

TEST(Health, SortsUniqueCodesBySeverity) {
  std::set<std::string_view> codes;
  for (const auto& kind : insight::kFindingKinds) EXPECT_TRUE(codes.insert(kind.code).second) << kind.code;
  EXPECT_TRUE(std::ranges::is_sorted(insight::kFindingKinds, {}, &insight::FindingKind::severity));
  for (const auto& kind : insight::kFindingKinds) {
    insight::Findings findings;
    findings.add(kind.code, "x");
    EXPECT_EQ(findings.rows().size(), 1U);
  }
}

}  // namespace
}  // namespace insight_test
