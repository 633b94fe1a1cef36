#include <algorithm>

#include "simulator/backup/backup_schedule.h"
#include "simulator/refusals.h"
#include "simulator/shape.h"

namespace simulator {
namespace {

using enum base::Method;

constexpr const char* kJobs = "/cluster/backup";
constexpr const char* kRun = "/nodes/pve1/vzdump";

bool has_line(const std::vector<std::string>& log, std::string_view part) {
  return std::ranges::any_of(log, [part](const auto& line) { return line.find(part) != std::string::npos; });
}

std::vector<std::string> backups_of(Demo& demo, std::string_view storage, unsigned vmid) {
  std::vector<std::string> out;
  const auto got = demo.get("/nodes/pve1/storage/" + std::string(storage) + "/content",
                            {{"content", "backup"}, {"vmid", std::to_string(vmid)}});
  for (const auto& row : got.data().as_array()) out.emplace_back(row.at("volid").as_string());
  return out;
}

TEST(SimulatedBackup, JobsAreCreatedListedChangedAndRemoved) {
  Demo demo;
  ASSERT_TRUE(demo.post(kJobs, {{"schedule", "sat 02:00"},
                                {"storage", "local"},
                                {"vmid", "100,102"},
                                {"comment", "mine"},
                                {"prune-backups", "keep-last=3"}})
                  .data()
                  .is_null());
  const auto list = demo.get(kJobs);
  const auto* job = row_with(list.data(), "comment", "mine");
  ASSERT_NE(job, nullptr) << list.text;
  EXPECT_EQ(job->at("enabled"), 1);
  EXPECT_EQ(job->at("prune-backups").at("keep-last"), "3");
  EXPECT_GT(job->at("next-run").to_number<std::int64_t>(), 1'780'000'000);
  const std::string id(job->at("id").as_string());
  EXPECT_EQ(id.size(), 36U);
  const auto path = std::string(kJobs) + "/" + id;
  EXPECT_FALSE(demo.get(path).data().as_object().contains("next-run"));
  EXPECT_EQ(demo.put(path, {{"all", "1"}, {"enabled", "0"}, {"delete", "comment"}}).status, 200U);
  const auto changed = demo.get(path).data().as_object();
  EXPECT_EQ(changed.at("all"), 1);
  EXPECT_EQ(changed.at("enabled"), 0);
  EXPECT_FALSE(changed.contains("vmid")) << "a new selection replaces the old one";
  EXPECT_FALSE(changed.contains("comment"));
  EXPECT_EQ(demo.del(path).status, 200U);
  EXPECT_EQ(demo.get(path).error("id"), "No such job '" + id + "'");
}

TEST(SimulatedBackup, RefusesInvalidJobs) {
  Demo demo;
  const std::string nightly = std::string(kJobs) + "/backup-nightly";
  expect_refused(
      demo,
      {
          {Post, kJobs, {{"vmid", "100"}}, 400, "neither 'starttime' nor 'schedule' were set", "schedule"},
          {Post,
           kJobs,
           {{"vmid", "100"}, {"schedule", "02:00"}, {"starttime", "02:00"}},
           400,
           "'starttime' and 'schedule' cannot both be set",
           "starttime"},
          {Post,
           kJobs,
           {{"vmid", "100"}, {"schedule", "whenever"}},
           400,
           "invalid format - invalid calendar event 'whenever' - unable to parse calendar event\n",
           "schedule"},
          {Post, kJobs, {{"schedule", "02:00"}}, 500, "400 Parameter verification failed."},
          {Post,
           kJobs,
           {{"schedule", "02:00"}, {"all", "1"}, {"maxfiles", "3"}},
           400,
           "property is not defined in schema and the schema does not allow additional properties",
           "maxfiles"},
          {Post,
           kJobs,
           {{"schedule", "02:00"}, {"all", "1"}, {"notes-template", "x"}},
           400,
           "missing property - 'notes-template' requires this property",
           "storage"},
          {Post,
           kJobs,
           {{"schedule", "02:00"}, {"all", "1"}, {"id", "backup-nightly"}},
           500,
           "Job 'backup-nightly' already exists"},
          {Post, kJobs, {{"schedule", "02:00"}, {"pool", "nope"}}, 403, "Permission check failed"},
          {Post,
           kJobs,
           {{"schedule", "02:00"}, {"all", "1"}, {"script", "/bin/x"}},
           400,
           "Only root may set this option.",
           "script"},
          {Get, std::string(kJobs) + "/nope", {}, 400, "No such job 'nope'", "id"},
          {Put, std::string(kJobs) + "/nope", {{"enabled", "0"}}, 500, "no such vzdump job"},
          {Put, nightly, {}, 500, "no options specified"},
          {Delete, std::string(kJobs) + "/nope", {}, 500, "400 Parameter verification failed."},
      });
  const auto missing = demo.post(kJobs, {{"schedule", "02:00"}});
  EXPECT_EQ(missing.body.at("message"), "400 Parameter verification failed.\nvmid: property is missing\n");
}

TEST(SimulatedBackup, BacksUpOneGuest) {
  Demo demo(1);
  const auto upid = demo.post(kRun, {{"vmid", "102"},
                                     {"storage", "local"},
                                     {"compress", "zstd"},
                                     {"notes-template", "{{guestname}} on {{node}}"}})
                        .upid();
  EXPECT_NE(upid.find(":vzdump:102:root@pam!demo:"), std::string::npos) << upid;
  EXPECT_EQ(demo.get("/nodes/pve1/qemu/102/config").data().at("lock"), "backup");
  EXPECT_EQ(demo.finish(upid), "OK");
  EXPECT_FALSE(demo.get("/nodes/pve1/qemu/102/config").data().as_object().contains("lock"));
  const auto made = backups_of(demo, "local", 102);
  ASSERT_EQ(made.size(), 1U);
  EXPECT_EQ(made[0].find("local:backup/vzdump-qemu-102-2026_"), 0U) << made[0];
  EXPECT_TRUE(made[0].ends_with(".vma.zst")) << made[0];
  const auto info = demo.get("/nodes/pve1/storage/local/content/" + made[0]);
  EXPECT_EQ(info.data().at("notes"), "db01 on pve1");
  const auto log = demo.log(upid);
  EXPECT_EQ(log.front(),
            "INFO: starting new backup job: vzdump 102 --compress zstd --node pve1 --notes-template "
            "'{{guestname}} on {{node}}' --storage local");
  EXPECT_TRUE(has_line(log, "INFO: Starting Backup of VM 102 (qemu)"));
  EXPECT_TRUE(has_line(log, "INFO: adding notes to backup"));
  EXPECT_TRUE(has_line(log, "INFO: Finished Backup of VM 102 (00:00:0"));
  EXPECT_EQ(log.back(), "TASK OK");
}

TEST(SimulatedBackup, AFailedGuestEndsTheTaskWithJobErrors) {
  Demo demo;
  const auto locked = demo.post(kRun, {{"vmid", "110,102"}, {"storage", "local"}}).upid();
  EXPECT_NE(locked.find(":vzdump::"), std::string::npos) << locked;
  EXPECT_EQ(demo.finish(locked), "job errors");
  EXPECT_TRUE(has_line(demo.log(locked), "ERROR: Backup of VM 110 failed - VM is locked (backup)"));
  EXPECT_EQ(backups_of(demo, "local", 102).size(), 1U) << "the run still backs up the other guest";
  const auto missing = demo.post(kRun, {{"vmid", "999"}, {"storage", "local"}}).upid();
  EXPECT_EQ(demo.finish(missing), "job errors");
  EXPECT_EQ(demo.log(missing)[1], "ERROR: Backup of VM 999 failed - unable to find VM '999'");
}

TEST(SimulatedBackup, AnUnusableStorageFailsTheTask) {
  Demo demo;
  const auto missing = demo.post(kRun, {{"vmid", "102"}, {"storage", "nostore"}}).upid();
  EXPECT_EQ(demo.finish(missing),
            "could not activate storage 'nostore': storage 'nostore' does not exist could not get storage "
            "information for 'nostore': storage 'nostore' does not exist");
  const auto wrong = demo.post(kRun, {{"vmid", "102"}, {"storage", "local-lvm"}}).upid();
  EXPECT_EQ(
      demo.finish(wrong),
      "could not get storage information for 'local-lvm': can't use storage 'local-lvm' for backups - wrong "
      "content type");
}

TEST(SimulatedBackup, SelectsGuests) {
  Demo demo;
  expect_refused(
      demo,
      {
          {Post, kRun, {{"storage", "pbs"}}, 400, "property is missing", "vmid"},
          {Post, kRun, {{"vmid", "100"}, {"all", "1"}}, 400, "option conflicts with option 'vmid'", "all"},
          {Post,
           kRun,
           {{"vmid", "100"}, {"pool", "lab"}},
           400,
           "option conflicts with option 'vmid'",
           "pool"},
          {Post,
           kRun,
           {{"all", "1"}, {"maxfiles", "1"}},
           400,
           "property is not defined in schema and the schema does not allow additional properties",
           "maxfiles"},
          {Post, kRun, {{"all", "1"}, {"dumpdir", "/tmp"}}, 400, "Only root may set this option.", "dumpdir"},
      });
  EXPECT_EQ(demo.post(kRun, {{"vmid", "101"}, {"storage", "pbs"}}).data(), "OK") << "it is on another node";
  const auto upid =
      demo.post(kRun, {{"all", "1"}, {"exclude", "110"}, {"storage", "pbs"}, {"mode", "snapshot"}}).upid();
  EXPECT_EQ(demo.finish(upid), "OK");
  const auto log = demo.log(upid);
  EXPECT_TRUE(has_line(log, "INFO: skip external VMs: 101, 103"));
  EXPECT_FALSE(has_line(log, "VM 110"));
  EXPECT_TRUE(has_line(log, "INFO: creating Proxmox Backup Server archive 'vm/100/"));
}

TEST(SimulatedBackup, PrunesOlderBackups) {
  Demo demo;
  for (int i = 0; i < 3; ++i) {
    demo.pass(std::chrono::minutes(5));
    const auto upid =
        demo.post(kRun, {{"vmid", "113"}, {"storage", "local"}, {"prune-backups", "keep-last=2"}}).upid();
    ASSERT_EQ(demo.finish(upid), "OK");
    EXPECT_TRUE(has_line(demo.log(upid), "INFO: prune older backups with retention: keep-last=2"));
    EXPECT_EQ(has_line(demo.log(upid), "INFO: removing backup 'local:backup/vzdump-qemu-113-"), i == 2);
  }
  EXPECT_EQ(backups_of(demo, "local", 113).size(), 2U);
}

TEST(SimulatedBackup, CanBeStopped) {
  Demo demo(1);
  const auto upid = demo.post(kRun, {{"vmid", "102"}, {"storage", "local"}}).upid();
  ASSERT_EQ(demo.del("/nodes/pve1/tasks/" + upid).status, 200U);
  EXPECT_EQ(demo.finish(upid), "job errors");
  EXPECT_TRUE(backups_of(demo, "local", 102).empty());
  EXPECT_FALSE(demo.get("/nodes/pve1/qemu/102/config").data().as_object().contains("lock"));
  const auto log = demo.log(upid);
  EXPECT_TRUE(has_line(log, "failed - interrupted by signal"));
  EXPECT_FALSE(has_line(log, "finished successfully"));
}

TEST(SimulatedBackup, RefusesCallersWithoutPrivileges) {
  Demo demo;
  demo.as_auditor();
  EXPECT_EQ(demo.post(kRun, {{"vmid", "110"}, {"storage", "local"}}).reason,
            "Permission check failed (/storage/local, Datastore.AllocateSpace)");
  EXPECT_EQ(demo.post(kJobs, {{"vmid", "110"}, {"schedule", "02:00"}}).reason,
            "Permission check failed (/, Sys.Modify)");
  demo.as_operator();
  EXPECT_EQ(demo.get(kJobs).reason, "Permission check failed (/, Sys.Audit)");
}

TEST(SimulatedBackup, HasTheRecordedShape) {
  Demo demo;
  ASSERT_EQ(demo.post(kJobs, {{"schedule", "sat 02:00"},
                              {"storage", "local"},
                              {"vmid", "100,200"},
                              {"mode", "snapshot"},
                              {"compress", "zstd"},
                              {"id", "backup-test"}})
                .status,
            200U);
  // The demo's jobs lack some options of the recorded ones, and select by pool and have notes, which those
  // did not.
  const Allowed list{.missing = {"[].vmid", "[].compress", "[].comment", "[].prune-backups"},
                     .extra = {"[].pool", "[].notes-template"},
                     .type = {}};
  expect_same_shape(demo.get(kJobs).data(), recorded("backup.jsonl", "GET", kJobs), list);
  const Allowed no_prune{.missing = {"prune-backups"}, .extra = {}, .type = {}};
  expect_same_shape(demo.get(std::string(kJobs) + "/backup-test").data(),
                    recorded("backup.jsonl", "GET", std::string(kJobs) + "/*"), no_prune);
  expect_same_shape(demo.get(std::string(kJobs) + "/backup-test/included_volumes").data(),
                    recorded("backup.jsonl", "GET", std::string(kJobs) + "/*/included_volumes"));
}

TEST(Schedule, FindsTheNextEvent) {
  // Thursday, 2026-05-28 20:26:40 UTC.
  constexpr std::int64_t kNow = 1'780'000'000;
  constexpr std::int64_t kMidnight = kNow - (20 * 3600 + 26 * 60 + 40);
  struct Case {
    const char* text;
    std::int64_t expected;
  };
  for (const auto& [text, expected] : {
           Case{"21:00", kMidnight + 21 * 3600},
           Case{"02:00", kMidnight + 26 * 3600},
           Case{"sat 02:00", kMidnight + 2 * 86'400 + 2 * 3600},
           Case{"mon..fri 02:30", kMidnight + 86'400 + 2 * 3600 + 30 * 60},
           Case{"mon,wed 00:00", kMidnight + 4 * 86'400},
           Case{"*/15", kMidnight + 20 * 3600 + 30 * 60},
           Case{"*:05", kMidnight + 21 * 3600 + 5 * 60},
           Case{"2,22:30", kMidnight + 22 * 3600 + 30 * 60},
           Case{"daily", kMidnight + 86'400},
           Case{"hourly", kMidnight + 21 * 3600},
           Case{"monthly", kMidnight + 4 * 86'400},
           Case{"sun", kMidnight + 3 * 86'400},
       }) {
    EXPECT_EQ(next_event(text, kNow).value_or(0), expected) << text;
  }
  for (const char* text : {"", "whenever", "25:00", "10:61", "mon 9:00 x", "*/0", "1..0"}) {
    EXPECT_FALSE(is_schedule(text)) << text;
  }
}

}  // namespace
}  // namespace simulator
