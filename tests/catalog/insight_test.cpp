// What the reports of `insight` conclude, from answers that are made up: also from incomplete, forbidden and
// senseless ones.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "base/text.h"
#include "catalog/insight.h"
#include "catalog/insight_address.h"
#include "catalog/insight_findings.h"
#include "catalog/insight_read.h"
#include "catalog/support.h"
#include "view/object.h"

namespace catalog_test {
namespace {

using testing::HasSubstr;
using testing::Not;

/// Answers by path, placeholders filled; "*" answers what nothing else does.
class FakeSources : public tool::Sources {
 public:
  static constexpr std::int64_t kNow = 1'800'000'000;

  FakeSources& answer(const std::string& path, std::string_view json) {
    answers[path] = base::parse_json(json).value();
    return *this;
  }
  FakeSources& refuse(const std::string& path, std::string sentence, bool forbidden = false) {
    refusals[path] = {std::move(sentence), forbidden, forbidden ? 403U : 595U};
    return *this;
  }

  std::vector<Got> get_within(const std::vector<tool::Read>& reads, std::chrono::seconds) override {
    std::vector<Got> got;
    for (const auto& read : reads) got.push_back(one(read));
    return got;
  }
  std::expected<pve::InventoryPtr, tool::Unseen> inventory() override {
    const auto data = one({"/cluster/resources"});
    if (!data) return std::unexpected(data.error());
    return std::make_shared<const pve::Inventory>(pve::inventory_of(*data).value_or(pve::Inventory{}));
  }
  /// By the names of the same list.
  std::expected<pve::Guest, std::string> guest(std::string_view text) override {
    const auto list = inventory();
    for (const auto& guest : list ? (*list)->guests : std::vector<pve::Guest>{}) {
      if (std::to_string(guest.vmid) == text || guest.name == text) return guest;
    }
    return std::unexpected("no guest is named " + std::string(text) + ".");
  }
  std::optional<tool::Unseen> thinned(const tool::Sight& sight) override {
    const auto lack = lacking.find(&sight);
    return lack == lacking.end() ? std::nullopt : std::optional(lack->second);
  }
  FakeSources& lack(const tool::Sight& sight, std::string sentence) {
    lacking[&sight] = {std::move(sentence), true, 0, {"pveum grant"}, "Beware."};
    return *this;
  }
  std::int64_t now() const override { return kNow; }
  std::span<const std::string> ignored_findings() const override { return ignored; }

  std::map<std::string, base::Json> answers;
  std::map<std::string, tool::Unseen> refusals;
  std::map<const tool::Sight*, tool::Unseen> lacking;
  std::vector<std::string> asked;
  std::vector<std::string> ignored;

 private:
  Got one(const tool::Read& read) {
    std::string path(read.path);
    for (const auto& argument : read.arguments) {
      const auto name = "{" + std::string(std::string_view(argument.key())) + "}";
      const auto* text = argument.value().if_string();
      const auto value =
          text == nullptr ? base::write_json(argument.value()) : std::string(std::string_view(*text));
      if (const auto at = path.find(name); at != std::string::npos) path.replace(at, name.size(), value);
    }
    if (path == "/cluster/nextid") path += "?" + base::write_json(read.arguments.at("vmid"));
    asked.push_back(path);
    for (const auto& key : {path, std::string("*")}) {
      if (const auto no = refusals.find(key); no != refusals.end()) return std::unexpected(no->second);
      if (const auto found = answers.find(key); found != answers.end()) return found->second;
    }
    return std::unexpected(tool::Unseen{"not found", false, 500});
  }
};

std::string told(const catalog::Reported& report) {
  return report ? base::write_json(base::Json(*report)) : "refused: " + report.error();
}

constexpr std::string_view kTwoNodes = R"(
  {"type":"node","node":"a","status":"online","maxmem":100000000000,"mem":10000000000},
  {"type":"node","node":"b","status":"online","maxmem":100000000000,"mem":90000000000},
  {"type":"storage","storage":"nfs","node":"a","status":"available","content":"images,backup","shared":1,"disk":1,"maxdisk":100},
  {"type":"storage","storage":"nfs","node":"b","status":"available","content":"images,backup","shared":1,"disk":1,"maxdisk":100},
  {"type":"storage","storage":"zfs","node":"a","status":"available","content":"images","shared":0,"disk":1,"maxdisk":50},
  {"type":"storage","storage":"zfs","node":"b","status":"available","content":"images","shared":0,"disk":1,"maxdisk":60},
  {"type":"qemu","vmid":100,"node":"a","name":"one","status":"running","maxmem":4000000000},
  {"type":"qemu","vmid":200,"node":"b","name":"two","status":"running","maxmem":8000000000})";

void fill(FakeSources& sources, std::string_view more) {
  sources.answer("/cluster/resources", fmt::format("[{}{}]", kTwoNodes, more));
  sources.answer("/nodes/a/qemu/100/config", R"({"scsi0":"nfs:100/vm-100-disk-0.qcow2,size=8G"})");
  sources.answer("/nodes/b/qemu/200/config", R"({"scsi0":"zfs:vm-200-disk-0,size=8G"})");
  sources.answer("/nodes/a/storage/nfs/content",
                 R"([{"volid":"nfs:100/vm-100-disk-0.qcow2","vmid":100,"content":"images","size":1000},
                     {"volid":"nfs:100/vm-100-disk-7.qcow2","vmid":100,"content":"images","size":2000},
                     {"volid":"nfs:300/vm-300-disk-0.raw","vmid":300,"content":"images","size":4000},
                     {"volid":"nfs:backup/vzdump-qemu-300-x.vma","vmid":300,"content":"backup","size":500}])");
  sources.answer("/nodes/a/storage/zfs/content", "[]");
  sources.answer("/nodes/b/storage/zfs/content",
                 R"([{"volid":"zfs:vm-200-disk-0","vmid":200,"content":"images","size":1000}])");
  sources.answer("/cluster/replication", "[]");
  sources.answer("/cluster/nextid?300", R"("300")");
}

struct TwoNodes : FakeSources {
  explicit TwoNodes(std::string_view more = "") { fill(*this, more); }
};

// --- orphans

