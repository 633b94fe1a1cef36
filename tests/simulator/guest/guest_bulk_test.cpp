#include "simulator/exchanges.h"

namespace simulator {
namespace {

using enum base::Method;

std::string status_of(Demo& demo, std::string_view vmid) {
  const auto path = "/nodes/pve1/qemu/" + std::string(vmid) + "/status/current";
  return std::string(demo.get(path).data().at("status").as_string());
}

TEST(SimulatedBulk, StartsOnlyGuestsWithOnbootUnlessForced) {
  Demo demo;
  ASSERT_EQ(status_of(demo, "105"), "stopped");
  ASSERT_EQ(demo.put("/nodes/pve1/qemu/105/config", {{"onboot", "0"}}).status, 200U);
  EXPECT_EQ(demo.finish(demo.post("/nodes/pve1/startall", {{"vms", "105"}}).upid()), "OK");
  EXPECT_EQ(status_of(demo, "105"), "stopped");
  const auto upid = demo.post("/nodes/pve1/startall", {{"vms", "105"}, {"force", "1"}}).upid();
  EXPECT_EQ(demo.log(upid).front(), "Starting VM 105");
  EXPECT_EQ(status_of(demo, "105"), "running");
  const auto stop = demo.post("/nodes/pve1/stopall", {{"vms", "105"}, {"timeout", "4"}}).upid();
  EXPECT_EQ(demo.log(stop).front(), "Stopping VM 105 (timeout = 4 seconds)");
  EXPECT_EQ(status_of(demo, "105"), "stopped");
}

TEST(SimulatedBulk, OfTheClusterWarnsAboutWhatItSkips) {
  Demo demo;
  const auto start = demo.post("/cluster/bulk-action/guest/start", {{"vms", "105"}, {"vms", "999"}}).upid();
  EXPECT_EQ(demo.finish(start), "OK");
  EXPECT_EQ(demo.log(start).front(), "Starting guests: 105, 999");
  const auto again = demo.post("/cluster/bulk-action/guest/start", {{"vms", "105"}}).upid();
  EXPECT_EQ(demo.finish(again), "WARNINGS: 1");
  EXPECT_EQ(demo.log(again).at(1), "WARN: Skipping VM 105, already running.");
  const auto away =
      demo.post("/cluster/bulk-action/guest/migrate", {{"vms", "105"}, {"target", "pve9"}}).upid();
  EXPECT_EQ(demo.finish(away), "Some guests failed to migrate 105");
}

TEST(SimulatedBulk, RefusesWithPvesWords) {
  Demo demo;
  const std::string path = "/nodes/pve1/migrateall";
  expect_exchanges(demo, {
                             {Post, path, {{"target", "pve1"}}, "", 400, "target is local node.", "target"},
                             {Post, path, {{"target", "pve9"}}, "", 500, "no such cluster node 'pve9'"},
                             {Post,
                              path,
                              {{"target", "pve2"}, {"vms", "105"}},
                              "",
                              500,
                              "either 'max-workers' parameter or max_workers in datacenter.cfg must be set!"},
                         });
  const Form move{{"target", "pve2"}, {"vms", "105"}, {"max-workers", "1"}};
  EXPECT_EQ(demo.finish(demo.post(path, move).upid()), "OK");
  EXPECT_EQ(demo.get("/nodes/pve2/qemu/105/config").status, 200U);
  demo.as_limited();
  EXPECT_EQ(demo.post("/nodes/pve1/startall").status, 403U);
}

}  // namespace
}  // namespace simulator
