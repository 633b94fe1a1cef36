// Disks, imports and devices of the host that PVE refuses. The texts are recorded on PVE 9.2, except where a
// comment says that they are from memory.
#include <gtest/gtest.h>

#include "base/text.h"
#include "simulator/refusals.h"

namespace simulator {
namespace {

using enum base::Method;

std::string option(Demo& demo, const std::string& path, std::string_view key) {
  const auto got = demo.get(path);
  const auto& data = got.data().as_object();
  return data.contains(key) ? base::write_json(data.at(key)) : "(none)";
}

constexpr std::string_view kConfig = "/nodes/pve1/qemu/105/config";

TEST(Imports, AreRefusedAtOnceOrInTheTask) {
  Demo demo;
  const std::string missing = "failed to stat '/var/lib/vz/import/none.raw'";
  const std::string path{kConfig};
  expect_refused(
      demo, {{Put,
              path,
              {{"scsi9", "local-lvm:1,import-from=local:import/none.raw"}},
              400,
              "'import-from' requires special syntax - use <storage ID>:0,import-from=<source>",
              "scsi9"},
             {Put, path, {{"scsi9", "local-lvm:0,import-from=local:import/none.raw"}}, 500, missing},
             {Put,
              path,
              {{"scsi9", "local-lvm:0,import-from=/var/lib/vz/import/tiny.raw"}},
              500,
              "Only root can pass arbitrary filesystem paths. at /usr/share/perl5/PVE/Storage.pm line 651."},
             // From memory.
             {Put,
              path,
              {{"scsi9", "local-lvm:0,import-from=nowhere:import/a.raw"}},
              500,
              "storage 'nowhere' does not exist"},
             // From memory.
             {Put,
              path,
              {{"scsi9", "local-lvm:0,import-from=local:iso/debian.iso"}},
              400,
              "local:iso/debian.iso has wrong type 'iso' - needs to be 'images' or 'import'",
              "scsi9"}});
  EXPECT_EQ(option(demo, path, "scsi9"), "(none)");
  const auto task = demo.post(path, {{"scsi9", "local-lvm:0,import-from=local:import/none.raw"}}).upid();
  EXPECT_EQ(demo.finish(task), missing);
  const auto made = demo.post("/nodes/pve1/qemu",
                              {{"vmid", "900"}, {"scsi0", "local-lvm:0,import-from=local:import/none.raw"}});
  EXPECT_EQ(demo.finish(made.upid()), "unable to create VM 900 - " + missing);
  EXPECT_EQ(demo.get("/nodes/pve1/qemu/900/config").status, 500U) << "no VM is left";
}

TEST(Disks, OfAPathOfTheHostAreRootsAlone) {
  Demo demo;
  for (const auto* const value : {"/dev/mapper/pve-vm--100--disk--0", "/srv/a.iso,media=cdrom"})
    expect_refused(
        demo,
        {{Put,
          std::string(kConfig),
          {{"scsi9", value}},
          500,
          "Only root can pass arbitrary filesystem paths. at /usr/share/perl5/PVE/Storage.pm line 651."}});
  EXPECT_EQ(option(demo, std::string(kConfig), "scsi9"), "(none)");
}

TEST(Imports, HaveTheSizeOfTheirSource) {
  Demo demo;
  const auto disk = option(demo, std::string(kConfig), "scsi0");
  const auto size = disk.substr(disk.find("size="));
  const auto source = disk.substr(1, disk.find(',') - 1);
  ASSERT_EQ(demo.put(kConfig, {{"scsi9", "local-lvm:0,import-from=" + source}}).status, 200U);
  EXPECT_EQ(option(demo, std::string(kConfig), "scsi9"),
            "\"local-lvm:vm-105-disk-1," + size.substr(0, size.find_first_of(",\"")) + "\"");
}

TEST(Disks, OfTheFirmwareIgnoreTheSizeInTheCall) {
  Demo demo;
  demo.put("/storage/local", {{"content", "iso,vztmpl,backup,images"}});
  const auto made =
      demo.post("/nodes/pve1/qemu", {{"vmid", "900"},
                                     {"efidisk0", "local:1,efitype=4m,pre-enrolled-keys=0,format=qcow2"},
                                     {"tpmstate0", "local:1,version=v2.0"},
                                     {"ide2", "local:cloudinit,format=qcow2"}});
  ASSERT_EQ(demo.finish(made.upid()), "OK");
  const std::string path = "/nodes/pve1/qemu/900/config";
  EXPECT_THAT(option(demo, path, "efidisk0"),
              testing::EndsWith(".qcow2,efitype=4m,pre-enrolled-keys=0,size=528K\""));
  EXPECT_THAT(option(demo, path, "tpmstate0"), testing::EndsWith(".raw,size=4M,version=v2.0\""));
  EXPECT_EQ(option(demo, path, "ide2"), "\"local:900/vm-900-cloudinit.qcow2,media=cdrom\"");
  // From memory: LVM rounds up to whole extents.
  ASSERT_EQ(demo.put(path, {{"efidisk0", "local-lvm:1,efitype=4m"}}).status, 200U);
  EXPECT_EQ(option(demo, path, "efidisk0"), "\"local-lvm:vm-900-disk-0,efitype=4m,size=4M\"");
}

TEST(Disks, AVmHasOneCloudInitDrive) {
  Demo demo;
  const std::string path{kConfig};
  ASSERT_EQ(demo.put(path, {{"ide2", "local-lvm:cloudinit"}}).status, 200U);
  EXPECT_EQ(option(demo, path, "ide2"), "\"local-lvm:vm-105-cloudinit,media=cdrom\"");
  expect_refused(demo, {{Put,
                         path,
                         {{"ide3", "local-lvm:cloudinit"}},
                         500,
                         "ide3 - cloud-init drive is already attached at 'ide2'"}});
}

TEST(Disks, TheSizeInAConfigurationIsIgnored) {
  Demo demo;
  const auto before = option(demo, std::string(kConfig), "scsi0");
  const auto volume = before.substr(1, before.find(',') - 1);
  ASSERT_EQ(demo.put(kConfig, {{"scsi0", volume + ",size=999G"}}).status, 200U);
  EXPECT_THAT(option(demo, std::string(kConfig), "scsi0"), testing::Not(testing::HasSubstr("999G")));
}

TEST(Devices, ThatTheNodeLacksPreventTheStart) {
  struct Row {
    Form form;
    std::string error;
  };
  const Row rows[] = {
      {{{"net0", "virtio,bridge=vmbr77"}}, "bridge 'vmbr77' does not exist"},
      {{{"net0", "virtio,bridge=lan"}}, "bridge 'lan' does not exist"},
      {{{"sockets", "4"}, {"cores", "64"}}, "MAX 32 vcpus allowed per VM on this node"},
      // From memory.
      {{{"hostpci0", "mapping=gpu"}}, "PCI device mapping not found for 'gpu'"},
      // From memory.
      {{{"usb0", "mapping=stick"}}, "USB device mapping not found for 'stick'"},
  };
  for (const auto& row : rows) {
    Demo demo;
    SCOPED_TRACE(row.error);
    ASSERT_EQ(demo.put(kConfig, row.form).status, 200U);
    EXPECT_EQ(demo.finish(demo.post("/nodes/pve1/qemu/105/status/start").upid()), row.error);
    EXPECT_EQ(option(demo, "/nodes/pve1/qemu/105/status/current", "status"), "\"stopped\"");
  }
}

TEST(Devices, ThatCannotBePluggedInStayPending) {
  Demo demo;
  const std::string vm = "/nodes/pve1/qemu/117";
  expect_refused(demo, {{Put,
                         vm + "/config",
                         {{"net2", "virtio=BC:24:11:F3:1B:94,bridge=vmbr77"}},
                         400,
                         "hotplug problem - VM 117 qmp command 'netdev_add' failed - network script "
                         "/usr/libexec/qemu-server/pve-bridge-hotplug failed with status 512\n",
                         "net2"},
                        // From memory.
                        {Put,
                         vm + "/config",
                         {{"usb1", "mapping=stick"}},
                         400,
                         "hotplug problem - USB device mapping not found for 'stick'\n",
                         "usb1"}});
  const auto pending = demo.get(vm + "/pending");
  const auto* const row = row_with(pending.data(), "key", "net2");
  ASSERT_NE(row, nullptr);
  EXPECT_EQ(row->at("pending"), "virtio=BC:24:11:F3:1B:94,bridge=vmbr77");
  EXPECT_FALSE(row->contains("value"));
  ASSERT_EQ(demo.put(vm + "/config", {{"revert", "net2,usb1"}}).status, 200U);
  EXPECT_EQ(row_with(demo.get(vm + "/pending").data(), "key", "net2"), nullptr);
}

// From memory.
TEST(Clones, OfDisksOnLocalStorageStayOnTheNode) {
  Demo demo;
  for (const auto& target : {Form{{"newid", "900"}, {"full", "1"}, {"target", "pve2"}},
                             Form{{"newid", "900"}, {"full", "1"}, {"target", "pve2"}, {"storage", "nas"}}}) {
    const auto got = demo.post("/nodes/pve1/qemu/105/clone", target);
    EXPECT_EQ(got.reason, "can't clone VM to node 'pve2' (VM uses local storage)");
  }
}

TEST(Suspended, AVmCanBeDestroyedButNotChanged) {
  Demo demo;
  const std::string vm = "/nodes/pve1/qemu/117";
  ASSERT_EQ(demo.finish(demo.post(vm + "/status/suspend", {{"todisk", "1"}}).upid()), "OK");
  const std::string locked = "VM is locked (suspended)";
  expect_refused(demo, {{Put, vm + "/config", {{"description", "x"}}, 500, locked},
                        {Post, vm + "/clone", {{"newid", "900"}, {"full", "1"}}, 500, locked},
                        {Post, vm + "/move_disk", {{"disk", "scsi0"}, {"storage", "nas"}}, 500, locked},
                        {Post, vm + "/template", {}, 500, locked},
                        {Get, vm + "/migrate", {}, 500, locked},
                        {Post, vm + "/status/reset", {}, 500, "VM 117 not running"},
                        {Post, vm + "/status/reboot", {}, 500, "VM 117 not running"},
                        {Post, vm + "/status/suspend", {}, 500, "VM 117 not running"}});
  const auto ends = [&](const Got& got) { return demo.finish(got.upid()); };
  EXPECT_EQ(ends(demo.post(vm + "/status/shutdown")), "OK");
  EXPECT_EQ(ends(demo.post(vm + "/status/stop")), "OK");
  EXPECT_EQ(option(demo, vm + "/status/current", "lock"), "\"suspended\"");
  EXPECT_EQ(ends(demo.post(vm + "/snapshot", {{"snapname", "s1"}})), locked);
  EXPECT_EQ(ends(demo.put(vm + "/resize", {{"disk", "scsi0"}, {"size", "+1M"}})), locked);
  EXPECT_EQ(ends(demo.post("/nodes/pve1/vzdump", {{"vmid", "117"}, {"storage", "nas"}})), "job errors");
  EXPECT_EQ(ends(demo.del(vm)), "OK");
  EXPECT_EQ(demo.get(vm + "/config").status, 500U);
}

TEST(Paused, AVmRefusesToShutDown) {
  Demo demo;
  const std::string vm = "/nodes/pve1/qemu/117";
  const auto ends = [&](const Got& got) { return demo.finish(got.upid()); };
  ASSERT_EQ(ends(demo.post(vm + "/status/suspend")), "OK");
  const std::string paused = "VM is paused - cannot shutdown";
  expect_refused(demo, {{Post, vm + "/status/shutdown", {}, 500, paused},
                        {Post, vm + "/status/reboot", {}, 500, paused},
                        {Get, vm + "/agent/get-osinfo", {}, 500, "QEMU guest agent is not running"}});
  EXPECT_EQ(ends(demo.post(vm + "/status/start")), "VM 117 already running");
  EXPECT_EQ(ends(demo.post(vm + "/status/suspend")), "OK");
  EXPECT_EQ(option(demo, vm + "/status/current", "status"), "\"running\"");
  EXPECT_EQ(option(demo, vm + "/status/current", "qmpstatus"), "\"paused\"");
}

TEST(Volumes, AMissingVolumeIsDeletedWithoutAnError) {
  Demo demo;
  const auto remove = [&](std::string_view volume) {
    return demo.finish(
        demo.del("/nodes/pve1/storage/local-lvm/content/" + base::percent_encode(volume)).upid());
  };
  EXPECT_EQ(remove("local-lvm:vm-999-disk-0"), "OK");
  // PVE also deletes an image that a VM uses. The configuration still names it then.
  const auto disk = option(demo, std::string(kConfig), "scsi0");
  EXPECT_EQ(remove(disk.substr(1, disk.find(',') - 1)), "OK");
  EXPECT_EQ(option(demo, std::string(kConfig), "scsi0"), disk);
}

}  // namespace
}  // namespace simulator
