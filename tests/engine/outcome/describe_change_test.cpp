#include "engine/outcome/describe_change.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>

#include "facts/facts.h"

namespace {

using base::Method;
using engine::FollowUp;
using engine::ObjectState;
using testing::HasSubstr;
using testing::StartsWith;

base::JsonObject object(std::string_view text) { return base::parse_json(text)->as_object(); }

/// A row about a guest, and what is known before and after a call of it.
struct Call {
  tool::Tool tool;
  base::JsonObject arguments = object(R"({"node":"pve1","vmid":100})");
  ObjectState before{};
  ObjectState after{};
  FollowUp follow_up{};
  bool by_ha = false;
  std::vector<std::string> log{};

  std::string text() const { return story().text; }
  engine::ChangeText story() const {
    const engine::Row row(tool, "x", facts_());
    pve::TaskReport report;
    report.state = pve::TaskReport::State::Done;
    report.log = log;
    return engine::describe_change({row, arguments, words(), before, after, &report, follow_up, by_ha});
  }
  /// The text before the call is sent.
  std::string ahead() const {
    const engine::Row row(tool, "x", facts_());
    const auto expected = engine::expected_state(row, arguments, before);
    return engine::describe_change({.row = row,
                                    .arguments = arguments,
                                    .words = words(),
                                    .before = before,
                                    .after = expected,
                                    .expected = true})
        .text;
  }
  engine::Wording words() const {
    return engine::wording(engine::Row(tool, "x", facts_()),
                           object(R"x({"node":"pve1","vmid":"100 (web01)","newid":300,"snapname":"s"})x"));
  }