TEST(Orphans, AreWhatNobodyNames) {
  TwoNodes sources;
  const auto text = told(catalog::find_orphans(sources, {}));
  EXPECT_THAT(text, HasSubstr("2 orphaned images (5.9 KiB), 0 unused disks, 1 orphaned backup (500 B)"));
  EXPECT_THAT(text, HasSubstr("vm-100-disk-7"));
  EXPECT_THAT(text, HasSubstr("vm-300-disk-0"));
  EXPECT_THAT(text, Not(HasSubstr("vm-100-disk-0")));
  EXPECT_THAT(text, Not(HasSubstr("vm-200-disk-0")));
  EXPECT_THAT(text, Not(HasSubstr("incomplete")));
  EXPECT_EQ(std::ranges::count(sources.asked, "/nodes/b/storage/nfs/content"), 0) << "a shared storage once";
}

TEST(Orphans, NothingOfAGuestThatCouldNotBeRead) {
  TwoNodes sources;
  sources.refuse("/nodes/a/qemu/100/config", "Permission check failed", true);
  const auto text = told(catalog::find_orphans(sources, {}));
  EXPECT_THAT(text, HasSubstr("incomplete: 0 orphaned images"));
  EXPECT_THAT(text, Not(HasSubstr("disk-7"))) << "the guest may use it";
  EXPECT_THAT(text, Not(HasSubstr("vm-300-disk-0"))) << "so may it use another's on a shared storage";
  EXPECT_THAT(text, HasSubstr("\"not_permitted\":\"100 (Permission check failed)\""));
}

TEST(Orphans, ANumberThatIsTakenHasAnOwnerThatIsNotSeen) {
  TwoNodes sources;
  sources.refuse("/cluster/nextid?300", "VM 300 already exists");
  const auto text = told(catalog::find_orphans(sources, {}));
  EXPECT_THAT(text, HasSubstr("0 orphaned backups"));
  EXPECT_THAT(text, Not(HasSubstr("vm-300-disk-0")));
  EXPECT_THAT(text, HasSubstr("guests that this token may not see"));
}

TEST(Orphans, ADiskThatOnlyASnapshotNamesIsNeeded) {
  TwoNodes sources;
  sources.answer("/nodes/a/qemu/100/config", R"({"scsi0":"nfs:100/vm-100-disk-0.qcow2","parent":"s"})");
  sources.answer("/nodes/a/qemu/100/snapshot", R"([{"name":"s","snaptime":1700000000},{"name":"current"}])");
  sources.answer("/nodes/a/qemu/100/snapshot/s/config", R"({"scsi1":"nfs:100/vm-100-disk-7.qcow2,size=1G"})");
  auto text = told(catalog::find_orphans(sources, {}));
  EXPECT_THAT(text, Not(HasSubstr("disk-7")));
  EXPECT_THAT(text, HasSubstr(R"("snapshot":"s")"));
  sources.refuse("/nodes/a/qemu/100/snapshot/s/config", "No route to host");
  text = told(catalog::find_orphans(sources, {}));
  EXPECT_THAT(text, Not(HasSubstr("disk-7"))) << "what could not be read may name it";
  EXPECT_THAT(text, HasSubstr("1 volume not judged"));
}

TEST(Orphans, ALockedGuestIsBeingChanged) {
  TwoNodes sources;
  sources.answer("/cluster/resources",
                 fmt::format("[{}]", std::string(kTwoNodes).replace(kTwoNodes.find("\"one\""), 5,
                                                                    R"("one","lock":"clone")")));
  EXPECT_THAT(told(catalog::find_orphans(sources, {})), Not(HasSubstr("disk-7")));
}

TEST(Orphans, ACopyOnAnotherNodeIsOneUnlessItIsReplicated) {
  TwoNodes sources;
  sources.answer("/nodes/a/storage/zfs/content",
                 R"([{"volid":"zfs:vm-200-disk-0","vmid":200,"content":"images","size":1000}])");
  EXPECT_THAT(told(catalog::find_orphans(sources, {})), HasSubstr("its guest is on b"));
  sources.answer("/cluster/replication", R"([{"guest":200,"target":"a"}])");
  EXPECT_THAT(told(catalog::find_orphans(sources, {})), Not(HasSubstr("its guest is on b")));
  sources.refuse("/cluster/replication", "no", true);
  EXPECT_THAT(told(catalog::find_orphans(sources, {})), Not(HasSubstr("its guest is on b")));
}

TEST(Orphans, TheSameDisksUnderASecondNameAreNone) {
  TwoNodes sources(
      R"(,{"type":"storage","storage":"nfs2","node":"a","status":"available","content":"images","shared":1,"disk":1,"maxdisk":100})");
  sources.answer("/nodes/a/storage/nfs2/content",
                 R"([{"volid":"nfs2:100/vm-100-disk-0.qcow2","vmid":100,"content":"images","size":1000}])");
  EXPECT_THAT(told(catalog::find_orphans(sources, {})), Not(HasSubstr("nfs2:")));
}

TEST(Orphans, AStorageThatCouldNotBeReadIsNamed) {
  TwoNodes sources;
  sources.refuse("/nodes/b/storage/zfs/content", "No route to host");
  const auto text = told(catalog::find_orphans(sources, {}));
  EXPECT_THAT(text, HasSubstr("storages not read: zfs on b"));
  EXPECT_THAT(text, HasSubstr("zfs on b (No route to host)"));
}

// --- health

TEST(Orphans, WhatTheTokenMayNotSeeMakesTheAnswerIncomplete) {
  TwoNodes sources;
  sources.lack(catalog::kSeesBackups, "the token has VM.Backup nowhere below /vms");
  auto text = told(catalog::find_orphans(sources, {}));
  EXPECT_THAT(text, HasSubstr("incomplete: 2 orphaned images"));
  EXPECT_THAT(text, HasSubstr("this token may not see all backups; there may be more"));
  EXPECT_THAT(text, HasSubstr("backups (the token has VM.Backup nowhere below /vms)"));
  EXPECT_THAT(text, HasSubstr("\"remedy\""));
  sources.lack(catalog::kSeesImages, "the token has VM.Config.Disk nowhere below /vms");
  EXPECT_THAT(told(catalog::find_orphans(sources, {})), HasSubstr("may not see all disk images, backups"));
  sources.lacking.clear();
  sources.lack(catalog::kSeesStorages, "the token has Datastore.Audit on a part of /storage");
  sources.answer("/nodes/a/qemu/100/config", R"({"scsi0":"hidden:100/vm-100-disk-7.qcow2,size=8G"})");
  EXPECT_THAT(told(catalog::find_orphans(sources, {})), Not(HasSubstr("nfs:100/vm-100-disk-7")))
      << "the storage that is not seen may be the same disks";
  sources.lacking.clear();
  sources.lack(catalog::kSeesGuests, "the token has VM.Audit on a part of /vms");
  text = told(catalog::find_orphans(sources, {}));
  EXPECT_THAT(text, HasSubstr("incomplete: 0 orphaned images")) << "a guest that is not seen may use them";
}

