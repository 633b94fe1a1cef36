#include "simulator/exchanges.h"

namespace simulator {
namespace {

using enum base::Method;

const std::string kNode = "/nodes/pve1";

TEST(SimulatedNode, KeepsItsConfig) {
  Demo demo;
  expect_exchanges(
      demo,
      {
          {Get, kNode + "/config", {}, "{}"},
          {Put,
           kNode + "/config",
           {{"description", "rack 4"}, {"wakeonlan", "BC:24:11:00:00:01"}, {"startall-onboot-delay", "5"}}},
          {Get,
           kNode + "/config",
           {},
           R"({"description":"rack 4\n","wakeonlan":"BC:24:11:00:00:01","startall-onboot-delay":"5"})"},
          {Put, kNode + "/config", {{"delete", "description,wakeonlan,startall-onboot-delay"}}},
          {Get, kNode + "/config", {}, "{}"},
          {Post, kNode + "/wakeonlan", {}, "", 500, "'pve1' is local node, cannot wake my self!"},
          {Post,
           kNode + "/hosts",
           {{"data", "127.0.0.1 localhost\n"}, {"digest", "0000000000000000000000000000000000000000"}},
           "",
           500,
           "detected modified configuration - file changed by other user? Try again."},
          {Post, kNode + "/hosts", {{"data", "127.0.0.1 localhost\n"}}},
          {Get, kNode + "/hosts", {}, R"({"data":"127.0.0.1 localhost\n"})"},
          {Get, kNode + "/ceph/status", {}, "", 500, "binary not installed: /usr/bin/ceph-mon"},
      });
}

TEST(SimulatedNode, SwitchesRepositories) {
  Demo demo;
  const auto path = kNode + "/apt/repositories";
  expect_exchanges(
      demo,
      {
          {Put, path, {{"handle", "test"}}},
          {Get,
           path,
           {},
           R"({"errors":[],"standard-repos":[{"handle":"enterprise"},{"handle":"no-subscription","status":1},
               {"handle":"test","status":1}]})"},
          {Post,
           path,
           {{"path", "/etc/apt/sources.list.d/proxmox.sources"}, {"index", "0"}, {"enabled", "0"}}},
          {Get,
           path,
           {},
           R"({"standard-repos":[{"handle":"enterprise"},{"handle":"no-subscription","status":0},
               {"handle":"test","status":1}]})"},
          {Put, path, {{"handle", "nope"}}, "", 500, "got unknown repository handle 'nope'"},
      });
  EXPECT_EQ(demo.finish(demo.post(kNode + "/apt/update").upid()), "OK");
  EXPECT_EQ(demo.get(kNode + "/apt/versions").data().at(0).at("Package"), "proxmox-ve");
}

TEST(SimulatedNode, KeepsASubscription) {
  Demo demo;
  const auto path = "/nodes/pve2/subscription";
  ASSERT_EQ(demo.put(path, {{"key", "pve2c-0123456789"}}).status, 200U);
  EXPECT_EQ(demo.get(path).data().at("key"), "pve2c-0123456789");
  ASSERT_EQ(demo.post(path).status, 200U);
  EXPECT_EQ(demo.get(path).data().at("status"), "active");
  ASSERT_EQ(demo.del(path).status, 200U);
  EXPECT_EQ(demo.get(path).data().at("status"), "notfound");
}

TEST(SimulatedNode, ShowsWhatItHas) {
  Demo demo;
  EXPECT_EQ(demo.get(kNode + "/hardware/pci").data().as_array().size(), 4U);
  EXPECT_EQ(demo.get(kNode + "/hardware/pci", {{"pci-class-blacklist", ""}}).data().as_array().size(), 5U);
  EXPECT_EQ(demo.get(kNode + "/capabilities/qemu/machines").data().at(0).at("type"), "i440fx");
  EXPECT_GT(demo.get(kNode + "/capabilities/qemu/cpu").data().as_array().size(), 50U);
  EXPECT_EQ(demo.get(kNode + "/capabilities/qemu/cpu-flags").data().as_array().size(), 13U);
  expect_exchanges(
      demo, {
                {Get, kNode + "/scan/lvm", {}, R"([{"vg":"pve"}])"},
                {Get, kNode + "/scan/cifs", {{"server", "192.0.2.9"}}, "[]"},
                {Get,
                 kNode + "/scan/pbs",
                 {{"server", "192.0.2.99"}, {"username", "root@pam"}, {"password", "x"}},
                 "",
                 500,
                 "error fetching datastores - 500 Can't connect to 192.0.2.99:8007 (No route to host)"},
            });
}

TEST(SimulatedCpuModels, AreFoundWithTheirPrefixAndWithout) {
  Demo demo;
  const std::string models = "/cluster/qemu/custom-cpu-models";
  expect_exchanges(
      demo, {
                {Post, models, {{"cputype", "custom-lab"}, {"reported-model", "kvm64"}, {"flags", "+aes"}}},
                {Get, models, {}, R"([{"cputype":"custom-lab","reported-model":"kvm64","flags":"+aes"}])"},
                {Get, models + "/lab", {}, R"({"cputype":"custom-lab"})"},
                {Post,
                 models,
                 {{"cputype", "lab"}, {"reported-model", "kvm64"}},
                 "",
                 500,
                 "custom CPU model 'lab' already exists"},
                {Delete, models + "/custom-lab"},
                {Get, models, {}, "[]"},
            });
}

}  // namespace
}  // namespace simulator
