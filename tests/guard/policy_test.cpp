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

/// A server with these lists.
Policy with(std::vector<std::vector<std::string>> allow, std::vector<std::string> deny,
            Tier tier = Tier::Full) {
  return {tier, {}, std::move(allow), std::move(deny)};
}

TEST(Policy, ListsOfToolsAllowAndDeny) {
  struct Case {
    Policy policy;
    bool runs;
  };
  for (const auto& [policy, runs] : {
           Case{with({}, {}), true},
           Case{with({{"pve_do"}}, {}), true},
           Case{with({{"pve_get_*", "pve_d*"}}, {}), true},
           Case{with({{"*"}}, {}), true},
           Case{with({{"pve_get_*"}}, {}), false},
           Case{with({{"pve_d"}}, {}), false},
           Case{with({}, {"pve_do"}), false},
           Case{with({}, {"pve_get_*", "*_do"}), false},
           Case{with({}, {"pve_get_*"}), true},
           Case{with({{"pve_do"}}, {"pve_do"}), false},
           Case{with({{"pve_do"}}, {"*"}), false},
           Case{with({{"pve_do"}, {"pve_get_*"}}, {}), false},
           Case{with({{"pve_do"}, {"pve_*"}}, {}), true},
       })
    EXPECT_EQ(!policy.refusal(row(Tier::ReadOnly), "nodes"), runs);
}

TEST(Policy, AnAllowedNameLiftsNoTierAndNoCategory) {
  EXPECT_THAT(*with({{"pve_do"}}, {}, Tier::ReadOnly).refusal(row(Tier::Full), "nodes"),
              HasSubstr("PVE_ACCESS_TIER"));
  auto narrow = with({{"pve_do"}}, {});
  narrow.categories = {"lxc"};
  EXPECT_THAT(*narrow.refusal(row(Tier::ReadOnly), "nodes"), HasSubstr("PVE_CATEGORIES"));
}

TEST(Policy, TheRefusalNamesTheListAndTheRemedy) {
  EXPECT_EQ(with({}, {"pve_d*"}).refusal(row(Tier::ReadOnly), "nodes"),
            "pve_do is off, because PVE_TOOLS_DENY has the entry \"pve_d*\"; remove it to offer the tool.");
  EXPECT_EQ(with({{"pve_get"}}, {}).refusal(row(Tier::ReadOnly), "nodes"),
            "pve_do is off, because PVE_TOOLS_ALLOW does not name it; add it there to offer it too.");
  // Another setting would not help.
  EXPECT_THAT(*with({}, {"pve_do"}, Tier::ReadOnly).refusal(row(Tier::Full), "nodes"),
              HasSubstr("PVE_TOOLS_DENY"));
}

TEST(Policy, ARefusalForAnotherSubjectNamesNoTool) {
  EXPECT_EQ(with({}, {"pve_do"}).refusal(row(Tier::ReadOnly), "nodes", "This task"),
            "This task needs a tool that PVE_TOOLS_DENY excludes; remove its entry to offer it.");
  EXPECT_EQ(with({{"pve_get"}}, {}).refusal(row(Tier::ReadOnly), "nodes", "This task"),
            "This task needs a tool that PVE_TOOLS_ALLOW does not name; add it there to offer it too.");
}

TEST(Policy, TogetherKeepsTheListsOfBoth) {
  const auto both = with({{"pve_*"}}, {"pve_stop"}) & with({{"pve_do"}}, {"pve_kill"});
  EXPECT_THAT(both.allow, ElementsAre(ElementsAre("pve_*"), ElementsAre("pve_do")));
  EXPECT_THAT(both.deny, ElementsAre("pve_stop", "pve_kill"));
  EXPECT_FALSE(both.refusal(row(Tier::Full), "nodes"));
  EXPECT_TRUE((Policy{} & with({}, {"*"})).refusal(row(Tier::ReadOnly), "nodes"));
  EXPECT_TRUE((with({{"pve_get"}}, {}) & Policy{}).refusal(row(Tier::ReadOnly), "nodes"));
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
