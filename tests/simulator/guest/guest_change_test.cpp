// Later calls see the changes of earlier ones.
#include <algorithm>

#include "simulator/support.h"

namespace simulator {
namespace {

using testing::AnyOf;
using testing::Contains;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::MatchesRegex;
using testing::Not;

std::string text(const base::Json& value) { return std::string(value.get_string()); }

/// Expects the call to start a task that ends with OK.
void done(Demo& demo, const Got& got) {
  ASSERT_EQ(got.status, 200U) << got.reason << got.text;
  ASSERT_THAT(got.upid(), testing::StartsWith("UPID:"));
  ASSERT_EQ(demo.finish(got.upid()), "OK");
}

std::string status_of(Demo& demo, const std::string& path) {
  return text(demo.get(path + "/status/current").data().at("status"));
}

bool listed(Demo& demo, std::string_view storage, std::string_view node, std::string_view volid) {
  const auto got = demo.get("/nodes/" + std::string(node) + "/storage/" + std::string(storage) + "/content");
  if (!got.data().is_array()) return false;
  return std::ranges::any_of(got.data().get_array(),
                             [&](const base::Json& row) { return text(row.at("volid")) == volid; });
}

const base::JsonObject* resource(Demo& demo, const base::Json& list, int vmid) {
  (void)demo;
  for (const auto& row : list.get_array()) {
    if (row.get_object().contains("vmid") && row.at("vmid") == vmid) return &row.get_object();
  }
  return nullptr;
}

TEST(GuestChanges, PowerActionsChangeAVm) {
  Demo demo;
  const std::string vm = "/nodes/pve1/qemu/105";
  EXPECT_EQ(status_of(demo, vm), "stopped");
  done(demo, demo.post(vm + "/status/start"));
  EXPECT_EQ(status_of(demo, vm), "running");
  demo.pass(std::chrono::seconds(90));
  EXPECT_EQ(demo.get(vm + "/status/current").data().at("uptime"), 90);
  done(demo, demo.post(vm + "/status/suspend"));
  const auto paused = demo.get(vm + "/status/current");
  EXPECT_EQ(paused.data().at("status"), "running");
  EXPECT_EQ(paused.data().at("qmpstatus"), "paused");
  EXPECT_EQ(demo.post(vm + "/status/shutdown").reason, "VM is paused - cannot shutdown");
  done(demo, demo.post(vm + "/status/resume"));
  EXPECT_EQ(demo.get(vm + "/status/current").data().at("qmpstatus"), "running");
  done(demo, demo.post(vm + "/status/reset"));
  done(demo, demo.post(vm + "/status/reboot"));
  EXPECT_EQ(demo.get(vm + "/status/current").data().at("uptime"), 0);
  done(demo, demo.post(vm + "/status/shutdown"));
  EXPECT_EQ(status_of(demo, vm), "stopped");
  done(demo, demo.post(vm + "/status/stop"));
}

TEST(GuestChanges, PowerActionsChangeAContainer) {
  Demo demo;
  const std::string ct = "/nodes/pve3/lxc/208";
  done(demo, demo.post(ct + "/status/start"));
  EXPECT_EQ(status_of(demo, ct), "running");
  done(demo, demo.post(ct + "/status/reboot"));
  done(demo, demo.post(ct + "/status/stop"));
  EXPECT_EQ(status_of(demo, ct), "stopped");
  done(demo, demo.post(ct + "/status/start"));
  done(demo, demo.post(ct + "/status/shutdown"));
  EXPECT_EQ(status_of(demo, ct), "stopped");
}

TEST(GuestChanges, EveryStoppedGuestStarts) {
  Demo demo;
  for (const auto* const node : {"pve1", "pve2", "pve3"}) {
    for (const auto* const type : {"qemu", "lxc"}) {
      const auto list = demo.get(std::string("/nodes/") + node + "/" + type);
      for (const auto& row : list.data().get_array()) {
        if (row.at("status") != "stopped" || row.get_object().contains("template")) continue;
        if (row.get_object().contains("lock")) continue;
        const auto path = std::string("/nodes/") + node + "/" + type + "/" + base::write_json(row.at("vmid"));
        const auto started = demo.post(path + "/status/start");
        EXPECT_EQ(demo.finish(started.upid()), "OK") << path;
      }
    }
  }
}

TEST(GuestChanges, AVmResumesFromDisk) {
  Demo demo;
  const std::string vm = "/nodes/pve1/qemu/117";
  done(demo, demo.post(vm + "/status/suspend", {{"todisk", "1"}}));
  const auto config = demo.get(vm + "/config");
  EXPECT_EQ(config.data().at("lock"), "suspended");
  const auto image = text(config.data().at("vmstate"));
  EXPECT_TRUE(listed(demo, image.substr(0, image.find(':')), "pve1", image)) << image;
  EXPECT_EQ(demo.put(vm + "/config", {{"cores", "1"}}).reason, "VM is locked (suspended)");
  const auto woken = demo.post(vm + "/status/start");
  done(demo, woken);
  EXPECT_EQ(demo.log(woken.upid()).front(), "Resuming suspended VM");
  EXPECT_FALSE(demo.get(vm + "/config").data().get_object().contains("vmstate"));
  EXPECT_FALSE(listed(demo, image.substr(0, image.find(':')), "pve1", image));
  EXPECT_EQ(status_of(demo, vm), "running");
}

TEST(GuestChanges, PowerActionsOfHaGuestsAreRequestsToTheManager) {
  Demo demo;
  const auto stopped = demo.post("/nodes/pve1/qemu/100/status/stop");
  EXPECT_THAT(stopped.upid(), HasSubstr(":hastop:100:"));
  done(demo, stopped);
  EXPECT_EQ(demo.log(stopped.upid()).front(), "Requesting HA stop for VM 100");
  EXPECT_EQ(status_of(demo, "/nodes/pve1/qemu/100"), "stopped");
  EXPECT_EQ(demo.get("/nodes/pve1/qemu/100/status/current").data().at("ha").at("managed"), 1);
  const auto started = demo.post("/nodes/pve1/qemu/100/status/start");
  EXPECT_THAT(started.upid(), HasSubstr(":hastart:100:"));
  done(demo, started);
  EXPECT_EQ(status_of(demo, "/nodes/pve1/qemu/100"), "running");
}

TEST(GuestChanges, AShutdownThatTheGuestIgnoresTimesOut) {
  Demo demo(1.0);
  const std::string vm = "/nodes/pve1/qemu/105";
  demo.put(vm + "/config", {{"acpi", "0"}, {"delete", "agent"}});
  EXPECT_EQ(demo.finish(demo.post(vm + "/status/start").upid()), "OK");
  const auto asked = demo.post(vm + "/status/shutdown", {{"timeout", "4"}});
  demo.pass(std::chrono::seconds(2));
  EXPECT_THAT(demo.log(asked.upid()), ElementsAre("no content"));
  EXPECT_EQ(demo.finish(asked.upid()), "VM quit/powerdown failed - got timeout");
  const auto forced = demo.post(vm + "/status/shutdown", {{"timeout", "3"}, {"forceStop", "1"}});
  EXPECT_EQ(demo.finish(forced.upid()), "OK");
  EXPECT_THAT(demo.log(forced.upid()),
              ElementsAre("VM still running - terminating now with SIGTERM", "TASK OK"));
}

TEST(GuestChanges, ALongShutdownHoldsTheLockFile) {
  Demo demo(1.0);
  const std::string vm = "/nodes/pve1/qemu/105";
  demo.put(vm + "/config", {{"acpi", "0"}, {"delete", "agent"}});
  demo.finish(demo.post(vm + "/status/start").upid());
  const auto waiting = demo.post(vm + "/status/shutdown", {{"timeout", "60"}});
  EXPECT_EQ(demo.put(vm + "/config", {{"description", "x"}}).reason,
            "can't lock file '/var/lock/qemu-server/lock-105.conf' - got timeout");
  const auto second = demo.post(vm + "/status/stop");
  EXPECT_EQ(demo.finish(second.upid()),
            "can't lock file '/var/lock/qemu-server/lock-105.conf' - got timeout");
  const auto overruling = demo.post(vm + "/status/stop", {{"overrule-shutdown", "1"}});
  EXPECT_EQ(demo.finish(overruling.upid()), "OK");
  EXPECT_EQ(demo.finish(waiting.upid()), "received interrupt");
  EXPECT_EQ(status_of(demo, vm), "stopped");
}

TEST(GuestChanges, AStopOfAContainerOverrulesItsShutdowns) {
  Demo demo(1.0);
  const std::string container = "/nodes/pve1/lxc/202";
  const auto waiting = demo.post(container + "/status/shutdown");
  const auto stop = demo.post(container + "/status/stop", {{"overrule-shutdown", "1"}});
  EXPECT_EQ(demo.finish(waiting.upid()), "received interrupt");
  EXPECT_EQ(demo.finish(stop.upid()), "OK");
  EXPECT_THAT(demo.log(stop.upid()), testing::Contains("overruled vzshutdown tasks: " + waiting.upid()));
  EXPECT_EQ(status_of(demo, container), "stopped");
}

TEST(GuestChanges, ASecondTaskWaitsForTheFirst) {
  Demo demo(1.0);
  const auto first = demo.post("/nodes/pve1/qemu/105/status/start");
  const auto second = demo.post("/nodes/pve1/qemu/105/status/start");
  EXPECT_EQ(demo.finish(second.upid()), "VM 105 already running");
  EXPECT_EQ(demo.finish(first.upid()), "OK");
}

TEST(GuestChanges, AStoppedSnapshotTaskLeavesNoLock) {
  Demo demo(1.0);
  const std::string vm = "/nodes/pve1/qemu/117";
  const auto taking = demo.post(vm + "/snapshot", {{"snapname", "half"}, {"vmstate", "1"}});
  EXPECT_EQ(demo.get(vm + "/config").data().at("lock"), "snapshot");
  EXPECT_EQ(demo.put(vm + "/config", {{"cores", "1"}}).reason, "VM is locked (snapshot)");
  demo.del("/nodes/pve1/tasks/" + taking.upid());
  EXPECT_EQ(demo.finish(taking.upid()), "received interrupt");
  EXPECT_FALSE(demo.get(vm + "/config").data().get_object().contains("lock"));
  EXPECT_EQ(demo.get(vm + "/snapshot").data().get_array().size(), 1U);
}

TEST(GuestChanges, AStoppedVmTakesChangesAtOnce) {
  Demo demo;
  const std::string vm = "/nodes/pve1/qemu/105";
  const auto before = text(demo.get(vm + "/config").data().at("digest"));
  const auto put =
      demo.put(vm + "/config", {{"memory", "2048"}, {"tags", "Zeta;alpha,zeta"}, {"digest", before}});
  EXPECT_EQ(put.status, 200U) << put.reason;
  EXPECT_TRUE(put.data().is_null());
  const auto after = demo.get(vm + "/config").data();
  EXPECT_EQ(after.at("memory"), "2048");
  EXPECT_EQ(after.at("tags"), "alpha;zeta");
  EXPECT_NE(text(after.at("digest")), before);
  EXPECT_EQ(demo.put(vm + "/config", {{"memory", "1024"}, {"digest", before}}).status, 500U);
  demo.put(vm + "/config", {{"delete", "tags"}});
  EXPECT_FALSE(demo.get(vm + "/config").data().get_object().contains("tags"));
}

TEST(GuestChanges, ARunningVmKeepsChangesPending) {
  Demo demo;
  const std::string vm = "/nodes/pve1/qemu/117";
  demo.put(vm + "/config", {{"cores", "6"}, {"name", "firewall"}, {"delete", "cpu"}});
  EXPECT_EQ(demo.get(vm + "/config").data().at("cores"), 6);
  EXPECT_EQ(demo.get(vm + "/config", {{"current", "1"}}).data().at("cores"), 2);
  EXPECT_EQ(demo.get(vm + "/config", {{"current", "1"}}).data().at("name"), "firewall");
  bool cores = false;
  bool cpu = false;
  const auto pending = demo.get(vm + "/pending");
  for (const auto& row : pending.data().get_array()) {
    if (row.at("key") == "cores") cores = row.at("value") == 2 && row.at("pending") == 6;
    if (row.at("key") == "cpu") cpu = row.at("delete") == 1;
  }
  EXPECT_TRUE(cores);
  EXPECT_TRUE(cpu);
  demo.put(vm + "/config", {{"revert", "cpu"}});
  demo.finish(demo.post(vm + "/status/reboot").upid());
  EXPECT_EQ(demo.get(vm + "/config", {{"current", "1"}}).data().at("cores"), 6);
  EXPECT_TRUE(demo.get(vm + "/config").data().get_object().contains("cpu"));
}

TEST(GuestChanges, AConfigurationChangeCanBeATask) {
  Demo demo;
  const auto posted =
      demo.post("/nodes/pve1/qemu/105/config", {{"memory", "192"}, {"description", "changed"}});
  done(demo, posted);
  EXPECT_THAT(posted.upid(), HasSubstr(":qmconfig:105:"));
  EXPECT_EQ(demo.log(posted.upid()).front(), "update VM 105: -description changed -memory 192");
  EXPECT_EQ(demo.get("/nodes/pve1/qemu/105/config").data().at("memory"), "192");
}

TEST(GuestChanges, DisksAreAddedDetachedAndFreed) {
  Demo demo;
  const std::string vm = "/nodes/pve1/qemu/105";
  EXPECT_EQ(demo.put(vm + "/config", {{"scsi1", "local-lvm:4"}}).status, 200U);
  EXPECT_EQ(demo.get(vm + "/config").data().at("scsi1"), "local-lvm:vm-105-disk-1,size=4G");
  EXPECT_TRUE(listed(demo, "local-lvm", "pve1", "local-lvm:vm-105-disk-1"));
  demo.put(vm + "/config", {{"delete", "scsi1"}});
  EXPECT_EQ(demo.get(vm + "/config").data().at("unused0"), "local-lvm:vm-105-disk-1");
  demo.put(vm + "/config", {{"delete", "unused0"}});
  EXPECT_FALSE(demo.get(vm + "/config").data().get_object().contains("unused0"));
  EXPECT_FALSE(listed(demo, "local-lvm", "pve1", "local-lvm:vm-105-disk-1"));
  done(demo, demo.put(vm + "/resize", {{"disk", "scsi0"}, {"size", "+6G"}}));
  EXPECT_THAT(text(demo.get(vm + "/config").data().at("scsi0")), HasSubstr("size=70G"));
  done(demo, demo.post(vm + "/move_disk", {{"disk", "scsi0"}, {"storage", "ceph-vm"}, {"delete", "1"}}));
  EXPECT_THAT(text(demo.get(vm + "/config").data().at("scsi0")), HasSubstr("ceph-vm:vm-105-disk-"));
}

TEST(GuestChanges, AVmIsCreated) {
  Demo demo;
  const auto created = demo.post("/nodes/pve2/qemu", {{"vmid", "900"},
                                                      {"name", "new"},
                                                      {"memory", "1024"},
                                                      {"scsi0", "local-lvm:8"},
                                                      {"net0", "virtio,bridge=vmbr0"},
                                                      {"ostype", "l26"},
                                                      {"start", "1"}});
  EXPECT_THAT(created.upid(), HasSubstr(":qmcreate:900:"));
  done(demo, created);
  EXPECT_THAT(demo.log(created.upid()),
              ElementsAre("  Logical volume \"vm-900-disk-0\" created.",
                          "scsi0: successfully created disk 'local-lvm:vm-900-disk-0,size=8G'",
                          "Execute autostart", "TASK OK"));
  const auto config = demo.get("/nodes/pve2/qemu/900/config").data();
  EXPECT_THAT(text(config.at("net0")), MatchesRegex("virtio=BC:24:11(:[0-9A-F][0-9A-F]){3},bridge=vmbr0"));
  EXPECT_EQ(config.at("boot"), "order=scsi0;net0");
  EXPECT_THAT(text(config.at("smbios1")), testing::StartsWith("uuid="));
  EXPECT_FALSE(config.get_object().contains("start"));
  EXPECT_EQ(status_of(demo, "/nodes/pve2/qemu/900"), "running");
  const auto resources = demo.get("/cluster/resources", {{"type", "vm"}});
  const auto* const row = resource(demo, resources.data(), 900);
  ASSERT_NE(row, nullptr);
  EXPECT_EQ(row->at("node"), "pve2");
  EXPECT_TRUE(listed(demo, "local-lvm", "pve2", "local-lvm:vm-900-disk-0"));
}

TEST(GuestChanges, AContainerIsCreated) {
  Demo demo;
  std::string archive;
  const auto content = demo.get("/nodes/pve1/storage/local/content", {{"content", "vztmpl"}});
  ASSERT_TRUE(content.data().is_array()) << content.reason;
  for (const auto& row : content.data().get_array()) archive = text(row.at("volid"));
  ASSERT_FALSE(archive.empty());
  const auto created = demo.post("/nodes/pve1/lxc", {{"vmid", "901"},
                                                     {"hostname", "box"},
                                                     {"ostemplate", archive},
                                                     {"rootfs", "local-lvm:2"},
                                                     {"net0", "name=eth0,bridge=vmbr0,ip=dhcp"},
                                                     {"password", "secret-word"}});
  done(demo, created);
  const auto config = demo.get("/nodes/pve1/lxc/901/config").data();
  EXPECT_EQ(config.at("hostname"), "box");
  EXPECT_EQ(config.at("memory"), 512);
  EXPECT_EQ(config.at("unprivileged"), 1);
  EXPECT_EQ(config.at("rootfs"), "local-lvm:vm-901-disk-0,size=2G");
  EXPECT_THAT(text(config.at("net0")),
              MatchesRegex("name=eth0,bridge=vmbr0,hwaddr=BC:24:11(:[0-9A-F][0-9A-F]){3},ip=dhcp,type=veth"));
  EXPECT_THAT(base::write_json(config), testing::Not(HasSubstr("secret-word")));
  EXPECT_THAT(demo.log(created.upid()).back(), "TASK OK");
}

TEST(GuestChanges, ANewGuestHasItsIdWhileTheTaskRuns) {
  Demo demo(1.0);
  const auto created = demo.post("/nodes/pve1/qemu", {{"vmid", "900"}, {"scsi0", "local-lvm:8"}});
  EXPECT_EQ(demo.post("/nodes/pve2/qemu", {{"vmid", "900"}}).reason,
            "unable to create VM 900 - VM 900 already exists on node 'pve1'");
  EXPECT_EQ(demo.get("/nodes/pve1/qemu/900/config").data().at("lock"), "create");
  demo.del("/nodes/pve1/tasks/" + created.upid());
  demo.finish(created.upid());
  EXPECT_EQ(demo.get("/nodes/pve1/qemu/900/config").status, 500U);
}

TEST(GuestChanges, AGuestIsRestoredFromABackup) {
  Demo demo;
  std::string archive;
  const auto content = demo.get("/nodes/pve1/storage/nas/content", {{"content", "backup"}});
  for (const auto& row : content.data().get_array()) {
    if (row.at("vmid") == 104) archive = text(row.at("volid"));
  }
  ASSERT_FALSE(archive.empty());
  const auto restored = demo.post(
      "/nodes/pve1/qemu", {{"vmid", "904"}, {"archive", archive}, {"storage", "local-lvm"}, {"unique", "1"}});
  EXPECT_THAT(restored.upid(), HasSubstr(":qmrestore:904:"));
  done(demo, restored);
  const auto config = demo.get("/nodes/pve1/qemu/904/config").data();
  EXPECT_EQ(config.at("name"), "mail");
  EXPECT_THAT(text(config.at("scsi0")), HasSubstr("local-lvm:vm-904-disk-0"));
  EXPECT_NE(config.at("net0"), demo.get("/nodes/pve2/qemu/104/config").data().at("net0"));
}

std::string backup_of(Demo& demo, int vmid) {
  const auto content = demo.get("/nodes/pve1/storage/nas/content", {{"content", "backup"}});
  for (const auto& row : content.data().get_array()) {
    if (row.at("vmid") == vmid) return text(row.at("volid"));
  }
  return {};
}

TEST(GuestChanges, LogsOfCopiesGrowWhileTheyRun) {
  Demo demo(1.0);
  const auto moved = demo.post("/nodes/pve1/qemu/105/move_disk",
                               {{"disk", "scsi0"}, {"storage", "ceph-vm"}, {"delete", "1"}});
  const auto cloned = demo.post("/nodes/pve1/qemu/111/clone", {{"newid", "900"}, {"full", "1"}});
  const auto restored = demo.post(
      "/nodes/pve1/qemu", {{"vmid", "904"}, {"archive", backup_of(demo, 104)}, {"storage", "local-lvm"}});
  for (const auto& upid : {moved.upid(), cloned.upid(), restored.upid()}) {
    EXPECT_THAT(demo.log(upid), Each(Not(HasSubstr("%")))) << "at the beginning";
  }
  demo.pass(std::chrono::milliseconds{1000});
  for (const auto& upid : {moved.upid(), cloned.upid(), restored.upid()}) {
    const auto log = demo.log(upid);
    EXPECT_THAT(log, Contains(AnyOf(HasSubstr("20.00%)"), HasSubstr("progress 20% (read ")))) << upid;
    EXPECT_THAT(log, Each(Not(AnyOf(HasSubstr("100.00%)"), HasSubstr("progress 100%"), HasSubstr("TASK")))));
  }
  EXPECT_TRUE(listed(demo, "local-lvm", "pve1", "local-lvm:vm-904-disk-0"));
  demo.del("/nodes/pve1/tasks/" + restored.upid());
  demo.del("/nodes/pve1/tasks/" + cloned.upid());
  demo.finish(restored.upid());
  demo.finish(cloned.upid());
  EXPECT_FALSE(listed(demo, "local-lvm", "pve1", "local-lvm:vm-904-disk-0"))
      << "a stopped task frees its disks";
  EXPECT_FALSE(listed(demo, "local-lvm", "pve1", "local-lvm:vm-900-disk-0"));
}

TEST(GuestChanges, ADestroyedGuestIsPurged) {
  Demo demo;
  demo.post("/nodes/pve1/qemu/100/status/stop");
  done(demo, demo.del("/nodes/pve1/qemu/100", {{"purge", "1"}}));
  EXPECT_EQ(demo.get("/nodes/pve1/qemu/100/config").status, 500U);
  EXPECT_FALSE(listed(demo, "local-lvm", "pve1", "local-lvm:vm-100-disk-0"));
  EXPECT_EQ(demo.get("/cluster/ha/resources/vm:100").status, 500U);
  const auto resources = demo.get("/cluster/resources", {{"type", "vm"}});
  EXPECT_EQ(resource(demo, resources.data(), 100), nullptr);
}

TEST(GuestChanges, ForceDestroysARunningContainer) {
  Demo demo;
  const auto gone = demo.del("/nodes/pve1/lxc/202", {{"force", "1"}, {"purge", "1"}});
  done(demo, gone);
  EXPECT_THAT(demo.log(gone.upid()), ElementsAre("forced to stop CT 202 before destroying!",
                                                 "purging CT 202 from related configurations..", "TASK OK"));
}

TEST(GuestChanges, ACloneIsFullOrLinked) {
  Demo demo;
  const auto full = demo.post("/nodes/pve1/qemu/105/clone", {{"newid", "900"}, {"name", "copy"}});
  done(demo, full);
  EXPECT_THAT(demo.log(full.upid()).front(), "creating a clone of VM 105 with ID 900");
  const auto config = demo.get("/nodes/pve1/qemu/900/config").data();
  EXPECT_EQ(config.at("name"), "copy");
  EXPECT_THAT(text(config.at("scsi0")), HasSubstr("local-lvm:vm-900-disk-0"));
  EXPECT_NE(config.at("net0"), demo.get("/nodes/pve1/qemu/105/config").data().at("net0"));
  const auto linked = demo.post("/nodes/pve1/qemu/111/clone", {{"newid", "901"}});
  done(demo, linked);
  EXPECT_THAT(demo.log(linked.upid()), testing::Contains(HasSubstr("create linked clone of drive scsi0")));
  const auto copy = demo.get("/nodes/pve1/qemu/901/config").data();
  EXPECT_EQ(copy.at("name"), "Copy-of-VM-debian13-template");
  EXPECT_FALSE(copy.get_object().contains("template"));
  const auto kept = demo.del("/nodes/pve1/qemu/111");
  EXPECT_EQ(demo.finish(kept.upid()),
            "base volume 'local-lvm:base-111-disk-0' is still in use by linked cloned");
  done(demo, demo.del("/nodes/pve1/qemu/901"));
  done(demo, demo.del("/nodes/pve1/qemu/111"));
}

TEST(GuestChanges, ASnapshotIsClonedToAnotherNode) {
  Demo demo;
  done(demo, demo.post("/nodes/pve2/qemu/101/snapshot", {{"snapname", "base"}}));
  demo.put("/nodes/pve2/qemu/101/config", {{"description", "later"}});
  done(demo,
       demo.post("/nodes/pve2/qemu/101/clone", {{"newid", "902"}, {"snapname", "base"}, {"target", "pve3"}}));
  EXPECT_EQ(demo.get("/nodes/pve3/qemu/902/config").status, 200U);
  done(demo, demo.post("/nodes/pve3/lxc/208/clone", {{"newid", "903"}, {"hostname", "box"}}));
  EXPECT_EQ(demo.get("/nodes/pve3/lxc/903/config").data().at("hostname"), "box");
}

TEST(GuestChanges, AVmBecomesATemplate) {
  Demo demo;
  done(demo, demo.post("/nodes/pve1/qemu/105/template"));
  const auto config = demo.get("/nodes/pve1/qemu/105/config").data();
  EXPECT_EQ(config.at("template"), 1);
  EXPECT_THAT(text(config.at("scsi0")), HasSubstr("local-lvm:base-105-disk-0"));
  EXPECT_TRUE(demo.post("/nodes/pve3/lxc/208/template").data().is_null());
  EXPECT_EQ(demo.get("/nodes/pve3/lxc/208/config").data().at("template"), 1);
}

TEST(GuestChanges, AMigrationMovesTheGuest) {
  Demo demo;
  const auto live = demo.post("/nodes/pve2/qemu/101/migrate", {{"target", "pve3"}, {"online", "1"}});
  done(demo, live);
  EXPECT_EQ(status_of(demo, "/nodes/pve3/qemu/101"), "running");
  EXPECT_EQ(demo.get("/nodes/pve2/qemu/101/config").status, 500U);
  EXPECT_THAT(demo.log(live.upid()),
              testing::Contains(HasSubstr("starting migration of VM 101 to node 'pve3'")));
  done(demo, demo.post("/nodes/pve1/qemu/105/migrate", {{"target", "pve2"}}));
  EXPECT_TRUE(listed(demo, "local-lvm", "pve2", "local-lvm:vm-105-disk-0"));
  EXPECT_FALSE(listed(demo, "local-lvm", "pve1", "local-lvm:vm-105-disk-0"));
  done(demo, demo.post("/nodes/pve1/qemu/117/migrate",
                       {{"target", "pve2"}, {"online", "1"}, {"with-local-disks", "1"}}));
  EXPECT_EQ(status_of(demo, "/nodes/pve2/qemu/117"), "running");
  done(demo, demo.post("/nodes/pve2/lxc/203/migrate", {{"target", "pve1"}, {"restart", "1"}}));
  EXPECT_EQ(status_of(demo, "/nodes/pve1/lxc/203"), "running");
}

TEST(GuestChanges, TheReasonOfAnAbortedMigrationIsInItsLog) {
  Demo demo;
  const auto failed = demo.post("/nodes/pve1/qemu/117/migrate", {{"target", "pve2"}, {"online", "1"}});
  EXPECT_EQ(demo.finish(failed.upid()), "migration aborted");
  EXPECT_THAT(demo.log(failed.upid()),
              testing::Contains(
                  HasSubstr("can't live migrate attached local disks without with-local-disks option")));
  EXPECT_EQ(status_of(demo, "/nodes/pve1/qemu/117"), "running");
}

TEST(GuestChanges, TheDriveOfCloudInitHasItsOwnName) {
  Demo demo;
  done(demo, demo.post("/nodes/pve1/qemu", {{"vmid", "901"}, {"ide2", "local-lvm:cloudinit"}}));
  EXPECT_EQ(text(demo.get("/nodes/pve1/qemu/901/config").data().at("ide2")),
            "local-lvm:vm-901-cloudinit,media=cdrom");
  EXPECT_TRUE(listed(demo, "local-lvm", "pve1", "local-lvm:vm-901-cloudinit"));
  done(demo, demo.post("/nodes/pve1/qemu/901/clone", {{"newid", "902"}, {"storage", "nas"}, {"full", "1"}}));
  EXPECT_THAT(text(demo.get("/nodes/pve1/qemu/902/config").data().at("ide2")),
              testing::StartsWith("nas:902/vm-902-cloudinit."));
}

TEST(GuestChanges, ANewGuestIsInItsPool) {
  Demo demo;
  ASSERT_EQ(demo.post("/pools", {{"poolid", "fresh"}}).status, 200U);
  done(demo, demo.post("/nodes/pve1/qemu", {{"vmid", "900"}, {"pool", "fresh"}}));
  const auto pool = demo.get("/pools", {{"poolid", "fresh"}});
  EXPECT_THAT(base::write_json(pool.data()), HasSubstr("900"));
}

}  // namespace
}  // namespace simulator