TEST(Health, StoragesAreJudgedOnceByTheirFill) {
  FakeSources sources;
  sources.answer("/cluster/resources", R"([
    {"type":"node","node":"a","status":"online"},{"type":"node","node":"b","status":"online"},
    {"type":"storage","storage":"nas","node":"a","status":"available","shared":1,"disk":96,"maxdisk":100},
    {"type":"storage","storage":"nas","node":"b","status":"available","shared":1,"disk":96,"maxdisk":100},
    {"type":"storage","storage":"lvm","node":"a","status":"available","shared":0,"disk":86,"maxdisk":100},
    {"type":"storage","storage":"ok","node":"a","status":"available","shared":0,"disk":85,"maxdisk":100}])");
  const auto text = told(catalog::cluster_health(sources, {}));
  EXPECT_THAT(text, HasSubstr(R"("code":"STORAGE_FULL","count":1,"object":"nas 96%")"));
  EXPECT_THAT(text, HasSubstr(R"("code":"STORAGE_FILLING","count":1,"object":"lvm on a 86%")"));
}

TEST(Health, ManyAreOneLine) {
  std::string guests;
  std::string bare;
  for (int vmid = 100; vmid < 600; ++vmid) {
    guests += fmt::format(R"(,{{"type":"qemu","vmid":{},"node":"a","status":"running"}})", vmid);
    bare += fmt::format(R"({}{{"vmid":{}}})", vmid == 100 ? "" : ",", vmid);
  }
  FakeSources sources;
  sources.answer("/cluster/resources", R"([{"type":"node","node":"a","status":"online"})" + guests + "]");
  sources.answer("/cluster/backup-info/not-backed-up", "[" + bare + "]");
  const auto text = told(catalog::cluster_health(sources, {}));
  EXPECT_THAT(text, HasSubstr(R"("count":500,"object":"100, 101, 102, 103, 104 and 495 more")"));
  EXPECT_LT(text.size(), 3000U);
}

