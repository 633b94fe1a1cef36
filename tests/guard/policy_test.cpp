#include "guard/policy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

using guard::Policy;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using tool::Tier;

constexpr tool::Tool row(Tier tier) {
  return {.name = "pve_do",
          .title = "Do",
          .description = "Do.",
          .tier = tier,
          .effect = tool::Effect::None,
          .call = {base::Method::Get, "/x"}};
}

TEST(Policy, AllowsTheToolsOfLowerTiers) {
  constexpr Tier kTiers[] = {Tier::ReadOnly, Tier::ReadExecute, Tier::Full};
  for (const auto allowed : kTiers) {
    for (const auto wanted : kTiers) {
      EXPECT_EQ(Policy{allowed}.refusal(row(wanted), "nodes").has_value(), wanted > allowed);
    }
  }
}

TEST(Policy, NamesTheSettingThatRefuses) {
  const auto tier = Policy{Tier::ReadOnly}.refusal(row(Tier::Full), "nodes");
  ASSERT_TRUE(tier);
  EXPECT_THAT(*tier, HasSubstr("PVE_ACCESS_TIER"));
  EXPECT_THAT(*tier, HasSubstr("full"));
  EXPECT_THAT(*tier, HasSubstr("read-only"));
  const auto category = Policy{Tier::Full, {{"nodes", "lxc"}}}.refusal(row(Tier::ReadOnly), "qemu");
  ASSERT_TRUE(category);
  EXPECT_EQ(
      *category,
      "pve_do belongs to the category qemu, which is off; set PVE_CATEGORIES=nodes,lxc,qemu to offer it "
      "too.");
  EXPECT_FALSE((Policy{Tier::Full, {{"nodes"}}}.refusal(row(Tier::Full), "nodes")));
}

TEST(Policy, AllowsNothingWithAnEmptyListOfCategories) {
  const Policy none{Tier::Full, std::vector<std::string>{}};
  EXPECT_TRUE(none.refusal(row(Tier::ReadOnly), "nodes"));
}

TEST(Policy, AllowsTogetherOnlyWhatBothAllow) {
  const Policy a{Tier::Full, {{"nodes", "qemu", "lxc"}}};
  const Policy b{Tier::ReadExecute, {{"lxc", "nodes", "ha"}}};
  EXPECT_EQ((a & b).tier, Tier::ReadExecute);
  EXPECT_THAT(*(a & b).categories, ElementsAre("nodes", "lxc"));
  EXPECT_THAT(*(a & Policy{}).categories, ElementsAre("nodes", "qemu", "lxc"));
  EXPECT_THAT(*(Policy{} & a).categories, ElementsAre("nodes", "qemu", "lxc"));
  EXPECT_FALSE((Policy{} & Policy{}).categories);
  EXPECT_THAT(*(a & Policy{Tier::Full, {{"ha"}}}).categories, IsEmpty());
}

}  // namespace
