#include "simulator/refusals.h"
#include "simulator/shape.h"

namespace simulator {
namespace {

using enum base::Method;

constexpr const char* kResources = "/cluster/ha/resources";
constexpr const char* kStatus = "/cluster/ha/status/current";

std::string at(std::string_view sid) { return std::string(kResources) + "/" + std::string(sid); }

TEST(SimulatedHa, ListsByType) {
  Demo demo;
  EXPECT_EQ(demo.get(kResources).data().as_array().size(), 2U);
  const auto containers = demo.get(kResources, {{"type", "ct"}});
  ASSERT_EQ(containers.data().as_array().size(), 1U);
  EXPECT_EQ(containers.data().at(0).at("sid"), "ct:200");
}

TEST(SimulatedHa, CreatesChangesAndRemoves) {
  Demo demo;
  ASSERT_EQ(demo.post(kResources, {{"sid", "vm:102"}, {"state", "started"}, {"max_restart", "3"}}).status,
            200U);
  EXPECT_EQ(demo.get(at("102")).data().at("sid"), "vm:102") << "PVE adds the type to a VMID";
  EXPECT_EQ(demo.get(at("vm:102")).data().at("max_restart"), 3);
  EXPECT_EQ(demo.put(at("vm:102"), {{"comment", "db"}, {"delete", "max_restart"}}).status, 200U);
  const auto changed = demo.get(at("vm:102")).data().as_object();
  EXPECT_EQ(changed.at("comment"), "db");
  EXPECT_FALSE(changed.contains("max_restart"));
  EXPECT_EQ(demo.del(at("vm:102")).status, 200U);
  EXPECT_EQ(demo.get(at("vm:102")).reason, "no such resource 'vm:102'");
}

TEST(SimulatedHa, TheManagerFollowsTheRequestedState) {
  Demo demo(1);
  ASSERT_EQ(demo.get("/nodes/pve1/qemu/105/status/current").data().at("status"), "stopped");
  ASSERT_EQ(demo.post(kResources, {{"sid", "vm:105"}}).status, 200U);
  demo.pass(std::chrono::seconds(27));
  EXPECT_EQ(demo.get("/nodes/pve1/qemu/105/status/current").data().at("status"), "running");
  ASSERT_EQ(demo.put(at("vm:105"), {{"state", "disabled"}}).status, 200U);
  demo.pass(std::chrono::seconds(27));
  EXPECT_EQ(demo.get("/nodes/pve1/qemu/105/status/current").data().at("status"), "stopped");
}

TEST(SimulatedHa, RefusesWithPvesWords) {
  Demo demo;
  expect_refused(
      demo,
      {
          {Get, at("vm:999"), {}, 500, "no such resource 'vm:999'"},
          {Get,
           at("no-colon"),
           {},
           400,
           "invalid format - value does not look like a valid ha resource id\n",
           "sid"},
          {Get, at("999"), {}, 500, "unable to detect SID from VMID - VM/CT 999 does not exist"},
          {Post, kResources, {{"sid", "vm:999"}}, 500, "resource 'vm:999' does not exist in cluster"},
          {Post, kResources, {{"sid", "vm:200"}}, 500, "resource 'vm:200' - guest with ID 200 is not a VM"},
          {Post, kResources, {{"sid", "vm:abc"}}, 500, "invalid VMID"},
          {Post, kResources, {{"sid", "db:102"}}, 500, "unknown section type 'db'"},
          {Post, kResources, {{"sid", "vm:102"}, {"type", "ct"}}, 500, "types does not match"},
          {Post,
           kResources,
           {{"sid", "vm:102"}, {"group", "blue"}},
           500,
           "invalid parameter 'group': ha groups have been migrated to rules"},
          {Post,
           kResources,
           {{"sid", "vm:100"}},
           500,
           "create resource failed: resource ID 'vm:100' already defined"},
          {Post,
           kResources,
           {{"sid", "vm:102"}, {"state", "flying"}},
           400,
           "value 'flying' does not have a value in the enumeration 'started, stopped, enabled, disabled, "
           "ignored'",
           "state"},
          {Put,
           at("vm:102"),
           {{"state", "stopped"}},
           500,
           "update resource failed: no such resource 'vm:102'"},
          {Put, at("vm:100"), {{"delete", "colour"}}, 500, "update resource failed: no such option 'colour'"},
          {Put,
           at("vm:100"),
           {{"state", "stopped"}, {"digest", "abc"}},
           500,
           "update resource failed: detected modified configuration - file changed by other user? Try "
           "again."},
          {Delete, at("vm:102"), {}, 500, "cannot delete service 'vm:102', not HA managed!"},
          {Get, "/cluster/ha/groups", {}, 500, "cannot index groups: ha groups have been migrated to rules"},
          {Get,
           "/cluster/ha/groups/blue",
           {},
           500,
           "cannot read group: ha groups have been migrated to rules"},
          {Get, "/cluster/ha/rules/nope", {}, 500, "no such ha rule 'nope'"},
      });
}

TEST(SimulatedHa, ARemovalPurgesTheRules) {
  Demo demo;
  ASSERT_EQ(demo.get("/cluster/ha/rules").data().as_array().size(), 1U);
  ASSERT_EQ(demo.del(at("vm:100")).status, 200U);
  EXPECT_TRUE(demo.get("/cluster/ha/rules").data().as_array().empty());
}

TEST(SimulatedHa, TheStatusListsEveryPart) {
  Demo demo;
  const auto status = demo.get(kStatus);
  for (const char* id :
       {"quorum", "master", "fencing", "lrm:pve1", "lrm:pve2", "lrm:pve3", "service:vm:100"}) {
    EXPECT_NE(row_with(status.data(), "id", id), nullptr) << id;
  }
  EXPECT_EQ(row_with(status.data(), "id", "service:vm:100")->at("status"), "vm:100 (pve1, started)");
  ASSERT_TRUE(demo.cluster().fault("offline=pve3"));
  const auto dead = demo.get(kStatus);
  const std::string text(row_with(dead.data(), "id", "lrm:pve3")->at("status").as_string());
  EXPECT_NE(text.find("old timestamp - dead?"), std::string::npos) << text;
  ASSERT_TRUE(demo.cluster().fault("no-quorum"));
  const auto lost = demo.get(kStatus);
  EXPECT_EQ(row_with(lost.data(), "id", "quorum")->at("status"), "No quorum on node 'pve1'!");
  EXPECT_EQ(row_with(lost.data(), "id", "quorum")->at("quorate"), 0);
}

TEST(SimulatedHa, RefusesCallersWithoutPrivileges) {
  Demo demo;
  demo.as_operator();
  EXPECT_EQ(demo.get(kResources).reason, "Permission check failed (/, Sys.Audit)");
  demo.as_auditor();
  EXPECT_EQ(demo.post(kResources, {{"sid", "vm:102"}}).reason, "Permission check failed (/, Sys.Console)");
}

TEST(SimulatedHa, HasTheRecordedShape) {
  Demo demo;
  const std::string file = "ha.jsonl";
  // The recorded resources had no restart limits, and some of the demo's have no comment.
  const Allowed list{.missing = {"[].comment"}, .extra = {"[].max_restart"}, .type = {}};
  expect_same_shape(demo.get(kResources).data(), recorded(file, "GET", kResources), list);
  expect_same_shape(demo.get(at("vm:100")).data(), recorded(file, "GET", at("*")));
  // The recorded cluster had no HA daemons. Their members are from PVE's source.
  const Allowed status{.missing = {"[](service).comment"}, .extra = {"[](service).crm_state"}, .type = {}};
  expect_same_shape(demo.get(kStatus).data(), recorded(file, "GET", kStatus), status, "type");
  expect_same_shape(demo.get("/cluster/ha/rules").data(), recorded(file, "GET", "/cluster/ha/rules"));
}

}  // namespace
}  // namespace simulator
