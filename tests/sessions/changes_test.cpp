// What the answer to a change says of it, by the catalog's rows on the simulated cluster.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "catalog/catalog.h"
#include "change/change.h"
#include "sessions/world.h"

namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr std::string_view kVm = "pve_update_qemu_config";

struct Step {
  std::string_view arguments;
  std::vector<std::string> said;
};

void check(std::string_view tool, const std::vector<Step>& steps) {
  sessions::World world;
  world.wait("30s");
  for (const auto& step : steps) {
    const auto told = world.call(tool, base::parse_json(step.arguments)->as_object());
    EXPECT_FALSE(told.is_error) << told.text;
    EXPECT_LT(told.text.size(), 400U) << told.text;
    for (const auto& said : step.said) EXPECT_THAT(told.text, HasSubstr(said)) << step.arguments;
  }
}

TEST(Changes, AnUpdateThatNeedsNoTaskSaysWhatItChanged) {
  std::size_t updates = 0;
  for (const auto& category : catalog::categories()) {
    for (const auto& tool : category.tools) {
      if (tool.call.method != base::Method::Put || tool.starts_task) continue;
      ++updates;
      EXPECT_TRUE(change::can_describe(tool.call.method, tool.about)) << tool.name;
    }
  }
  EXPECT_GE(updates, 10U);
}

TEST(Changes, ADiskIsDestroyedDetachedOrReplacedInSoManyWords) {
  check(kVm,
        {{R"({"vmid":116,"scsi1":"ceph-vm:16"})",
          {"116 (fileserver)", "scsi1 is a new empty disk of 16 GiB: ceph-vm:vm-116-disk-1."}},
         {R"({"vmid":116,"delete":"scsi1"})",
          {"scsi1 detached, data kept as unused1: ceph-vm:vm-116-disk-1 (16 GiB)."}},
         {R"({"vmid":116,"delete":"unused1"})",
          {"unused1 removed: ceph-vm:vm-116-disk-1 (16 GiB) destroyed with all data."}},
         {R"({"vmid":116,"scsi0":"ceph-vm:vm-116-disk-0,size=520G"})", {"size=520G in scsi0 has no effect"}},
         {R"({"vmid":116,"scsi0":"ceph-vm:64"})",
          {"scsi0 is a new empty disk of 64 GiB", "the replaced disk: data kept as unused1",
           "The boot order still begins with scsi0, but its disk was replaced."}}});
}

TEST(Changes, AnOptionThatTheCallDoesNotRepeatIsLostInSoManyWords) {
  check(kVm, {{R"({"vmid":100,"net0":"virtio,bridge=vmbr0,tag=20"})", {"firewall 1 -> 0", "tag 20 added"}}});
}

TEST(Changes, WhatChangesNothingIsNotCalledAChange) {
  sessions::World world;
  const auto told = world.call(kVm, {{"vmid", 105}, {"cores", 4}});
  EXPECT_FALSE(told.is_error);
  EXPECT_THAT(told.text,
              AllOf(HasSubstr("was not changed: cores is already 4"), Not(HasSubstr("was changed"))));
}

// A volume takes longer to make than PVE's proxy waits.
TEST(Changes, AnUpdateThatMakesAVolumeIsATask) {
  sessions::World world;
  const auto told = world.call(kVm, {{"vmid", 105}, {"scsi1", "local-lvm:8"}});
  EXPECT_FALSE(told.is_error);
  EXPECT_THAT(told.text, HasSubstr(":qmconfig:105:"));
  EXPECT_THAT(told.text, Not(HasSubstr("was not changed")));
}

TEST(Changes, ThePasswordIsNeverShown) {
  sessions::World world;
  const auto told = world.call(kVm, {{"vmid", 105}, {"cipassword", "geheim99"}, {"ciuser", "admin"}});
  EXPECT_FALSE(told.is_error);
  EXPECT_THAT(told.text, AllOf(HasSubstr("cipassword set"), Not(HasSubstr("geheim99"))));
}

TEST(Changes, WhatTheTextSaysStandsInTheStructureToo) {
  sessions::World world;
  world.style({.output = engine::Output::Structured});
  const auto told = world.call(kVm, {{"vmid", 105}, {"cores", 6}});
  ASSERT_TRUE(told.structured.has_value());
  EXPECT_THAT(base::write_json(*told.structured), HasSubstr("cores 4 -> 6"));
}

TEST(Changes, OfWhatIsNotSentTheReasonIsSaid) {
  struct Refused {
    std::string_view tool;
    base::JsonObject arguments;
    std::string why;
  };
  const std::vector<Refused> cases = {
      {kVm, {{"vmid", 105}, {"template", true}}, "template=1 in an update only sets a flag"},
      {"pve_update_lxc_config", {{"vmid", 200}, {"template", true}}, "/nodes/{node}/lxc/{vmid}/template"},
      {"pve_update_firewall_rule",
       {{"pos", 0}, {"moveto", 2}, {"comment", "x"}},
       "PVE ignores other fields in a call with moveto (comment)"},
      {"pve_delete_user", {{"userid", "root@pam"}}, "the server would then lose access to PVE"},
      {"pve_update_user",
       {{"userid", "root@pam"}, {"enable", false}},
       "the server would then lose access to PVE"},
      {"pve_update_user",
       {{"userid", "root@pam"}, {"expire", 1}},
       "the server would then lose access to PVE"},
  };
  for (const auto& each : cases) {
    sessions::World world;
    const auto told = world.call(each.tool, each.arguments);
    EXPECT_TRUE(told.is_error) << each.tool;
    EXPECT_THAT(told.text, HasSubstr(each.why)) << each.tool;
  }
}

}  // namespace
