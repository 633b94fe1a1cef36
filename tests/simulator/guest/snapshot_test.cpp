#include "simulator/support.h"

namespace simulator {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::vector<std::string> names(const Got& got) {
  std::vector<std::string> list;
  for (const auto& row : got.data().get_array()) list.emplace_back(row.at("name").get_string());
  return list;
}

TEST(Snapshots, AreTakenRolledBackAndDeleted) {
  for (const auto* const path : {"/nodes/pve1/qemu/105", "/nodes/pve3/lxc/208"}) {
    Demo demo;
    SCOPED_TRACE(path);
    const std::string guest = path;
    EXPECT_EQ(
        demo.finish(demo.post(guest + "/snapshot", {{"snapname", "one"}, {"description", "first"}}).upid()),
        "OK");
    EXPECT_THAT(names(demo.get(guest + "/snapshot")), ElementsAre("one", "current"));
    demo.put(guest + "/config", {{"cores", "7"}});
    EXPECT_EQ(demo.finish(demo.post(guest + "/snapshot", {{"snapname", "two"}}).upid()), "OK");
    const auto list = demo.get(guest + "/snapshot").data().get_array();
    EXPECT_EQ(list[1].at("parent"), "one");
    EXPECT_EQ(list[2].at("parent"), "two");
    EXPECT_EQ(demo.finish(demo.post(guest + "/snapshot/one/rollback").upid()), "OK");
    EXPECT_NE(demo.get(guest + "/config").data().at("cores"), 7);
    EXPECT_EQ(demo.get(guest + "/config").data().at("parent"), "one");
    EXPECT_EQ(demo.finish(demo.del(guest + "/snapshot/one").upid()), "OK");
    EXPECT_THAT(names(demo.get(guest + "/snapshot")), ElementsAre("two", "current"));
    EXPECT_FALSE(demo.get(guest + "/config").data().get_object().contains("parent"));
    EXPECT_FALSE(demo.get(guest + "/snapshot").data().at(0).get_object().contains("parent"));
  }
}

TEST(Snapshots, MayHaveTheMemory) {
  Demo demo;
  const std::string vm = "/nodes/pve1/qemu/117";
  const auto taken = demo.post(vm + "/snapshot", {{"snapname", "ram"}, {"vmstate", "1"}});
  EXPECT_EQ(demo.finish(taken.upid()), "OK");
  EXPECT_THAT(demo.log(taken.upid()), testing::Contains(HasSubstr("saving VM state and RAM using storage")));
  EXPECT_EQ(demo.get(vm + "/snapshot").data().at(0).at("vmstate"), 1);
  demo.finish(demo.post(vm + "/status/stop").upid());
  EXPECT_EQ(demo.finish(demo.post(vm + "/snapshot/ram/rollback").upid()), "OK");
  EXPECT_EQ(demo.get(vm + "/status/current").data().at("status"), "running");
  EXPECT_FALSE(demo.get(vm + "/config").data().get_object().contains("vmstate"));
  // A rollback to a snapshot without the memory stops the VM.
  demo.finish(demo.post(vm + "/snapshot", {{"snapname", "disk"}}).upid());
  demo.finish(demo.post(vm + "/snapshot/disk/rollback").upid());
  EXPECT_EQ(demo.get(vm + "/status/current").data().at("status"), "stopped");
  demo.finish(demo.post(vm + "/snapshot/disk/rollback", {{"start", "1"}}).upid());
  EXPECT_EQ(demo.get(vm + "/status/current").data().at("status"), "running");
}

TEST(Snapshots, TheDescriptionCanChange) {
  Demo demo;
  EXPECT_EQ(demo.put("/nodes/pve1/qemu/100/snapshot/fresh/config", {{"description", "new words"}}).status,
            200U);
  EXPECT_EQ(demo.get("/nodes/pve1/qemu/100/snapshot/fresh/config").data().at("description"), "new words");
}

TEST(Snapshots, NamesAreChecked) {
  Demo demo;
  for (const auto* const name : {"s", "1abc", "with blank", "a/b"}) {
    const auto got = demo.post("/nodes/pve1/qemu/105/snapshot", {{"snapname", name}});
    EXPECT_EQ(got.status, 400U) << name;
    EXPECT_FALSE(got.error("snapname").empty()) << name;
  }
}

TEST(Snapshots, SomeStoragesRefuseThem) {
  Demo demo;
  // PVE cannot take snapshots of a raw file.
  demo.put("/nodes/pve1/qemu/105/config", {{"scsi1", "nas:1,format=raw"}});
  const auto got = demo.post("/nodes/pve1/qemu/105/snapshot", {{"snapname", "snap1"}});
  EXPECT_EQ(demo.finish(got.upid()), "snapshot feature is not available");
  EXPECT_EQ(demo.get("/nodes/pve1/qemu/105/feature", {{"feature", "snapshot"}}).data().at("hasFeature"), 0);
}

}  // namespace
}  // namespace simulator
