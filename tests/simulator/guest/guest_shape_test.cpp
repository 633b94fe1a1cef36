// Compares guests with those of a recorded PVE.
#include "simulator/shape.h"
#include "simulator/support.h"

namespace simulator {
namespace {

constexpr std::string_view kFile = "guests.jsonl";

// The recorded node had an old QEMU whose block statistics PVE could not read.
const std::vector<std::string> kProcess = {"diskread", "diskwrite", "running-machine", "running-qemu"};

// Members that depend on the guest (its network cards, whether it runs) and not on the call.
std::vector<std::string> config_extras() {
  return {"agent",      "sockets",  "cpu",         "features", "onboot", "lock",
          "protection", "template", "description", "tags",     "parent"};
}

TEST(GuestShape, VmListsAreAsRecorded) {
  Demo demo;
  Allowed allowed;
  allowed.extra = {"[].template"};
  // Some of the recorded lists are full ones, with the cards of the running VMs.
  allowed.missing = {"[].nics", "[].nics.tap103i0"};
  expect_same_shape(demo.get("/nodes/pve1/qemu").data(), recorded(kFile, "GET", "/nodes/*/qemu"), allowed);
}

TEST(GuestShape, ContainerListsAreAsRecorded) {
  Demo demo;
  Allowed allowed;
  // No recorded container had tags or was a template.
  allowed.extra = {"[].tags", "[].template"};
  expect_same_shape(demo.get("/nodes/pve1/lxc").data(), recorded(kFile, "GET", "/nodes/*/lxc"), allowed);
  expect_same_shape(demo.get("/nodes/pve2/lxc").data(), recorded(kFile, "GET", "/nodes/*/lxc"), allowed);
}

TEST(GuestShape, VmStatusIsAsRecorded) {
  Demo demo;
  Allowed allowed;
  allowed.extra = kProcess;
  allowed.extra.emplace_back("template");
  for (const auto* const path : {"/nodes/pve1/qemu/100", "/nodes/pve1/qemu/105", "/nodes/pve1/qemu/110",
                                 "/nodes/pve1/qemu/111", "/nodes/pve2/qemu/101"}) {
    SCOPED_TRACE(path);
    Allowed each = allowed;
    // The recorded nic is "tap103i0".
    each.extra.push_back("nics.tap" + std::string(path).substr(17) + "i0");
    each.missing = {"nics", "nics.tap103i0", "nics.tap121i0"};
    // No HA manager ran on the recorded node.
    each.type = {"ha.state"};
    expect_same_shape(demo.get(std::string(path) + "/status/current").data(),
                      recorded(kFile, "GET", "/nodes/*/qemu/*/status/current"), each);
  }
}

TEST(GuestShape, ContainerStatusIsAsRecorded) {
  Demo demo;
  Allowed allowed;
  allowed.extra = {"tags", "template", "ha.state", "lock"};
  for (const auto* const path : {"/nodes/pve1/lxc/200", "/nodes/pve3/lxc/208", "/nodes/pve2/lxc/210"}) {
    SCOPED_TRACE(path);
    expect_same_shape(demo.get(std::string(path) + "/status/current").data(),
                      recorded(kFile, "GET", "/nodes/*/lxc/*/status/current"), allowed);
  }
}

TEST(GuestShape, ConfigurationsAreAsRecorded) {
  Demo demo;
  Allowed allowed;
  allowed.extra = config_extras();
  for (const auto* const vm : {"/nodes/pve1/qemu/100", "/nodes/pve1/qemu/110", "/nodes/pve2/qemu/103"}) {
    expect_same_shape(demo.get(std::string(vm) + "/config").data(),
                      recorded(kFile, "GET", "/nodes/*/qemu/*/config"), allowed);
    expect_same_shape(demo.get(std::string(vm) + "/pending").data(),
                      recorded(kFile, "GET", "/nodes/*/qemu/*/pending"));
  }
  for (const auto* const ct : {"/nodes/pve1/lxc/200", "/nodes/pve3/lxc/208"}) {
    expect_same_shape(demo.get(std::string(ct) + "/config").data(),
                      recorded(kFile, "GET", "/nodes/*/lxc/*/config"), allowed);
    expect_same_shape(demo.get(std::string(ct) + "/pending").data(),
                      recorded(kFile, "GET", "/nodes/*/lxc/*/pending"));
  }
}

TEST(GuestShape, SnapshotsAreAsRecorded) {
  Demo demo;
  Allowed allowed;
  allowed.extra = config_extras();
  expect_same_shape(demo.get("/nodes/pve1/qemu/100/snapshot").data(),
                    recorded(kFile, "GET", "/nodes/*/qemu/*/snapshot"));
  expect_same_shape(demo.get("/nodes/pve1/lxc/202/snapshot").data(),
                    recorded(kFile, "GET", "/nodes/*/lxc/*/snapshot"));
  expect_same_shape(demo.get("/nodes/pve1/qemu/100/snapshot/fresh").data(),
                    recorded(kFile, "GET", "/nodes/*/qemu/*/snapshot/*"));
  expect_same_shape(demo.get("/nodes/pve1/qemu/100/snapshot/before-upgrade/config").data(),
                    recorded(kFile, "GET", "/nodes/*/qemu/*/snapshot/*/config"), allowed);
  allowed.missing = {"parent", "description"};
  expect_same_shape(demo.get("/nodes/pve1/lxc/202/snapshot/known-good/config").data(),
                    recorded(kFile, "GET", "/nodes/*/lxc/*/snapshot/*/config"), allowed);
}

TEST(GuestShape, IndexesAreAsRecorded) {
  Demo demo;
  for (const auto* const type : {"qemu/100", "lxc/200"}) {
    const auto path = std::string("/nodes/pve1/") + type;
    const auto star = std::string("/nodes/*/") + (type[0] == 'q' ? "qemu/*" : "lxc/*");
    EXPECT_EQ(demo.get(path).data(), recorded(kFile, "GET", star).front().body.at("data"));
    EXPECT_EQ(demo.get(path + "/status").data(),
              recorded(kFile, "GET", star + "/status").front().body.at("data"));
  }
}

TEST(GuestShape, MigrationPreconditionsAreAsRecorded) {
  Demo demo;
  Allowed allowed;
  // These members are names of nodes and snapshots.
  allowed.extra = {"not_allowed_nodes.pve1",
                   "not_allowed_nodes.pve2",
                   "not_allowed_nodes.pve3",
                   "dependent-ha-resources",
                   "not-allowed-nodes.pve2",
                   "local_disks[].referenced_in_snapshot.fresh",
                   "local_disks[].referenced_in_snapshot.before-upgrade"};
  allowed.missing = {"local_disks[].referenced_in_snapshot", "local_disks[].referenced_in_snapshot.base",
                     "local_disks[].referenced_in_snapshot.recsnap"};
  for (const auto* const vmid : {"100", "105", "117"}) {
    expect_same_shape(demo.get(std::string("/nodes/pve1/qemu/") + vmid + "/migrate").data(),
                      recorded(kFile, "GET", "/nodes/*/qemu/*/migrate"), allowed);
  }
  expect_same_shape(demo.get("/nodes/pve1/lxc/202/migrate").data(),
                    recorded(kFile, "GET", "/nodes/*/lxc/*/migrate"), allowed);
}

TEST(GuestShape, FeaturesAndInterfacesAreAsRecorded) {
  Demo demo;
  expect_same_shape(demo.get("/nodes/pve1/qemu/100/feature", {{"feature", "snapshot"}}).data(),
                    recorded(kFile, "GET", "/nodes/*/qemu/*/feature"));
  expect_same_shape(demo.get("/nodes/pve1/lxc/200/feature", {{"feature", "copy"}}).data(),
                    recorded(kFile, "GET", "/nodes/*/lxc/*/feature"));
  // The recorded container had no network. These members are in PVE's schema.
  expect_same_shape(demo.get("/nodes/pve1/lxc/200/interfaces").data(),
                    recorded(kFile, "GET", "/nodes/*/lxc/*/interfaces"),
                    {.missing = {}, .extra = {"[].inet", "[].inet6"}, .type = {}});
  EXPECT_TRUE(demo.get("/nodes/pve3/lxc/208/interfaces").data().is_null());
}

TEST(GuestShape, NumbersHaveThePveTypes) {
  Demo demo;
  const auto vm = demo.get("/nodes/pve1/qemu/100/config").data();
  EXPECT_EQ(vm.at("memory"), "8192");
  EXPECT_EQ(vm.at("cores"), 4);
  EXPECT_EQ(vm.at("agent"), "1");
  const auto ct = demo.get("/nodes/pve1/lxc/200/config").data();
  EXPECT_EQ(ct.at("memory"), 512);
  EXPECT_EQ(ct.at("unprivileged"), 1);
  EXPECT_TRUE(demo.get("/nodes/pve1/qemu/100/status/current").data().at("pressurecpusome").is_number());
  EXPECT_TRUE(demo.get("/nodes/pve1/lxc/200/status/current").data().at("pressurecpusome").is_string());
}

}  // namespace
}  // namespace simulator