TEST(Health, ABackupIsMissedOnlyWhereEveryPlaceWasRead) {
  TwoNodes sources;
  sources.answer(
      "/nodes/a/storage/nfs/content",
      fmt::format(R"([{{"vmid":100,"content":"backup","ctime":{}}}])", FakeSources::kNow - 86'400));
  EXPECT_THAT(told(catalog::cluster_health(sources, {})), HasSubstr(R"x("object":"200 (none)")x"));
  sources.refuse("/nodes/a/storage/nfs/content", "No route to host");
  const auto text = told(catalog::cluster_health(sources, {}));
  EXPECT_THAT(text, Not(HasSubstr("BACKUP_STALE")));
  EXPECT_THAT(text, HasSubstr("backups of 2 guests"));
}

TEST(Health, WhatIsForbiddenIsNamed) {
  TwoNodes sources;
  sources.refuse("/nodes/a/apt/update", "Permission check failed (/nodes/a, Sys.Modify)", true);
  EXPECT_THAT(
      told(catalog::cluster_health(sources, {})),
      HasSubstr(R"x("not_permitted":"updates of a (Permission check failed (/nodes/a, Sys.Modify))")x"));
}

TEST(Health, AListThinnedByRightsIsNotTheWholeList) {
  TwoNodes sources;
  sources.lack(catalog::kSeesBackups, "the token has VM.Backup nowhere below /vms");
  auto text = told(catalog::cluster_health(sources, {}));
  EXPECT_THAT(text, Not(HasSubstr("BACKUP_STALE"))) << "PVE answers with 200 and a shorter list";
  EXPECT_THAT(text, HasSubstr("not everything could be read"));
  EXPECT_THAT(text, HasSubstr("backups of 2 guests: this token may not see every backup"));
  EXPECT_THAT(text, HasSubstr("backups (the token has VM.Backup nowhere below /vms)"));
  EXPECT_THAT(text, HasSubstr(R"("remedy":"On a node as root: pveum grant. Beware.)"));
  EXPECT_THAT(text, HasSubstr("Beware."));

  // Not one storage is seen: no reason to think that each was read.
  sources.answer("/cluster/resources",
                 R"([{"type":"node","node":"a","status":"online"},
                     {"type":"qemu","vmid":100,"node":"a","name":"one","status":"running"}])");
  text = told(catalog::cluster_health(sources, {}));
  EXPECT_THAT(text, Not(HasSubstr("BACKUP_STALE")));
  EXPECT_THAT(text, HasSubstr("backups of 1 guest: "));
  sources.lacking.clear();
  text = told(catalog::cluster_health(sources, {}));
  EXPECT_THAT(text, HasSubstr("BACKUP_STALE")) << "who sees all sees that there is none";
}

TEST(Health, ABackupThatIsSeenIsOneWhateverTheRights) {
  TwoNodes sources;
  sources.lack(catalog::kSeesBackups, "the token has VM.Backup on a part of /vms");
  sources.answer("/nodes/a/storage/nfs/content",
                 fmt::format(R"([{{"vmid":100,"content":"backup","ctime":{}}}])", FakeSources::kNow - 60));
  EXPECT_THAT(told(catalog::cluster_health(sources, {})), HasSubstr("backups of 1 guest: "));
}

TEST(Overview, BackupsThatTheTokenMayNotSeeAreNotNone) {
  TwoNodes sources;
  const base::JsonObject guest{{"guest", "100"}};
  sources.answer("/nodes/a/storage/nfs/content", "[]");
  EXPECT_THAT(told(catalog::guest_overview(sources, guest)), HasSubstr(R"("backups":"none found")"));
  sources.lack(catalog::kSeesBackups, "the token has VM.Backup nowhere below /vms");
  const auto text = told(catalog::guest_overview(sources, guest));
  EXPECT_THAT(text, HasSubstr(R"("backups":"not visible to this token")"));
  EXPECT_THAT(text, HasSubstr("backups (the token has VM.Backup nowhere below /vms)"));
  EXPECT_THAT(text, HasSubstr("\"remedy\""));
  sources.answer("/nodes/a/storage/nfs/content",
                 R"([{"vmid":100,"content":"backup","ctime":5,"volid":"nfs:b"}])");
  EXPECT_THAT(told(catalog::guest_overview(sources, guest)), HasSubstr("nfs:b")) << "what is seen is shown";
}

// Guest 100 was stopped a moment ago: the list of the cluster says "running" for up to ten seconds more.
TEST(Overview, ShowsTheGuestAsItIsNow) {
  TwoNodes sources;
  sources.answer(
      "/nodes/a/qemu/100/status/current",
      R"({"status":"stopped","qmpstatus":"stopped","cpus":1,"maxmem":1073741824,"ha":{"managed":0}})");
  sources.answer("/nodes/a/qemu/100/config", R"({"agent":"1","tags":"new","description":"a\nb"})");
  const auto stopped = told(catalog::guest_overview(sources, {{"vmid", "one"}}));
  EXPECT_THAT(stopped, HasSubstr(R"("status":"stopped")"));
  EXPECT_THAT(stopped, HasSubstr(R"("size":"1 core, 1.0 GiB memory")"));
  EXPECT_THAT(stopped, HasSubstr(R"("tags":"new")"));
  EXPECT_THAT(stopped, HasSubstr(R"("description":"a\nb")"));
  EXPECT_THAT(stopped, Not(HasSubstr("addresses"))) << "nobody asks the agent of what does not run";
  sources.answer(
      "/nodes/a/qemu/100/status/current",
      R"({"status":"running","qmpstatus":"paused","cpus":4,"cpu":0.5,"mem":1073741824,"maxmem":4294967296})");
  sources.answer("/nodes/a/qemu/100/agent/network-get-interfaces",
                 R"({"result":[{"name":"eth0","ip-addresses":[{"ip-address":"192.0.2.7"}]}]})");
  const auto paused = told(catalog::guest_overview(sources, {{"guest", "100"}}));
  EXPECT_THAT(paused, HasSubstr(R"_("status":"running (paused)")_"));
  EXPECT_THAT(paused, HasSubstr(R"("use":"50% of 4 cores, 1.0 GiB of 4.0 GiB memory")"));
  EXPECT_THAT(paused, HasSubstr("192.0.2.7 (eth0)"));
}

TEST(Overview, OfATaskThatFailedTheLogCanBeRead) {
  TwoNodes sources;
  sources.answer(
      "/nodes/a/tasks",
      R"([{"upid":"UPID:a:1","type":"qmstart","user":"root@pam","tokenid":"mcp","starttime":10,)"
      R"("endtime":50,"status":"bridge 'vmbr9' does not exist"},)"
      R"({"upid":"UPID:a:2","type":"qmstop","user":"root@pam!mcp","starttime":5,"endtime":6,"status":"OK"}])");
  const auto text = told(catalog::guest_overview(sources, {{"vmid", "100"}}));
  EXPECT_THAT(text, HasSubstr(R"({"starttime":10,"type":"qmstart","user":"root@pam!mcp","duration":40,)"
                              R"("result":"bridge 'vmbr9' does not exist","upid":"UPID:a:1"})"));
  EXPECT_THAT(text, HasSubstr(R"("type":"qmstop","user":"root@pam!mcp","duration":1,"result":"OK"})"));
}

TEST(FindGuest, OfAPartOrANetworkTheGuestsThemselvesAreAsked) {
  for (const auto* query : {"192.0.2", "192.0.2.0/24"}) {
    TwoNodes sources;
    sources.answer("/nodes/a/qemu/100/config", R"({"ipconfig0":"ip=192.0.2.9/24"})");
    sources.answer("/nodes/b/qemu/200/config", R"({"agent":"1"})");
    sources.answer("/nodes/b/qemu/200/agent/network-get-interfaces",
                   R"({"result":[{"name":"eth0","ip-addresses":[{"ip-address":"192.0.2.7"}]}]})");
    const auto text = told(catalog::find_guest(sources, {{"query", query}}));
    EXPECT_THAT(text, HasSubstr("2 of 2 guests by ")) << query;
    EXPECT_THAT(text, HasSubstr("configurations, then 1 running guest for the addresses in use"));
  }
  TwoNodes sources;
  EXPECT_THAT(told(catalog::find_guest(sources, {{"query", "192.0.2.0/40"}})),
              HasSubstr("a network ends in its prefix length, /0 to /32"));
}

TEST(WhoDid, TasksAndLogThatTheTokenMayNotSeeAreNamed) {
  TwoNodes sources;
  sources.answer("/cluster/log", "[]").answer("/nodes/a/tasks", "[]").answer("/nodes/b/tasks", "[]");
  EXPECT_THAT(told(catalog::who_did(sources, {})), Not(HasSubstr("not_permitted")));
  sources.lack(catalog::kSeesNodes, "the token has Sys.Audit nowhere below /nodes");
  sources.lack(catalog::kSeesLog, "the token has Sys.Syslog nowhere below /");
  const auto text = told(catalog::who_did(sources, {}));
  EXPECT_THAT(text, HasSubstr("tasks of others (the token has Sys.Audit nowhere below /nodes)"));
  EXPECT_THAT(text, HasSubstr("cluster log of others (the token has Sys.Syslog nowhere below /)"));
}

TEST(FindGuest, GuestsThatTheTokenMayNotSeeAreNamed) {
  for (const auto* query : {"one", "10.0.0.1"}) {
    TwoNodes sources;
    sources.lack(catalog::kSeesGuests, "the token has VM.Audit on a part of /vms");
    EXPECT_THAT(told(catalog::find_guest(sources, {{"query", query}})),
                HasSubstr("guests (the token has VM.Audit on a part of /vms)"));
    EXPECT_THAT(told(catalog::top_consumers(sources, {})),
                HasSubstr("guests (the token has VM.Audit on a part of /vms)"));
  }
}

TEST(Health, ManyRefusalsDoNotCutOffWhatWasLeftOutInSilence) {
  FakeSources sources;
  std::string nodes;
  for (int i = 0; i < 30; ++i) {
    nodes += fmt::format(R"({}{{"type":"node","node":"n{}","status":"online"}})", i == 0 ? "" : ",", i);
    sources.refuse(fmt::format("/nodes/n{}/apt/update", i),
                   fmt::format("Permission check failed (/nodes/n{}, Sys.Modify)", i), true);
  }
  sources.answer("/cluster/resources", "[" + nodes + "]");
  sources.lack(catalog::kSeesBackups, "the token has VM.Backup nowhere below /vms");
  EXPECT_THAT(
      told(catalog::cluster_health(sources, {})),
      HasSubstr(R"("not_permitted":"backups (the token has VM.Backup nowhere below /vms); updates of n0)"));
}

/// One node "a" that answers everything with nothing to say.
struct OneNode : FakeSources {
  explicit OneNode(std::string_view more = "") {
    answer("*", "[]");
    answer("/nodes/a/version", R"({"version":"9.2.11"})");
    answer("/cluster/resources", fmt::format(R"([{{"type":"node","node":"a","status":"online"}}{}])", more));
  }
  std::string health() { return told(catalog::cluster_health(*this, {})); }
};

TEST(Health, WhatIsGoodIsNamedInOneLine) {
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

TEST(Health, ANodeThatDoesNotAnswerIsTheFirstFindingAndNotCalledDown) {
  for (const unsigned status : {0U, 595U, 596U}) {
    OneNode sources(R"(,{"type":"qemu","vmid":100,"node":"a","status":"running"})");
    sources.refusals["/nodes/a/version"] = {"no answer in time", false, status};
    sources.answer("/cluster/status",
                   R"([{"type":"cluster","name":"c","quorate":0},{"type":"node","name":"a","online":1}])");
    const auto text = sources.health();
    EXPECT_THAT(text, HasSubstr("first: NODE_SILENT a (1 guest)"));
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

TEST(Health, ANodeIsDownWhenTheClusterSaysSo) {
  OneNode sources(R"(,{"type":"node","node":"b","status":"unknown"})");
  sources.answer("/nodes/b/version", R"({"version":"9.2.11"})");
  sources.answer("/cluster/status",
                 R"([{"type":"node","name":"a","online":1},{"type":"node","name":"b","online":0}])");
  EXPECT_THAT(sources.health(), HasSubstr("first: NODE_OFFLINE b (0 guests)"));
  EXPECT_THAT(sources.asked, Not(testing::Contains("/nodes/b/version")));
  sources.answer("/cluster/status",
                 R"([{"type":"node","name":"a","online":1},{"type":"node","name":"b","online":1}])");
  EXPECT_THAT(sources.health(), Not(HasSubstr("NODE_OFFLINE"))) << "it answers";
}

/// What a single answer of the node "a" makes of the report.
struct Told {
  std::string_view path, answer, expected;
};

TEST(Health, SaysWhatANodeSays) {
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

TEST(Health, ThinPoolsAreJudgedByDataAndMetadata) {
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

TEST(Health, VersionsAndKernelsThatDifferAreNamed) {
  OneNode sources(R"(,{"type":"node","node":"b","status":"online"})");
  sources.answer("/nodes/b/version", R"({"version":"9.1.2"})");
  sources.answer("/nodes/a/status", R"({"current-kernel":{"release":"6.17.2-1-pve"}})");
  sources.answer("/nodes/b/status", R"({"current-kernel":{"release":"6.14.8-2-pve"}})");
  const auto text = sources.health();
  EXPECT_THAT(text, HasSubstr(R"("code":"VERSIONS_MIXED","count":2,"object":"9.1.2 on b, 9.2.11 on a")"));
  EXPECT_THAT(
      text, HasSubstr(R"("code":"KERNELS_MIXED","count":2,"object":"6.14.8-2-pve on b, 6.17.2-1-pve on a")"));
}

TEST(Health, AGuestThatQemuHasStoppedIsFoundByItsLiveState) {
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

TEST(Health, ALockIsNoFindingWhileATaskOfTheGuestRuns) {
  constexpr std::string_view kGuests =
      R"(,{"type":"qemu","vmid":100,"node":"a","status":"running","lock":"backup"}
         ,{"type":"qemu","vmid":101,"node":"a","status":"running","lock":"migrate"})";
  OneNode sources(kGuests);
  EXPECT_THAT(sources.health(), HasSubstr(R"x("object":"100 (backup), 101 (migrate)")x"));
  // A backup of several guests names none of them.
  sources.answer("/nodes/a/tasks", R"([{"type":"vzdump","id":""}])");
  EXPECT_THAT(sources.health(), HasSubstr(R"x("code":"GUEST_LOCKED","count":1,"object":"101 (migrate)")x"));
  sources.answer("/nodes/a/tasks", R"([{"type":"vzdump","id":""},{"type":"qmigrate","id":"101"}])");
  EXPECT_THAT(sources.health(), Not(HasSubstr("GUEST_LOCKED")));
}

TEST(Health, WhatJobsLeaveOutOfAGuestIsNamed) {
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

TEST(Health, WithoutQuorumNodesWithHaGuestsAreFenced) {
  OneNode sources;
  sources.answer("/cluster/status", R"([{"type":"cluster","name":"c","quorate":0}])");
  sources.answer("/cluster/ha/status/current",
                 R"([{"type":"service","sid":"vm:100","state":"started","node":"a"},
                     {"type":"service","sid":"vm:101","state":"stopped","node":"b"}])");
  EXPECT_THAT(sources.health(), HasSubstr(R"("code":"HA_FENCING","count":1,"object":"a")"));
}

TEST(Health, IgnoredFindingsAreCountedAndNotCalledGood) {
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

TEST(Health, CodesAreUniqueAndSortedBySeverity) {
  std::set<std::string_view> codes;
  for (const auto& kind : catalog::kFindingKinds) EXPECT_TRUE(codes.insert(kind.code).second) << kind.code;
  EXPECT_TRUE(std::ranges::is_sorted(catalog::kFindingKinds, {}, &catalog::FindingKind::severity));
  for (const auto& kind : catalog::kFindingKinds) {
    catalog::Findings findings;
    findings.add(kind.code, "x");
    EXPECT_EQ(findings.rows().size(), 1U);
  }
}

// --- the loss of a node

struct WithHa : TwoNodes {
  WithHa() : TwoNodes(R"(,{"type":"node","node":"c","status":"online","maxmem":9000000000,"mem":0})") {
    answer("/cluster/status",
           R"([{"type":"node","name":"a","online":1},{"type":"node","name":"b","online":1},
                                        {"type":"node","name":"c","online":1}])");
    answer("/cluster/ha/resources", R"([{"sid":"vm:100","state":"started"}])");
    answer("/cluster/ha/rules", "[]");
  }
};

TEST(NodeLoss, HaRestartsWhereTheMostMemoryIsFree) {
  WithHa sources;
  const auto text = told(catalog::node_loss_impact(sources, {{"node", "a"}}));
  EXPECT_THAT(text, HasSubstr("0 guests would go down, 1 would restart elsewhere"));
  EXPECT_THAT(text, HasSubstr(R"("after":"restarts, fits on b")"));
  EXPECT_THAT(text, HasSubstr("2 of 3 votes left, 2 needed: kept"));
}

TEST(NodeLoss, AStrictRuleLeavesOnlyItsNodes) {
  WithHa sources;
  sources.answer("/cluster/ha/rules",
                 R"([{"type":"node-affinity","strict":1,"nodes":"a:2,c:1","resources":"vm:100,ct:7"}])");
  EXPECT_THAT(told(catalog::node_loss_impact(sources, {{"node", "a"}})), HasSubstr("restarts, fits on c"));
  sources.answer("/cluster/ha/rules",
                 R"([{"type":"node-affinity","strict":1,"nodes":"a","resources":"vm:100"}])");
  EXPECT_THAT(told(catalog::node_loss_impact(sources, {{"node", "a"}})), HasSubstr("no node left"));
}

TEST(NodeLoss, ADiskOnTheNodeKeepsItDownUnlessItIsReplicated) {
  WithHa sources;
  sources.answer("/nodes/a/qemu/100/config", R"({"scsi0":"zfs:vm-100-disk-0"})");
  EXPECT_THAT(told(catalog::node_loss_impact(sources, {{"node", "a"}})),
              HasSubstr("HA cannot start it elsewhere"));
  sources.answer("/cluster/replication", R"([{"guest":100,"target":"c"}])");
  EXPECT_THAT(told(catalog::node_loss_impact(sources, {{"node", "a"}})), HasSubstr("restarts, fits on c"));
  sources.refuse("/nodes/a/qemu/100/config", "no", true);
  EXPECT_THAT(told(catalog::node_loss_impact(sources, {{"node", "a"}})), HasSubstr("configuration not read"));
}

TEST(NodeLoss, WithoutQuorumOrMemoryNothingRestarts) {
  WithHa sources;
  sources.answer("/cluster/config/nodes", R"([{"node":"a","quorum_votes":"3"},{"node":"b"},{"node":"c"}])");
  EXPECT_THAT(told(catalog::node_loss_impact(sources, {{"node", "a"}})),
              HasSubstr("2 of 5 votes left, 3 needed: LOST"));
  EXPECT_THAT(told(catalog::node_loss_impact(sources, {{"node", "a"}})),
              HasSubstr("HA cannot act without quorum"));
  WithHa full;
  full.answer("/cluster/ha/resources", R"([{"sid":"vm:200"}])");
  full.answer("/nodes/b/qemu/200/config", R"({"scsi0":"nfs:200/x"})");
  full.answer("/cluster/ha/rules",
              R"([{"type":"node-affinity","strict":1,"nodes":"c","resources":"vm:200,vm:201"}])");
  EXPECT_THAT(told(catalog::node_loss_impact(full, {{"node", "b"}})), HasSubstr("restarts, fits on c"));
  full.answer(
      "/cluster/resources",
      fmt::format(R"([{},{{"type":"node","node":"c","status":"online","maxmem":7000000000}}])", kTwoNodes));
  EXPECT_THAT(told(catalog::node_loss_impact(full, {{"node", "b"}})),
              HasSubstr("1 of those that restart do not fit into the memory left"));
}

TEST(NodeLoss, MemoryThatIsNotToldIsNotNone) {
  WithHa sources;
  sources.lack(catalog::kSeesNodes, "the token has Sys.Audit nowhere below /nodes");
  sources.answer(
      "/cluster/resources",
      R"([{"type":"node","node":"a","status":"online"},{"type":"node","node":"b","status":"online"},
                     {"type":"node","node":"c","status":"online"},
                     {"type":"qemu","vmid":100,"node":"a","status":"running","maxmem":4000000000},
                     {"type":"qemu","vmid":101,"node":"a","status":"running","maxmem":4000000000}])");
  const auto text = told(catalog::node_loss_impact(sources, {{"node", "a"}}));
  EXPECT_THAT(text, HasSubstr("1 guest would go down, 1 would restart elsewhere"));
  EXPECT_THAT(text, HasSubstr("memory of b, c is not visible to this token"));
  EXPECT_THAT(text, HasSubstr("restarts, memory of b not known"));
  EXPECT_THAT(text, Not(HasSubstr("0 B")));
  EXPECT_THAT(text, Not(HasSubstr("MORE THAN IS LEFT")));
  EXPECT_THAT(text, Not(HasSubstr("do not fit")));
}

TEST(NodeLoss, AStorageThatIsNotSeenMayBeTheNodesOwn) {
  WithHa sources;
  sources.answer("/nodes/a/qemu/100/config", R"({"scsi0":"hidden:vm-100-disk-0"})");
  sources.lack(catalog::kSeesStorages, "the token has Datastore.Audit on a part of /storage");
  const auto text = told(catalog::node_loss_impact(sources, {{"node", "a"}}));
  EXPECT_THAT(text, HasSubstr("0 would restart elsewhere"));
  EXPECT_THAT(text, HasSubstr("1 cannot be told"));
  EXPECT_THAT(text, HasSubstr("whether a disk is on the node: hidden:vm-100-disk-0"));
}

TEST(NodeLoss, WithoutHasAnswerNobodyCanTell) {
  WithHa sources;
  sources.refuse("/cluster/ha/resources", "Permission check failed (/, Sys.Audit)", true);
  auto text = told(catalog::node_loss_impact(sources, {{"node", "a"}}));
  EXPECT_THAT(text, HasSubstr("what becomes of 1 guest cannot be told: HA could not be read; 0 off"));
  EXPECT_THAT(text,
              HasSubstr("memory free before HA's restarts: b 9.3 GiB, c 8.4 GiB; those of which it cannot"));
  EXPECT_THAT(text, HasSubstr(R"("reason":"HA could not be read")"));
  EXPECT_THAT(text, Not(HasSubstr("go down")));
  sources.answer("/cluster/config/nodes", R"([{"node":"a","quorum_votes":"3"},{"node":"b"},{"node":"c"}])");
  text = told(catalog::node_loss_impact(sources, {{"node", "a"}}));
  EXPECT_THAT(text, HasSubstr("1 guest would go down")) << "without quorum HA does nothing anyway";
}

TEST(NodeLoss, AQuorumDeviceVotes) {
  WithHa sources;
  sources.answer("/cluster/status",
                 R"([{"type":"node","name":"a","online":1},{"type":"node","name":"b","online":1}])");
  EXPECT_THAT(told(catalog::node_loss_impact(sources, {{"node", "a"}})),
              HasSubstr("1 of 2 votes left, 2 needed: LOST"));
  sources.answer("/cluster/config/qdevice", R"({"State":"Connected","Algorithm":"Fifty-Fifty split"})");
  EXPECT_THAT(told(catalog::node_loss_impact(sources, {{"node", "a"}})),
              HasSubstr("2 of 3 votes left, 2 needed: kept"));
  sources.answer("/cluster/config/qdevice", R"({"State":"Disconnected","Algorithm":"Fifty-Fifty split"})");
  EXPECT_THAT(told(catalog::node_loss_impact(sources, {{"node", "a"}})),
              HasSubstr("1 of 3 votes left, 2 needed: LOST"));
}

// --- addresses

TEST(Addresses, WhatLooksLikeOne) {
  using Kind = catalog::Wanted::Kind;
  const auto is = [](std::string_view query, Kind kind, std::string_view text, bool whole) {
    const auto read = catalog::wanted_address(query);
    ASSERT_TRUE(read && *read) << query;
    const auto& wanted = *read;
    EXPECT_EQ(wanted->kind, kind) << query;
    EXPECT_EQ(wanted->text, text);
    EXPECT_EQ(wanted->whole, whole) << query;
  };
  is("bc-24-11-00-00-64", Kind::Mac, "BC:24:11:00:00:64", true);
  is("bc:24:11", Kind::Mac, "BC:24:11", false);
  is("BC:24:11:0", Kind::Mac, "BC:24:11:0", false);
  is("192.0.2.7", Kind::Ip, "192.0.2.7", true);
  is("192.0.2.7/24", Kind::Ip, "192.0.2.7", true);  // the network that it is in
  is("192.0.2.*", Kind::Ip, "192.0.2.", false);
  is("2001:DB8:0::7", Kind::Ip, "2001:db8::7", true);
  for (const auto* name : {"web01", "100", "a.b", "1.2.3.4.5", "", "*", "v1.2", "dead", "be:ef"})
    EXPECT_FALSE(*catalog::wanted_address(name)) << name;
  EXPECT_FALSE(catalog::wanted_address("192.0.2.0/33"));
  EXPECT_FALSE(catalog::wanted_address("2001:db8::/x"));
}

TEST(Addresses, APartAndANetworkFit) {
  const auto fits = [](std::string_view query, std::string address) {
    const auto wanted = *catalog::wanted_address(query);
    return wanted->first({{"net0", std::move(address)}}) != nullptr;
  };
  EXPECT_TRUE(fits("10.10.10", "10.10.10.248"));
  EXPECT_TRUE(fits("10.248", "10.10.10.248"));
  EXPECT_TRUE(fits(".248", "10.10.10.248"));
  EXPECT_FALSE(fits("0.248", "10.10.10.248"));
  EXPECT_TRUE(fits("10.10.10.0/24", "10.10.10.248"));
  EXPECT_TRUE(fits("10.10.8.0/21", "10.10.10.248"));
  EXPECT_FALSE(fits("10.10.10.0/25", "10.10.10.248"));
  EXPECT_TRUE(fits("0.0.0.0/0", "10.10.10.248"));
  EXPECT_FALSE(fits("0.0.0.0/0", "2001:db8::7"));
  EXPECT_TRUE(fits("2001:db8::/32", "2001:db8::7"));
  EXPECT_TRUE(fits("2001:DB8:", "2001:db8::7"));
}

TEST(Addresses, AreFoundInConfigurationsAndAnswers) {
  const auto config = base::parse_json(
      R"({"net0":"virtio=bc:24:11:00:00:64,bridge=vmbr0","ipconfig0":"ip=192.0.2.7/24,gw=192.0.2.1",
          "net1":"name=eth1,hwaddr=BC:24:11:00:00:65,ip=dhcp,ip6=auto","network":"ip=192.0.2.9","net2":7})");
  std::vector<std::string> texts;
  for (const auto& address : catalog::addresses_in(config->as_object())) texts.push_back(address.text);
  EXPECT_THAT(texts, testing::UnorderedElementsAre("BC:24:11:00:00:64", "192.0.2.7", "BC:24:11:00:00:65"));
  const auto reported = base::parse_json(
      R"({"result":[{"name":"lo","ip-addresses":[{"ip-address":"127.0.0.1"}]},
                    {"name":"x","ip-addresses":[{"ip-address":"192.0.2.8"},{"ip-address":"fe80::1"},{"ip-address":[]}]}]})");
  const auto addresses = catalog::addresses_reported(*reported);
  ASSERT_EQ(addresses.size(), 1U);
  EXPECT_EQ(addresses[0].text, "192.0.2.8");
}

TEST(Patterns, StarsStandForAnything) {
  EXPECT_TRUE(catalog::fits("web*", "WEB01"));
  EXPECT_TRUE(catalog::fits("*a*b?", "xxaxxabc"));
  EXPECT_FALSE(catalog::fits("web?", "web"));
  EXPECT_TRUE(catalog::fits("", ""));
  EXPECT_TRUE(catalog::fits("**", ""));
  EXPECT_FALSE(catalog::fits(std::string(60, '*') + "x", std::string(20'000, 'a'))) << "and in linear time";
}

// --- answers without sense

using Run = catalog::Reported (*)(tool::Sources&, const base::JsonObject&);

struct Case {
  Run run;
  base::JsonObject arguments;
};

std::vector<Case> all_reports() {
  return {{catalog::find_guest, {{"query", "192.0.2.7"}}},
          {catalog::find_guest, {{"query", "*"}}},
          {catalog::cluster_health, {}},
          {catalog::top_consumers, {{"by", "network"}, {"window", "hour"}}},
          {catalog::who_did, {{"guest", "100"}}},
          {catalog::guest_overview, {{"guest", "100"}}},
          {catalog::node_loss_impact, {{"node", "a"}}},
          {catalog::find_orphans, {}}};
}

constexpr std::string_view kKeys =
    "type vmid node name status tags lock storage content shared disk maxdisk mem maxmem cpu maxcpu uptime "
    "volid size "
    "ctime snaptime notafter filename active fail_count id upid user starttime endtime msg time pri sid "
    "state crm_state "
    "quorate online quorum_votes guest target strict nodes resources key pending result ip-addresses "
    "ip-address inet "
    "snapshot scsi0 net0 agent parent description hastate digest netin netout";

TEST(Reports, SurviveEveryTypeOfEveryMember) {
  for (const auto* value :
       {"null", "true", "-1", "1e300", "1e999", "18446744073709551615", "\"\"", "\"x\\u0000\\u001b[2J|\"",
        "[]", "{}", "[[null]]", R"({"a":{"b":[1]}})", "\"100\"", "100", "\"nan\""}) {
    std::string row = "{";
    for (const auto key : base::split(kKeys, ' '))
      row += fmt::format(R"({}"{}":{})", row.size() > 1 ? "," : "", key, value);
    row += "}";
    for (const auto& answer : {row, "[" + row + "," + row + ",null,7,[]]", std::string(value)}) {
      FakeSources sources;
      if (const auto parsed = base::parse_json(answer); !parsed) continue;
      sources.answer("*", answer);
      sources.answer("/cluster/resources", fmt::format("[{},{}]", kTwoNodes, row));
      for (const auto& report : all_reports()) EXPECT_TRUE(report.run(sources, report.arguments)) << answer;
      sources.answer("/cluster/resources", answer);
      for (const auto& report : all_reports()) report.run(sources, report.arguments);
    }
  }
}

TEST(Reports, SurviveThatNothingButTheListAnswers) {
  FakeSources sources;
  sources.answer("/cluster/resources", fmt::format("[{}]", kTwoNodes));
  sources.refuse("*", "Permission check failed", true);
  for (const auto& report : all_reports()) {
    const auto got = report.run(sources, report.arguments);
    ASSERT_TRUE(got);
    if (sources.asked.size() > 1 && got->contains("matches")) continue;
    sources.asked.clear();
  }
  EXPECT_THAT(told(catalog::cluster_health(sources, {})), HasSubstr("not_permitted"));
  sources.refuse("/cluster/resources", "broken", false);
  for (const auto& report : all_reports())
    EXPECT_THAT(told(report.run(sources, report.arguments)), HasSubstr("refused: The list of nodes"));
}

/// Everything long, hostile and many at once.
void fill_to_the_brim(FakeSources& sources) {
  const std::string name = std::string(400, '|') + "\\u0000\\u001b[2J";
  std::string all;
  for (int i = 0; i < 40; ++i) {
    all += fmt::format(R"({}{{"type":"node","node":"n{}{}","status":"{}"}})", i == 0 ? "" : ",", i, name,
                       i % 2 == 0 ? "online" : name);
    all += fmt::format(
        R"(,{{"type":"storage","storage":"s{1}","node":"n{0}{1}","status":"available","content":"images,backup","disk":99,"maxdisk":100}})",
        i, name);
  }
  for (int vmid = 100; vmid < 700; ++vmid)
    all += fmt::format(
        R"(,{{"type":"qemu","vmid":{},"node":"n{}{}","name":"{}","tags":"{}","status":"running","lock":"{}"}})",
        vmid, vmid % 4, name, name, name, name);
  sources.answer("/cluster/resources", "[" + all + "]");
  std::string rows;
  for (int i = 0; i < 100; ++i)
    rows += fmt::format(
        R"({0}{{"vmid":{1},"volid":"s:{2}/vm-{1}-disk","content":"images","size":1e12,"ctime":5,"upid":"{1}","type":"{2}","id":"{2}","user":"{2}",
           "node":"{2}","status":"{2}","starttime":1799999999,"endtime":1799999999,"msg":"{2}","time":1799999999,"name":"{2}","snaptime":7,
           "key":"{2}","pending":"{2}","filename":"{2}","notafter":9,"active":0,"storage":"{2}","fail_count":3}})",
        i == 0 ? "" : ",", 100 + i, name);
  sources.answer("*", "[" + rows + "]");
}

TEST(Reports, FitWholeHoweverLongEverythingIs) {
  FakeSources sources;
  fill_to_the_brim(sources);
  for (const auto* sight : {&catalog::kSeesGuests, &catalog::kSeesStorages, &catalog::kSeesBackups,
                            &catalog::kSeesImages, &catalog::kSeesNodes, &catalog::kSeesLog})
    sources.lacking[sight] = {std::string(500, 'x'), true, 0, {std::string(400, 'y')}, "Beware."};
  for (const auto& report : all_reports()) {
    const auto got = report.run(sources, report.arguments);
    if (!got) continue;
    const auto text = view::show_object({.ordered = true}, *got, 6000);
    EXPECT_THAT(text, Not(HasSubstr("do not fit"))) << text.size();
    EXPECT_LE(text.size(), 6000U);
    EXPECT_TRUE(std::ranges::none_of(text, [](char c) { return c >= 0 && c < ' ' && c != '\n'; }));
  }
}

TEST(Reports, NamesOfPveAreNeverKeys) {
  TwoNodes sources(R"(,{"type":"node","node":"evil\n## key","status":"offline\u001b[2J"})");
  for (const auto& report : all_reports()) {
    const auto got = report.run(sources, report.arguments);
    ASSERT_TRUE(got);
    for (const auto& member : *got)
      EXPECT_EQ(std::string_view(member.key()).find("evil"), std::string_view::npos);
    EXPECT_EQ(told(got).find("\\u001b"), std::string::npos) << told(got);
  }
}

}  // namespace
}  // namespace catalog_test
