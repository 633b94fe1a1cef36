#include "simulator/exchanges.h"
#include "simulator/refusals.h"

namespace simulator {
namespace {

using enum base::Method;

const std::string kDisks = "/nodes/pve3/disks";

/// The path of a disk of pve3 that nothing uses; empty if there is none.
std::string free_disk(Demo& demo) {
  for (const auto& row : rows(demo.get(kDisks + "/list", {{"type", "unused"}}))) {
    return std::string(row.at("devpath").as_string());
  }
  return {};
}

TEST(SimulatedDisks, BecomeStorages) {
  Demo demo;
  const auto disk = free_disk(demo);
  ASSERT_EQ(disk, "/dev/sdc");
  const Form pool{{"name", "fast"}, {"devices", disk}, {"raidlevel", "single"}, {"add_storage", "1"}};
  EXPECT_EQ(demo.finish(demo.post(kDisks + "/zfs", pool).upid()), "OK");
  EXPECT_EQ(demo.post(kDisks + "/zfs", pool).reason, "storage ID 'fast' already defined");
  const Form group{{"name", "data"}, {"device", disk}};
  EXPECT_EQ(demo.post(kDisks + "/lvm", group).reason, "device '" + disk + "' is already in use");
  expect_exchanges(demo, {
                             {Get, kDisks + "/zfs", {}, R"([{"name":"fast","health":"ONLINE"}])"},
                             {Get, kDisks + "/zfs/fast", {}, R"({"name":"fast","state":"ONLINE"})"},
                             {Get, "/storage/fast", {}, R"({"type":"zfspool","pool":"fast","nodes":"pve3"})"},
                             {Get, "/nodes/pve3/scan/zfs", {}, R"([{"pool":"fast"}])"},
                         });
  EXPECT_EQ(free_disk(demo), "");
  const Form clean{{"cleanup-disks", "1"}, {"cleanup-config", "1"}};
  EXPECT_EQ(demo.finish(demo.del(kDisks + "/zfs/fast", clean).upid()), "OK");
  EXPECT_EQ(free_disk(demo), disk);
  EXPECT_EQ(demo.get("/storage/fast").status, 500U);
  const Form directory{{"name", "backup"}, {"device", disk}};
  EXPECT_EQ(demo.finish(demo.post(kDisks + "/directory", directory).upid()), "OK");
  expect_exchanges(demo, {{Get, kDisks + "/directory", {}, R"([{"path":"/mnt/pve/backup","type":"ext4"}])"}});
}

TEST(SimulatedDisks, AreCheckedAndWritten) {
  Demo demo;
  const auto first = std::string(rows(demo.get(kDisks + "/list")).front().at("devpath").as_string());
  EXPECT_EQ(demo.get(kDisks + "/smart", {{"disk", first}}).data().at("health"), "PASSED");
  EXPECT_EQ(demo.get(kDisks + "/lvm").data().at("children").at(0).at("name"), "pve");
  expect_exchanges(
      demo,
      {
          {Get, kDisks + "/smart", {{"disk", "/dev/nosuch"}}, "", 500, "not a valid block device"},
          {Post, kDisks + "/initgpt", {{"disk", "/dev/nosuch"}}, "", 500, "not a valid block device"},
          {Post, kDisks + "/initgpt", {{"disk", first}}, "", 500, "device '" + first + "' is already in use"},
          {Put,
           kDisks + "/wipedisk",
           {{"disk", first}},
           "",
           403,
           "Permission check failed (user != root@pam)"},
      });
}

}  // namespace
}  // namespace simulator
