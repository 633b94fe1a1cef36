// Compares simulated answers of nodes, cluster, tasks, access and pools with recorded ones.
#include "simulator/shape.h"

#include <gtest/gtest-spi.h>
#include <gtest/gtest.h>

#include "simulator/support.h"

namespace simulator {
namespace {

struct ShapeCase {
  std::string path;      ///< in the simulator
  std::string recorded;  ///< in the recordings; "*" stands for one segment
  Form query;
  Allowed allowed;
  std::string row_kind;
};

const std::vector<ShapeCase>& cases() {
  static const std::vector<ShapeCase> kCases = {
      {"/version", "/version", {}, {}, {}},
      {"/nodes", "/nodes", {}, {}, {}},
      // The recorded node did not boot by EFI, so it has no secureboot.
      {"/nodes/pve1/status",
       "/nodes/*/status",
       {},
       {.missing = {}, .extra = {"boot-info.secureboot"}, .type = {}},
       {}},
      {"/nodes/pve1/version", "/nodes/*/version", {}, {}, {}},
      // dns2 and dns3 are optional in PVE.
      {"/nodes/pve1/dns", "/nodes/*/dns", {}, {.missing = {}, .extra = {"dns2"}, .type = {}}, {}},
      {"/nodes/pve1/time", "/nodes/*/time", {}, {}, {}},
      {"/nodes/pve1/syslog", "/nodes/*/syslog", {}, {}, {}},
      {"/nodes/pve1/services", "/nodes/*/services", {}, {}, {}},
      {"/nodes/pve1/services/pveproxy/state", "/nodes/*/services/*/state", {}, {}, {}},
      {"/cluster/status", "/cluster/status", {}, {}, "type"},
      // The recorded cluster had no HA resources and no tagged, locked containers in a pool.
      {"/cluster/resources",
       "/cluster/resources",
       {},
       {.missing = {},
        .extra = {"[](qemu).hastate", "[](lxc).hastate", "[](qemu).lock", "[](lxc).tags", "[](lxc).pool"},
        .type = {}},
       "type"},
      {"/cluster/nextid", "/cluster/nextid", {}, {}, {}},
      {"/cluster/log", "/cluster/log", {}, {}, {}},
      // The demo's datacenter has options that the recorded one did not have.
      {"/cluster/options",
       "/cluster/options",
       {},
       {.missing = {}, .extra = {"keyboard", "migration", "registered-tags"}, .type = {}},
       {}},
      {"/cluster/tasks", "/cluster/tasks", {}, {}, {}},
      {"/cluster/backup-info/not-backed-up", "/cluster/backup-info/not-backed-up", {}, {}, {}},
      // A task of a login has no tokenid.
      {"/nodes/pve1/tasks", "/nodes/*/tasks", {}, {.missing = {"[].tokenid"}, .extra = {}, .type = {}}, {}},
      // Some of the recorded calls have full=1.
      {"/access/users", "/access/users", {}, {.missing = {"[].tokens[]"}, .extra = {}, .type = {}}, {}},
      {"/access/users", "/access/users", {{"full", "1"}}, {}, {}},
      {"/access/users/auditor@pve",
       "/access/users/*",
       {},
       {.missing = {"tokens.mcp", "tokens.limited", "tokens.expired"}, .extra = {"tokens.ro"}, .type = {}},
       {}},
      {"/access/roles", "/access/roles", {}, {}, {}},
      {"/access/groups", "/access/groups", {}, {}, {}},
      {"/access/groups/auditors", "/access/groups/*", {}, {}, {}},
      {"/access/acl", "/access/acl", {}, {}, {}},
      {"/access/domains", "/access/domains", {}, {}, {}},
      {"/access/domains/pam", "/access/domains/pam", {}, {}, {}},
      {"/access/users/limited@pve/token", "/access/users/*/token", {}, {}, {}},
      // Some of the recorded calls have a poolid.
      {"/pools", "/pools", {}, {.missing = {"[].members[]"}, .extra = {}, .type = {}}, {}},
      {"/pools",
       "/pools",
       {{"poolid", "lab"}},
       {.missing = {}, .extra = {"[].members[].hastate"}, .type = {}},
       {}},
      // The recorded pools had no storages, containers or locked guests.
      {"/pools/lab",
       "/pools/*",
       {},
       {.missing = {}, .extra = {"members[].lock", "members[].hastate"}, .type = {}},
       {}},
  };
  return kCases;
}

TEST(Shape, CoreAnswersAreAsRecorded) {
  Demo demo;
  for (const auto& c : cases()) {
    SCOPED_TRACE(c.path);
    const auto got = demo.get(c.path, c.query);
    EXPECT_EQ(got.status, 200U) << got.reason;
    expect_same_shape(got.data(), recorded("core.jsonl", "GET", c.recorded), c.allowed, c.row_kind);
  }
}

TEST(Shape, ATaskIsAsRecorded) {
  Demo demo(1);
  const auto upid = demo.post("/nodes/pve1/services/cron/restart").upid();
  const auto path = "/nodes/pve1/tasks/" + upid;
  auto status = recorded("core.jsonl", "GET", "/nodes/*/tasks/*/status");
  expect_same_shape(demo.get(path + "/status").data(), status,
                    {.missing = {"exitstatus"}, .extra = {}, .type = {}});
  expect_same_shape(demo.get(path + "/log").data(), recorded("core.jsonl", "GET", "/nodes/*/tasks/*/log"));
  ASSERT_EQ(demo.finish(upid), "OK");
  expect_same_shape(demo.get(path + "/status").data(), status);
}

// The comparison itself must be able to fail.
TEST(Shape, ReportsMissingAdditionalAndWronglyTypedMembers) {
  Recorded call;
  call.status = 200;
  call.body = base::JsonObject{{"data", base::JsonObject{{"a", 1}, {"b", "x"}}}};
  expect_same_shape(base::JsonObject{{"a", 2}, {"b", "y"}}, {call});
  EXPECT_NONFATAL_FAILURE(expect_same_shape(base::JsonObject{{"a", 2}}, {call}), "b is missing");
  EXPECT_NONFATAL_FAILURE(expect_same_shape(base::JsonObject{{"a", 2}, {"b", "y"}, {"c", 1}}, {call}),
                          "c is not in any recorded answer");
  EXPECT_NONFATAL_FAILURE(expect_same_shape(base::JsonObject{{"a", "2"}, {"b", "y"}}, {call}),
                          "a is a string");
  expect_same_shape(base::JsonObject{{"a", "2"}, {"c", 1}}, {call},
                    {.missing = {"b"}, .extra = {"c"}, .type = {"a"}});
}

}  // namespace
}  // namespace simulator
