#include "tool/rules.h"

#include <gtest/gtest.h>

namespace {

using base::Method;
using tool::Effect;
using tool::Tier;
using tool::Tool;

constexpr Tool kRead{.name = "pve_get_thing",
                     .title = "Thing",
                     .description = "Read a thing.",
                     .tier = Tier::ReadOnly,
                     .effect = Effect::None,
                     .call = {Method::Get, "/nodes/{node}/thing"},
                     .params = {{.name = "node"}}};
constexpr Tool kWrite{.name = "pve_set_thing",
                      .title = "Set thing",
                      .description = "Change a thing.",
                      .tier = Tier::Full,
                      .effect = Effect::Destructive,
                      .call = {Method::Put, "/nodes/{node}/thing"},
                      .params = {{.name = "node"}, {.name = "my_key", .wire = "my-key"}},
                      .doing = "Setting the thing of {node}",
                      .done = "Thing of {node} {was} set"};
constexpr std::string_view kOneEmpty[] = {"a", ""};
constexpr Tool kBoth[] = {kRead, kWrite};
constexpr Tool kTwice[] = {kRead, kRead};

static_assert(tool::valid(kBoth));
static_assert(!tool::valid(kTwice));

template <class Change>
std::string_view fault_after(Tool row, Change change) {
  change(row);
  return tool::fault(row);
}

TEST(Rules, GoodRowsHaveNoFault) {
  EXPECT_EQ(tool::fault(kRead), "");
  EXPECT_EQ(tool::fault(kWrite), "");
}

TEST(Rules, NamesHaveOneForm) {
  for (const auto* good : {"pve_a", "pve_get_2_things", "pve_abcdefghijklmnopqrstuvwxyz0123456789"}) {
    EXPECT_TRUE(tool::name_is_valid(good)) << good;
  }
  for (const auto* bad : {"", "pve_", "pve", "get_x", "pve_A", "pve_a-b", "pve_ä",
                          "pve_abcdefghijklmnopqrstuvwxyz01234567890"}) {
    EXPECT_FALSE(tool::name_is_valid(bad)) << bad;
  }
}

TEST(Rules, EachFaultIsFound) {
  EXPECT_NE(fault_after(kRead, [](Tool& t) { t.name = "get"; }), "");
  EXPECT_NE(fault_after(kRead, [](Tool& t) { t.title = ""; }), "");
  EXPECT_NE(fault_after(kRead, [](Tool& t) { t.description = "No stop"; }), "");
  EXPECT_NE(fault_after(kRead, [](Tool& t) { t.description = "Two\nlines."; }), "");
  const std::string longest(1000, 'x');
  EXPECT_NE(fault_after(kRead, [text = longest + "."](Tool& t) { t.description = text; }), "");
  EXPECT_NE(fault_after(kRead, [](Tool& t) { t.call.path = "/nodes/{other}/thing"; }), "");
  EXPECT_NE(fault_after(kRead, [](Tool& t) { t.call.path = "/nodes/{node/thing"; }), "");
  EXPECT_NE(fault_after(kRead, [](Tool& t) { t.call.path = "nodes/{node}"; }), "");
  EXPECT_NE(fault_after(kRead, [](Tool& t) { t.call.path = "/nodes//{node}"; }), "");
  EXPECT_NE(fault_after(kRead, [](Tool& t) { t.params = {{.name = "node"}, {.name = "node"}}; }), "");
  EXPECT_NE(fault_after(kRead, [](Tool& t) { t.params = {{.name = "node"}, {.name = "n", .wire = "node"}}; }),
            "");
  EXPECT_NE(fault_after(kRead, [](Tool& t) { t.params = {{.name = "node", .values = kOneEmpty}}; }), "");
  EXPECT_NE(fault_after(kRead, [](Tool& t) { t.effect = Effect::Additive; }), "");
  EXPECT_NE(fault_after(kRead, [](Tool& t) { t.done = "Thing {was} read"; }), "");
  EXPECT_NE(fault_after(kRead, [](Tool& t) { t.tier = Tier::Full; }), "");
  EXPECT_NE(fault_after(kWrite, [](Tool& t) { t.effect = Effect::None; }), "");
  EXPECT_NE(fault_after(kWrite, [](Tool& t) { t.tier = Tier::ReadOnly; }), "");
  for (const auto* bad : {"", "Thing set", "Thing {what} {was} set", "Thing {was} set.", "Thing {was}",
                          "Thing {was} set and {were} kept", "{node+s} {was} set"}) {
    EXPECT_NE(fault_after(kWrite, [&](Tool& t) { t.done = bad; }), "") << bad;
  }
  for (const auto* bad : {"", "Set thing", "Setting {what}", "Setting thing.", "Setting {was} thing"}) {
    EXPECT_NE(fault_after(kWrite, [&](Tool& t) { t.doing = bad; }), "") << bad;
  }
  EXPECT_EQ(fault_after(kWrite, [](Tool& t) { t.doing = "{node+ing} thing"; }), "");
  EXPECT_NE(fault_after(kRead, [](Tool& t) { t.doing = "Reading"; }), "");
}

TEST(Tiers, AreNamed) {
  EXPECT_EQ(tool::name(Tier::ReadExecute), "read-execute");
  EXPECT_EQ(tool::tier_named("full"), Tier::Full);
  EXPECT_EQ(tool::tier_named("readonly"), std::nullopt);
}

}  // namespace
