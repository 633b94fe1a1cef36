// Surprising behaviour of PVE, each seen on a real one.
#include <gtest/gtest.h>

#include <algorithm>

#include "base/text.h"
#include "simulator/refusals.h"
#include "simulator/support.h"

namespace simulator {
namespace {

using enum base::Method;
using std::chrono::milliseconds;
using std::chrono::seconds;

/// A call that PVE accepts as a task, and the exit status of the task.
struct Accepted {
  base::Method method;
  std::string path;
  Form form;
  std::string exit_status;
};

void expect_accepted(Demo& demo, std::initializer_list<Accepted> table) {
  for (const auto& row : table) {
    SCOPED_TRACE(std::string(base::name(row.method)) + " " + row.path);
    const auto got = demo.call(row.method, row.path, row.form);
    EXPECT_EQ(got.status, 200U) << got.text;
    EXPECT_EQ(demo.finish(got.upid()), row.exit_status);
  }
}

std::string joined(const std::vector<std::string>& lines) {
  std::string text;
  for (const auto& line : lines) text += line + "\n";
  return text;
}

TEST(Oddities, StoppingTwiceSucceedsForAVmAndFailsForAContainer) {
  Demo demo;
  expect_accepted(demo, {{Post, "/nodes/pve1/qemu/105/status/stop", {}, "OK"},
                         {Post, "/nodes/pve1/qemu/110/status/stop", {}, "OK"},
                         {Post, "/nodes/pve2/qemu/104/status/start", {}, "VM 104 already running"}});
  expect_refused(demo, {{Post, "/nodes/pve3/lxc/208/status/stop", {}, 500, "CT 208 not running"},
                        {Post, "/nodes/pve3/lxc/204/status/start", {}, 500, "CT 204 already running"}});
}

TEST(Oddities, ALockIsRefusedInTheTaskOrAtOnce) {
  Demo demo;
  ASSERT_TRUE(demo.cluster().fault("lock=208"));
  expect_accepted(demo,
                  {{Delete, "/nodes/pve1/qemu/110", {}, "VM is locked (backup)"},
                   {Post, "/nodes/pve1/qemu/110/snapshot", {{"snapname", "one"}}, "VM is locked (backup)"},
                   {Post, "/nodes/pve1/qemu/110/status/start", {}, "VM is locked (backup)"},
                   {Post, "/nodes/pve3/lxc/208/snapshot", {{"snapname", "one"}}, "CT is locked (backup)"}});
  expect_refused(demo,
                 {{Post, "/nodes/pve1/qemu/110/clone", {{"newid", "900"}}, 500, "VM is locked (backup)"},
                  {Put, "/nodes/pve3/lxc/208/config", {{"cores", "1"}}, 500, "CT is locked (backup)"},
                  {Delete, "/nodes/pve3/lxc/208", {}, 500, "CT is locked (backup)"}});
}

TEST(Oddities, AMissingArchiveIsRefusedAtOnceOrInTheTask) {
  Demo demo;
  const std::string archive = "nas:backup/vzdump-lxc-1-2026_01_01-00_00_00.tar.zst";
  expect_refused(demo, {{Post,
                         "/nodes/pve1/qemu",
                         {{"vmid", "900"}, {"archive", "nas:backup/none.vma.zst"}},
                         500,
                         "volume 'nas:backup/none.vma.zst' does not exist"}});
  expect_accepted(demo,
                  {{Post,
                    "/nodes/pve1/lxc",
                    {{"vmid", "900"}, {"ostemplate", archive}, {"restore", "1"}, {"storage", "local-lvm"}},
                    "unable to restore CT 900 - volume '" + archive + "' does not exist"}});
}

TEST(Oddities, SomeCallsDoNotReturnTheirTask) {
  Demo demo;
  const auto made = demo.post("/nodes/pve3/lxc/208/template");
  EXPECT_EQ(made.status, 200U);
  EXPECT_TRUE(made.data().is_null());
  EXPECT_EQ(demo.get("/nodes/pve3/lxc/208/config").data().at("template"), 1);
  const auto backup = demo.get("/nodes/pve1/storage/nas/content", {{"vmid", "206"}}).data().at(0);
  const auto path = "/nodes/pve1/storage/nas/content/" +
                    base::percent_encode(std::string_view(backup.at("volid").get_string()));
  const auto removed = demo.del(path, {{"delay", "5"}});
  EXPECT_EQ(removed.status, 200U);
  EXPECT_TRUE(removed.data().is_null());
  EXPECT_TRUE(rows(demo.get("/nodes/pve1/storage/nas/content", {{"vmid", "206"}})).empty());
}

TEST(Oddities, AStoppedTaskHasTheStatusOfItsType) {
  Demo demo(1);
  demo.put("/nodes/pve2/qemu/104/config", {{"acpi", "0"}, {"agent", "0"}});
  const auto stopped = [&](const Got& started) {
    const auto upid = started.upid();
    demo.pass(milliseconds(100));
    const auto path = "/nodes/pve2/tasks/" + base::percent_encode(upid);
    EXPECT_TRUE(demo.del(path).data().is_null());
    demo.pass(seconds(2));
    return demo.get(path + "/status").data();
  };
  EXPECT_EQ(stopped(demo.post("/nodes/pve2/qemu/104/status/shutdown")).at("exitstatus"),
            "received interrupt");
  EXPECT_EQ(stopped(demo.post("/nodes/pve2/vzdump", {{"vmid", "104"}, {"storage", "nas"}})).at("exitstatus"),
            "job errors");
}

TEST(Oddities, AResizeEndsWithOkAlthoughTheFileSystemStaysSmall) {
  Demo demo(1);
  demo.put("/storage/local", {{"content", "iso,vztmpl,backup,rootdir"}});
  const auto moved = demo.post("/nodes/pve3/lxc/208/move_volume",
                               {{"volume", "rootfs"}, {"storage", "local"}, {"delete", "1"}});
  ASSERT_EQ(demo.finish(moved.upid()), "OK") << moved.text;
  const auto resized = demo.put("/nodes/pve3/lxc/208/resize", {{"disk", "rootfs"}, {"size", "+1G"}});
  demo.pass(seconds(60));
  EXPECT_EQ(
      demo.get("/nodes/pve3/tasks/" + base::percent_encode(resized.upid()) + "/status").data().at("status"),
      "running")
      << "fsck waits";
  EXPECT_EQ(demo.finish(resized.upid()), "OK");
  EXPECT_THAT(joined(demo.log(resized.upid())),
              testing::ContainsRegex("Failed to update the container's filesystem: command 'e2fsck -f -y "
                                     "/var/lib/vz/images/208/.*' failed: exit code 1"));
}

TEST(Oddities, ALiveMigrationLogsTheMissingOption) {
  Demo demo;
  const auto upid = demo.post("/nodes/pve1/qemu/117/migrate", {{"target", "pve2"}, {"online", "1"}}).upid();
  EXPECT_EQ(demo.finish(upid), "migration aborted");
  EXPECT_THAT(joined(demo.log(upid)), testing::HasSubstr("with-local-disks"));
}

TEST(Oddities, ADestroyWithoutQuorumFreesOnlyTheDisks) {
  Demo demo;
  ASSERT_TRUE(demo.cluster().fault("no-corosync"));
  const auto disks = [&](const std::string& vmid) {
    const auto listed = demo.get("/nodes/pve2/storage/local-lvm/content", {{"vmid", vmid}});
    return rows(listed).size();
  };
  ASSERT_EQ(disks("118"), 1U);
  const auto upid = demo.del("/nodes/pve2/qemu/118").upid();
  const auto pid = demo.get("/nodes/pve2/tasks/" + base::percent_encode(upid) + "/status").data().at("pid");
  EXPECT_EQ(demo.finish(upid), "unable to open file '/etc/pve/nodes/pve2/qemu-server/118.conf.tmp." +
                                   base::write_json(pid) + "' - Permission denied");
  EXPECT_EQ(disks("118"), 0U);
  EXPECT_EQ(demo.get("/nodes/pve2/qemu/118/config").status, 200U);
  EXPECT_EQ(demo.del("/nodes/pve2/qemu/112").reason, "VM 112 is running - destroy failed");
}

TEST(Oddities, WithoutQuorumStoppingAndServicesWork) {
  Demo demo;
  ASSERT_TRUE(demo.cluster().fault("no-corosync"));
  expect_accepted(demo, {{Post, "/nodes/pve2/qemu/112/status/stop", {}, "OK"},
                         {Post, "/nodes/pve2/services/pvestatd/restart", {}, "OK"},
                         {Post, "/nodes/pve1/vzdump", {{"vmid", "105"}, {"storage", "nas"}}, "job errors"}});
  expect_refused(
      demo,
      {{Post, "/nodes/pve2/qemu/112/migrate", {{"target", "pve3"}}, 500, "cluster not ready - no quorum?"},
       {Post, "/nodes/pve2/qemu/112/clone", {{"newid", "129"}}, 500, "cluster not ready - no quorum?"},
       {Post,
        "/nodes/pve2/lxc",
        {{"vmid", "129"}, {"ostemplate", "local:vztmpl/x.tar.gz"}},
        500,
        "cluster not ready - no quorum?"}});
}

std::string member(const Got& got, std::string_view id, std::string_view key) {
  const auto* const row = row_with(got.data(), "id", id);
  return row == nullptr ? "(no row)" : base::write_json(row->at(key));
}

TEST(Oddities, WithoutQuorumOtherNodesAreOfflineAndMayAnswer) {
  Demo demo;
  ASSERT_TRUE(demo.cluster().fault("no-corosync"));
  EXPECT_EQ(member(demo.get("/nodes"), "node/pve1", "status"), R"("online")");
  EXPECT_EQ(member(demo.get("/nodes"), "node/pve3", "status"), R"("offline")");
  EXPECT_EQ(member(demo.get("/cluster/status"), "node/pve3", "online"), "0");
  EXPECT_EQ(demo.get("/nodes/pve3/status").status, 200U) << "only corosync is down on it";
  demo.cluster().clear_faults();
  ASSERT_TRUE(demo.cluster().fault("no-quorum"));
  EXPECT_EQ(member(demo.get("/cluster/status"), "node/pve3", "online"), "0");
  EXPECT_EQ(demo.get("/nodes/pve3/status").status, 595U) << "the node cannot reach the others";
  EXPECT_EQ(demo.get("/nodes/pve1/status").status, 200U);
}

TEST(Oddities, ADeathIsNoticedLate) {
  Demo demo;
  ASSERT_TRUE(demo.cluster().fault("died=pve3"));
  const auto seen = [&](std::string_view path, std::string_view key) {
    return member(demo.get(path), "node/pve3", key);
  };
  EXPECT_EQ(seen("/nodes", "status"), R"("online")");
  EXPECT_EQ(seen("/cluster/status", "online"), "1");
  EXPECT_EQ(seen("/cluster/resources", "status"), R"("online")");
  const auto first = demo.get("/nodes/pve3/status");
  EXPECT_EQ(first.reason, "No route to host");
  EXPECT_EQ(first.text, "");
  EXPECT_EQ(first.delay, milliseconds(9400));
  demo.pass(first.delay);
  const auto second = demo.get("/nodes/pve3/qemu/107/status/current");
  EXPECT_EQ(second.status, 595U);
  EXPECT_EQ(second.delay, milliseconds(3000));
  EXPECT_EQ(seen("/nodes", "status"), R"("offline")");
  EXPECT_EQ(seen("/cluster/status", "online"), "0");
  demo.cluster().clear_faults();
  EXPECT_EQ(seen("/nodes", "status"), R"("online")");
}

TEST(Oddities, GuestsOfADeadNodeStayRunningInTheList) {
  Demo demo;
  ASSERT_TRUE(demo.cluster().fault("died=pve3"));
  const auto uptime = member(demo.get("/cluster/resources"), "qemu/107", "uptime");
  demo.pass(seconds(30));
  const auto list = demo.get("/cluster/resources");
  EXPECT_EQ(member(list, "qemu/107", "status"), R"("running")");
  EXPECT_EQ(member(list, "qemu/107", "uptime"), uptime) << "the last known value";
  EXPECT_EQ(member(list, "storage/pve3/local", "status"), R"("available")");
  EXPECT_EQ(member(list, "node/pve3", "status"), R"("offline")");
  EXPECT_FALSE(row_with(list.data(), "id", "node/pve3")->contains("uptime"));
  EXPECT_EQ(demo.get("/nodes/pve3/rrddata", {{"timeframe", "hour"}}).status, 200U);
  EXPECT_EQ(demo.get("/nodes/pve3/qemu/107/rrddata", {{"timeframe", "hour"}}).status, 200U);
  EXPECT_EQ(demo.get("/nodes/pve1/qemu/107/config").reason,
            "Configuration file 'nodes/pve1/qemu-server/107.conf' does not exist");
  for (const auto* path : {"/nodes/pve3/qemu/107/agent/network-get-interfaces", "/nodes/pve3/subscription",
                           "/nodes/pve3/disks/list", "/nodes/pve3/certificates/info"}) {
    EXPECT_EQ(demo.get(path).status, 595U) << path;
  }
}

}  // namespace
}  // namespace simulator
