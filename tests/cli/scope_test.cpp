// PVE_SCOPE as its user meets it: a wrong term stops the start, and doctor says which guests it holds.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/process.h"

namespace {

using test::run;
using testing::HasSubstr;
using testing::Not;

TEST(ScopeSetting, AWrongTermStopsTheStart) {
  EXPECT_EQ(run({"doctor", "--simulate"}, {"PVE_SCOPE=tags:web"}).code, 2);
  const auto stopped = run({"--simulate", "call", "pve_list_nodes"}, {"PVE_SCOPE=vmid:100,allow:disk"});
  EXPECT_EQ(stopped.code, 2);
  EXPECT_THAT(stopped.errors,
              HasSubstr("PVE_SCOPE: \"allow:disk\" allows an unknown kind; valid kinds are node"));
}

TEST(ScopeSetting, DoctorSaysWhichGuestsItHolds) {
  const auto held = run({"doctor", "--simulate"}, {"PVE_SCOPE=tag:web,!vmid:101"});
  EXPECT_EQ(held.code, 0);
  EXPECT_THAT(held.output, HasSubstr("ok    scope       PVE_SCOPE holds "));
  EXPECT_THAT(held.output, HasSubstr("100"));
  EXPECT_THAT(held.output, Not(HasSubstr("101")));
  EXPECT_THAT(run({"doctor", "--simulate"}, {"PVE_SCOPE=tag:nobody"}).output,
              HasSubstr("warn  scope       PVE_SCOPE holds none of the guests"));
  EXPECT_THAT(run({"doctor", "--simulate"}, {"PVE_SCOPE=pool:nowhere"}).output,
              HasSubstr("cannot be judged: pool nowhere does not exist"));
  EXPECT_THAT(run({"doctor", "--simulate"}).output, Not(HasSubstr("scope  ")));
}

TEST(ScopeSetting, LimitsACall) {
  const auto refused = run({"--simulate", "call", "pve_stop_qemu_vm", "vmid=105"}, {"PVE_SCOPE=tag:web"});
  EXPECT_EQ(refused.code, 1);
  EXPECT_THAT(refused.output + refused.errors, HasSubstr("105"));
  EXPECT_EQ(run({"--simulate", "call", "pve_stop_qemu_vm", "vmid=100"}, {"PVE_SCOPE=tag:web"}).code, 0);
}

}  // namespace