  static const facts::Facts& facts_() {
    static const facts::Facts all;
    return all;
  }
};

tool::Tool row(Method method, std::string_view path, std::string_view doing, std::string_view done) {
  return {.name = "pve_x",
          .title = "X",
          .description = "X.",
          .tier = tool::Tier::Full,
          .effect = tool::Effect::Destructive,
          .call = {method, path},
          .about = tool::about(method, path),
          .params = {{.name = "node"}, {.name = "vmid"}, {.name = "newid"}, {.name = "snapname"}},
          .starts_task = true,
          .doing = doing,
          .done = done};
}

Call power(std::string_view action, std::string_view done, std::string_view before, std::string_view after) {
  static std::deque<std::string> kept;
  const auto& path = kept.emplace_back("/nodes/{node}/qemu/{vmid}/status/" + std::string(action));
  const auto& sentence = kept.emplace_back("VM {vmid} on {node} {was} " + std::string(done));
  Call call{row(Method::Post, path, "Changing VM {vmid} on {node}", sentence)};
  call.before.status = object(before);
  call.after.status = object(after);
  return call;
}

constexpr auto kRuns = R"({"status":"running","qmpstatus":"running","pid":1})";
constexpr auto kOff = R"({"status":"stopped","qmpstatus":"stopped"})";
constexpr auto kPaused = R"({"status":"running","qmpstatus":"paused"})";
constexpr auto kOnDisk = R"({"status":"stopped","qmpstatus":"stopped","lock":"suspended"})";
constexpr auto kIoError = R"({"status":"running","qmpstatus":"io-error"})";

TEST(DescribeChange, SaysWhatTheGuestIsNow) {
  struct Case {
    std::string_view action, done, before, after, text;
  };
  for (const auto& [action, done, before, after, text] : std::initializer_list<Case>{
           {"start", "started", kOff, kRuns, "started."},
           {"start", "started", kOff, kOff, "started, but it is off now."},
           {"start", "started", kOnDisk, kRuns, "started from its state on disk."},
           {"start", "started", kOff, "{}", "started."},
           {"stop", "stopped", kRuns, kOff, "stopped."},
           {"stop", "stopped", kOff, kOff, "was off already; nothing was changed."},
           {"shutdown", "shut down", kOff, kOff, "was off already; nothing was changed."},
           {"shutdown", "shut down", kRuns, kRuns, "shut down, but it is running now."},
           {"shutdown", "shut down", kOnDisk, kOnDisk,
            "was off already, suspended to disk; nothing was changed. The next start resumes it."},
           {"suspend", "suspended", kRuns, kPaused, "suspended; it is paused in memory."},
           {"suspend", "suspended", kPaused, kPaused, "was paused already; nothing was changed."},
           {"resume", "resumed", kPaused, kRuns, "resumed."},
           {"resume", "resumed", kRuns, kRuns, "was running already; nothing was changed."},
           {"resume", "resumed", kIoError, kIoError,
            "resumed, but it is in the state io-error now, as a disk cannot be written, often because its "
            "storage is full."},
           {"reset", "reset", kRuns, kRuns, "reset."},
       }) {
    EXPECT_EQ(power(action, done, before, after).text(), "VM 100 (web01) on pve1 " + std::string(text));
  }
}

TEST(DescribeChange, SaysAheadWhatTheGuestWouldBe) {
  struct Case {
    std::string_view action, before, text;
  };
  for (const auto& [action, before, text] : std::initializer_list<Case>{
           {"start", kOff, ": it is off now and would be running."},
           {"start", kRuns, ": it is already running, so nothing would change."},
           {"start", "{}", "."},
           {"stop", kRuns, ": it is running now and would be off."},
           {"shutdown", kOff, ": it is already off, so nothing would change."},
           {"shutdown", kOnDisk, ": it is already suspended to disk, so nothing would change."},
           {"reboot", kRuns, ": it is running now."},
           {"suspend", kRuns, ": it is running now and would be paused in memory."},
           {"resume", kPaused, ": it is paused in memory now and would be running."},
       }) {
    EXPECT_EQ(power(action, "changed", before, "{}").ahead(),
              "Changing VM 100 (web01) on pve1" + std::string(text));
  }
  auto suspend = power("suspend", "suspended", kRuns, "{}");
  suspend.arguments["todisk"] = true;
  EXPECT_THAT(suspend.ahead(), HasSubstr("would be suspended to disk."));
}

TEST(DescribeChange, SaysAheadWhatAChangeOfSettingsWouldSet) {
  Call call{row(Method::Put, "/nodes/{node}/qemu/{vmid}/config", "Changing VM {vmid}",
                "Configuration of VM {vmid} {was} changed")};
  call.arguments = object(R"({"node":"pve1","vmid":100,"cores":4,"delete":"scsi1"})");
  call.before.object = *base::parse_json(
      R"([{"key":"cores","value":2},{"key":"scsi1","value":"local-lvm:vm-100-disk-1,size=1G"}])");
  call.before.status = object(kRuns);
  EXPECT_THAT(call.ahead(), StartsWith("Changing VM 100 (web01): it is running now. scsi1 "));
  EXPECT_THAT(call.ahead(), HasSubstr("cores 2 -> 4."));
}

TEST(DescribeChange, ReportsAGuestInTheWantedStateAsASuccess) {
  const auto start = power("start", "started", kRuns, kRuns);
  const engine::Row row(start.tool, "x", Call::facts_());
  const auto already = [&](std::string_view message, std::string_view before) {
    return engine::describe_already(row, start.words(), message, {.status = object(before)});
  };
  EXPECT_EQ(already("VM 100 already running", kRuns),
            "VM 100 (web01) on pve1 runs already; nothing was changed.");
  EXPECT_EQ(already("VM 100 already running", kPaused), "") << "a paused VM does not run";
  EXPECT_EQ(already("VM is locked (backup)", kRuns), "");
}

TEST(DescribeChange, NamesTheRemedyForTheGuestsState) {
  const auto start = power("start", "started", kPaused, kPaused);
  const engine::Row row(start.tool, "x", Call::facts_());
  const auto way_out = [&](std::string_view message, std::string_view before) {
    return engine::describe_remedy(row, message, {.status = object(before)});
  };
  EXPECT_EQ(way_out("VM 100 already running", kPaused), "It is paused in memory; resume it instead.");
  EXPECT_EQ(way_out("VM 100 already running", kRuns), "");
  EXPECT_THAT(way_out("service 'vm:100' in error state, must be disabled and fixed first", kOff),
              StartsWith("HA holds the guest in the state error: set its HA state to disabled"));
}

TEST(DescribeChange, SaysThatATaskHadEndedBeforeItWasStopped) {
  auto tool = row(Method::Delete, "/nodes/{node}/tasks/{upid}", "Asking task {upid} to stop",
                  "Task {upid} {was} asked to stop");
  const engine::Row stop(tool, "x", Call::facts_());
  const engine::Wording words{"", "", "", "Task UPID:x", ""};
  const auto ended = [&](std::string_view status) {
    ObjectState before;
    before.object = *base::parse_json(status);
    return engine::describe_ended_task(stop, words, before);
  };
  EXPECT_EQ(ended(R"({"status":"stopped","exitstatus":"OK"})"),
            "Task UPID:x had ended already (OK); nothing was stopped");
  EXPECT_EQ(ended(R"({"status":"running"})"), "");
  EXPECT_EQ(ended("null"), "");
}

TEST(DescribeChange, SaysHowTheStartOfARebootEnded) {
  auto reboot = power("reboot", "rebooted", kRuns, kRuns);
  EXPECT_EQ(reboot.text(), "VM 100 (web01) on pve1 rebooted.");
  reboot.follow_up.state = FollowUp::State::Open;
  EXPECT_EQ(reboot.text(),
            "VM 100 (web01) on pve1 was shut down for its reboot; it has not started again yet.");
  reboot.follow_up = {FollowUp::State::Failed, "bridge 'vmbr9' does not exist"};
  EXPECT_EQ(
      reboot.text(),
      "VM 100 (web01) on pve1 was shut down for its reboot, but its start failed: bridge 'vmbr9' does not "
      "exist.");
  EXPECT_TRUE(reboot.story().failed);
}

TEST(DescribeChange, SaysWhetherAGuestRunsAfterARollback) {
  Call call{row(Method::Post, "/nodes/{node}/qemu/{vmid}/snapshot/{snapname}/rollback",
                "Rolling back VM {vmid}", "VM {vmid} on {node} {was} rolled back to {snapname}")};
  call.before.status = object(kRuns);
  call.after.status = object(kOff);
  call.before.object = object(R"({"snaptime":1779998400})");
  EXPECT_THAT(call.text(), HasSubstr("; it was running and is now off (snapshot without RAM)."));
  call.after.status = object(kRuns);
  EXPECT_THAT(call.text(), HasSubstr("; it is running."));
  EXPECT_EQ(call.ahead(),
            "Rolling back VM 100 (web01): it is running now and would be off; changes since 2026-05-28 "
            "20:00 would be lost.");
}

TEST(DescribeChange, SaysWhatHaDid) {
  auto start = power("start", "started", kOff, kRuns);
  start.by_ha = true;
  start.follow_up = {FollowUp::State::Done, "", "", "pve2"};
  EXPECT_EQ(start.text(), "VM 100 (web01) on pve1 started by HA; it is on pve2 now.");
  start.follow_up = {FollowUp::State::Open};
  EXPECT_EQ(start.text(), "Changing VM 100 (web01) on pve1: requested; HA has not carried it out yet.");
  EXPECT_TRUE(start.story().open);
  start.follow_up = {FollowUp::State::Failed, "its task qmstart failed: no space"};
  EXPECT_EQ(start.text(),
            "VM 100 (web01) on pve1 was not started: HA accepted the request, but its task qmstart failed: "
            "no space.");
  EXPECT_TRUE(start.story().failed);
}

constexpr auto kConfig =
    R"({"name":"app","tags":"a;b","onboot":1,"scsi0":"local-lvm:vm-300-disk-0,size=16G",)"
    R"("ide2":"local:iso/x.iso,media=cdrom","net0":"virtio=BC:24:11:00:00:70,bridge=vmbr0",)"
    R"("ipconfig0":"ip=192.0.2.9/24","scsi1":"local:9320/vm-9320-disk-0.raw,size=1G"})";

TEST(DescribeChange, ListsWhatACreationMadeAndHowItsStartEnded) {
  Call call{
      row(Method::Post, "/nodes/{node}/qemu", "Creating VM {vmid}", "VM {vmid} on {node} {was} created")};
  call.after.config =
      object(R"({"scsi0":"local-lvm:vm-300-disk-0,size=16G","net0":"virtio=BC:24:11:00:00:70"})");
  call.after.status = object(kRuns);
  call.follow_up = {FollowUp::State::Done};
  EXPECT_EQ(call.text(),
            "VM 100 (web01) on pve1 created; it is running.\nscsi0 local-lvm:vm-300-disk-0 (16 GiB); net0 "
            "BC:24:11:00:00:70.");
  call.follow_up = {FollowUp::State::Failed, "bridge 'vmbr9' does not exist"};
  EXPECT_THAT(call.text(), StartsWith("VM 100 (web01) on pve1 created, but its start failed: bridge 'vmbr9' "
                                      "does not exist.\n"));
  EXPECT_TRUE(call.story().failed);
  call.after = {};
  call.follow_up = {};
  EXPECT_EQ(call.text(), "VM 100 (web01) on pve1 created.\nIts disks and MAC addresses are not known yet.");
}

TEST(DescribeChange, ListsWhatACloneSharesWithItsSource) {
  Call call{row(Method::Post, "/nodes/{node}/qemu/{vmid}/clone", "Cloning VM {vmid}",
                "VM {vmid} on {node} {was} cloned to {newid}")};
  call.arguments["newid"] = 300;
  call.after.config = object(kConfig);
  call.log = {"create linked clone of drive scsi0 (local-lvm:base-100-disk-0)"};
  EXPECT_THAT(call.text(), StartsWith("VM 100 (web01) on pve1 cloned to 300 (app), as a linked clone.\nscsi0 "
                                      "local-lvm:vm-300-disk-0 (16 GiB)"));
  EXPECT_THAT(call.text(), HasSubstr("as in the source: onboot 1, tags a;b, ipconfig0 ip=192.0.2.9/24."));
}

TEST(DescribeChange, NamesTheEmptyGuestThatAFailedRestoreLeaves) {
  Call call{
      row(Method::Post, "/nodes/{node}/qemu", "Creating VM {vmid}", "VM {vmid} on {node} {was} created")};
  const engine::Row row(call.tool, "x", Call::facts_());
  const auto remains = [&](std::string_view config) {
    ObjectState after;
    after.config = object(config);
    return engine::describe_leftovers({row, call.arguments, call.words(), {}, after});
  };
  EXPECT_EQ(remains(R"({"digest":"1"})"),
            "It left an empty VM 100 behind, which holds the number: delete it.");
  EXPECT_EQ(remains("{}"), "");
}

TEST(DescribeChange, SaysWhatADeletionDestroyedAndWhatRemains) {
  Call call{row(Method::Delete, "/nodes/{node}/qemu/{vmid}", "Deleting VM {vmid}",
                "VM {vmid} on {node} {was} deleted")};
  call.arguments = object(R"x({"node":"pve1","vmid":"300 (app)"})x");
  call.before.config = object(kConfig);
  call.before.object = *base::parse_json(R"([{"id":"nightly","vmid":"100,300"},{"id":"all","all":1}])");
  EXPECT_EQ(
      call.text(),
      "VM 100 (web01) on pve1 deleted. Destroyed: scsi0 local-lvm:vm-300-disk-0 (16 GiB). Not its own, so "
      "kept: scsi1 local:9320/vm-9320-disk-0.raw (1 GiB).\nIts backups remain; PVE also removed its ACL "
      "entries and its pool membership; backup job \"nightly\" still names it.");
  call.before.status = object(kOnDisk);
  EXPECT_THAT(call.text(), HasSubstr("(1 GiB). It was suspended to disk; its saved memory is gone.\n"));
  call.before.status = object(kRuns);
  EXPECT_THAT(call.text(), HasSubstr(" It was running until then.\n"));
  call.arguments["purge"] = true;
  EXPECT_THAT(call.text(), HasSubstr("and its entries in backup jobs, replication and HA."));
}

TEST(DescribeChange, CountsTheBackupsThatRemainAfterADeletion) {
  Call call{row(Method::Delete, "/nodes/{node}/qemu/{vmid}", "Deleting VM {vmid}",
                "VM {vmid} on {node} {was} deleted")};
  call.arguments = object(R"x({"node":"pve1","vmid":"300 (app)"})x");
  const auto stays = [&](std::string_view backups) {
    call.before.backups = object(backups);
    const auto text = call.text();
    const auto line = text.substr(text.find('\n') + 1);
    return line.substr(0, line.find(';'));
  };
  EXPECT_EQ(stays(R"({"backup-nfs":3})"), "3 backups remain on backup-nfs");
  EXPECT_EQ(stays(R"({"backup-nfs":1,"local":2})"), "1 backup remains on backup-nfs, 2 on local");
  EXPECT_EQ(stays(R"({"backup-nfs":0,"local":2})"), "2 backups remain on local");
  EXPECT_EQ(stays(R"({"backup-nfs":1,"local":null})"),
            "1 backup remains on backup-nfs, and there may be more elsewhere");
  EXPECT_EQ(stays(R"({"backup-nfs":0,"local":0})"), "No backup of it was seen on backup-nfs, local");
  EXPECT_EQ(stays(R"({"backup-nfs":0,"local":null})"), "Its backups remain")
      << "one storage was not read, so it may have backups";
  EXPECT_EQ(stays("{}"), "Its backups remain");
}

TEST(DescribeChange, SaysAheadWhatADeletionDestroys) {
  Call call{row(Method::Delete, "/nodes/{node}/qemu/{vmid}", "Deleting VM {vmid}",
                "VM {vmid} on {node} {was} deleted")};
  call.arguments = object(R"({"node":"pve1","vmid":300})");
  call.before.config = object(kConfig);
  call.before.status = object(kOff);
  call.before.backups = object(R"({"backup-nfs":3})");
  EXPECT_EQ(call.ahead(),
            "Deleting VM 100 (web01): it is off now; the deletion destroys scsi0 local-lvm:vm-300-disk-0 (16 "
            "GiB) for "
            "good; the deletion keeps scsi1 local:9320/vm-9320-disk-0.raw (1 GiB), which is not its own; 3 "
            "backups remain "
            "on backup-nfs.");
}

// Logs of PVE 9.2.
TEST(DescribeChange, NamesArchiveSizeAndPrunedBackupsOfABackup) {
  Call call{row(Method::Post, "/nodes/{node}/vzdump", "Running a backup on {node}",
                "Backup on {node} {was} completed")};
  call.arguments = object(R"({"node":"pve1","vmid":"9361"})");
  call.log = {
      "INFO: starting new backup job: vzdump 9361 --prune-backups 'keep-last=1' --storage local --node pve1",
      "INFO: Starting Backup of VM 9361 (qemu)",
      "INFO: VM Name: rec-9361",
      "INFO: creating vzdump archive '/var/lib/vz/dump/vzdump-qemu-9361-2026_11_29-17_47_45.vma.zst'",
      "INFO: archive file size: 15MB",
      "INFO: removing backup 'local:backup/vzdump-qemu-9361-2026_11_29-17_47_42.vma.zst'",
      "INFO: Finished Backup of VM 9361 (00:00:03)",
      "INFO: Starting Backup of VM 230 (lxc)",
      "INFO: CT Name: rec-ct",
      "ERROR: Backup of VM 230 failed - VM is locked (backup)"};
  EXPECT_EQ(
      call.text(),
      "Backup on pve1 completed, 2 guests.\nVM 9361 (rec-9361): "
      "local:backup/vzdump-qemu-9361-2026_11_29-17_47_45.vma.zst, 15MB, 1 older one pruned\ncontainer 230 "
      "(rec-ct): not backed up: VM is locked (backup).");
  call.log = {"INFO: starting new backup job: vzdump 9365 --node pve1",
              "INFO: Starting Backup of VM 9365 (qemu)",
              "INFO: creating vzdump archive '/var/lib/vz/dump/vzdump-qemu-9365-2026_11_29-17_51_54.vma'",
              "INFO: archive file size: 13KB", "INFO: Finished Backup of VM 9365 (00:00:00)"};
  EXPECT_EQ(
      call.text(),
      "Backup on pve1 completed.\nVM 9365: local:backup/vzdump-qemu-9365-2026_11_29-17_51_54.vma, 13KB, not "
      "compressed (PVE's default). PVE chose the storage, as the call named none.");
}

}  // namespace
