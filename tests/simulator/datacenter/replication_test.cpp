#include "simulator/exchanges.h"
#include "simulator/refusals.h"

namespace simulator {
namespace {

using enum base::Method;

const std::string kJobs = "/cluster/replication";
const std::string kOnNode = "/nodes/pve1/replication/102-0";

TEST(SimulatedReplication, ChangesAndRunsAJob) {
  Demo demo;
  expect_exchanges(demo,
                   {
                       {Put, kJobs + "/102-0", {{"schedule", "*/5"}, {"rate", "10"}, {"disable", "1"}}},
                       {Get, kJobs + "/102-0", {}, R"({"guest":102,"schedule":"*/5","rate":10,"disable":1})"},
                       {Put, kJobs + "/102-0", {{"delete", "rate,disable"}}},
                       {Post, kOnNode + "/schedule_now"},
                   });
  const auto lines = rows(demo.get(kOnNode + "/log"));
  ASSERT_GE(lines.size(), 3U);
  EXPECT_NE(lines.front().at("t").as_string().find("102-0: start replication job"), std::string::npos);
  EXPECT_EQ(demo.del(kJobs + "/102-0").status, 200U);
  EXPECT_EQ(demo.get(kJobs + "/102-0").reason, "no such replication job '102-0'");
}

TEST(SimulatedReplication, AJobStaysUntilItsCopiesAreRemoved) {
  Demo demo(1);
  ASSERT_EQ(demo.del(kJobs + "/102-0").status, 200U);
  EXPECT_EQ(demo.get(kJobs + "/102-0").data().at("remove_job"), "full");
  demo.pass(std::chrono::minutes(2));
  EXPECT_EQ(demo.get(kJobs + "/102-0").status, 500U);
}

TEST(SimulatedReplication, RefusesWithPvesWords) {
  Demo demo;
  const std::string volume(demo.get("/nodes/pve1/qemu/100/config").data().at("scsi0").as_string());
  const auto volid = volume.substr(0, volume.find(','));
  expect_exchanges(
      demo, {
                {Post,
                 kJobs,
                 {{"id", "100-0"}, {"type", "local"}, {"target", "nope"}},
                 "",
                 500,
                 "Target 'nope' does not exist."},
                {Post,
                 kJobs,
                 {{"id", "100-0"}, {"type", "local"}, {"target", "pve2"}},
                 "",
                 500,
                 "missing replicate feature on volume '" + volid + "'"},
                {Get, "/nodes/pve2/replication/102-0/log", {}, "", 500, "no such replication job '102-0'"},
            });
  EXPECT_EQ(demo.del(kJobs + "/999-0", {{"force", "1"}}).status, 200U);
}

}  // namespace
}  // namespace simulator
