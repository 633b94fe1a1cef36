#include "view/object.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

base::JsonObject object(std::string_view text) { return base::parse_json(text)->as_object(); }

/// The status of a VM with guest agent and balloon, from PVE 9.2; blockstat is shortened to its first
/// members.
constexpr std::string_view kStatus = R"({"diskread":16397824,"netout":516,"memhost":263061504,
"running-machine":"pc-i440fx-10.0+pve1","pid":22289,"pressureiosome":0,"running-qemu":"10.0.13",
"nics":{"tap9398i0":{"netin":654,"netout":516}},"netin":654,"name":"rec-9398","status":"running","ha":{"managed":0},
"pressurememorysome":0,"cpus":1,"qmpstatus":"io-error","pressurememoryfull":0,"agent":1,
"blockstat":{"scsi0":{"wr_total_time_ns":0,"unmap_total_time_ns":0,"wr_highest_offset":0,"idle_time_ns":9648905871,
"unmap_merged":0,"zone_append_bytes":0,"rd_merged":0,"unmap_operations":0},"scsi1":{"wr_operations":28}},
"freemem":107167744,"uptime":17,"diskwrite":24092672,"cpu":0.00379042801937244,"vmid":9398,"pressurecpufull":1.63,
"mem":49127424,"pressureiofull":0,"proxmox-support":{"backup-max-workers":true,"pbs-dirty-bitmap-migration":true,
"backup-access-api":true,"pbs-dirty-bitmap-savevm":true,"backup-fleecing":true,"pbs-dirty-bitmap":true,
"pbs-library-version":"1.5.2","pbs-masterkey":true,"query-bitmap-info":true},"maxdisk":50331648,
"balloon":201326592,"disk":0,"ballooninfo":{"total_mem":156295168,"mem_swapped_out":0,"last_update":1795974842,
"mem_swapped_in":0,"free_mem":107167744,"major_page_faults":0,"minor_page_faults":2356,"actual":201326592,
"max_mem":201326592},"pressurecpusome":2.53,"maxmem":201326592})";

constexpr tool::View kBrief{.columns = "vmid name status qmpstatus uptime cpu mem/maxmem memhost",
                            .brief = true};

TEST(Object, ShowsOnlyTheMembersOfABriefViewUnlessFieldsAsks) {
  const auto status = object(kStatus);
  const auto brief = view::show_object(kBrief, status, 24'000, "");
  ASSERT_TRUE(brief);
  EXPECT_EQ(brief->text,
            "vmid: 9398\nname: rec-9398\nstatus: running\nqmpstatus: io-error\nuptime: 17s\ncpu: 0.4%\n"
            "mem/maxmem: 47/192 MiB\nmemhost: 251 MiB\n"
            "mem: used inside the guest; memhost: taken on the node\nfields=* shows 24 more");
  EXPECT_THAT(brief->keys, testing::Contains("maxmem"));
  EXPECT_THAT(view::show_object(kBrief, status, 24'000, "*")->text,
              AllOf(HasSubstr("\nfreemem: 102 MiB\n"), HasSubstr("\nballoon: 192 MiB\n"),
                    HasSubstr("last_update 2026-11-29"), Not(HasSubstr("fields=*"))));
  EXPECT_EQ(view::show_object(kBrief, status, 24'000, "netin, mem/maxmem")->text,
            "netin: 654 B\nmem/maxmem: 47/192 MiB");
  EXPECT_THAT(view::show_object(kBrief, status, 24'000, "nett").error(),
              HasSubstr("fields: no field \"nett\"; there are agent, balloon,"));
}

TEST(Object, ShowsPendingValuesNextToValuesInForce) {
  const auto text = view::show_object(
      {.columns = "memory"},
      object(R"({"memory":"8192","cores":2,"pending":{"memory":"16384","agent":"enabled=1","cores":null}})"),
      24'000);
  EXPECT_EQ(text,
            "memory: 8192 (pending: 16384)\nagent: not set (pending: enabled=1)\ncores: 2 (pending: unset)");
}

TEST(Object, KeepsTheLinesOfAText) {
  EXPECT_EQ(view::show_object({}, object(R"({"description":"one\n\n#three\u001b[2J\n","b":1})"), 24'000),
            "b: 1\ndescription:\n  | one\n  | \n  | #three\xEF\xBF\xBD[2J");
  EXPECT_EQ(view::show_object({}, object(R"({"description":"one line\n"})"), 24'000),
            "description: one line");
}

TEST(Object, DecodesPublicKeys) {
  EXPECT_EQ(view::show_object({}, object(R"({"sshkeys":"ssh-ed25519%20AAAA%20a%40b"})"), 24'000),
            "sshkeys: ssh-ed25519 AAAA a@b");
  EXPECT_EQ(view::show_object({}, object(R"({"sshkeys":"a%20b%0Ac%20d%0A"})"), 24'000),
            "sshkeys:\n  | a b\n  | c d");
}

TEST(Object, SaysThatNothingIsSet) {
  EXPECT_EQ(view::show_object({}, object(R"({"digest":"x"})"), 24'000),
            "digest: x\nNothing is set; PVE's defaults apply.");
}

TEST(Object, SortsListsWithoutAnOrder) {
  EXPECT_EQ(
      view::show_object({}, object(R"({"allowed-tags":["web","app"],"loadavg":["0.3","0.1"]})"), 24'000),
      "allowed-tags: app, web\nloadavg: 0.3, 0.1");
}

TEST(Object, ShowsPropertyStringsAsTheChangeTakesThem) {
  EXPECT_EQ(view::show_object({}, object(R"({"prune-backups":{"keep-last":"3","keep-daily":"7"}})"), 24'000),
            "prune-backups: keep-daily=7,keep-last=3");
}

TEST(Object, OmitsFlagsThatAreNormallyZero) {
  EXPECT_EQ(view::show_object({}, object(R"({"template":0,"enable":0,"expire":0,"idle":0})"), 24'000),
            "enable: 0\nexpire: never");
}

}  // namespace
