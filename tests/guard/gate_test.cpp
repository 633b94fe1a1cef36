#include "guard/gate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

using tool::Tier;

constexpr tool::Tool kDo = {.name = "pve_do",
                            .title = "Do",
                            .description = "Do.",
                            .tier = Tier::ReadExecute,
                            .effect = tool::Effect::None,
                            .call = {base::Method::Get, "/x"}};

std::string refusal(const guard::Policy& server, const mcp::Caller& caller) {
  const auto no = guard::Gate(server).refusal(caller, kDo, "qemu");
  return no ? guard::sentence(*no) : "allowed";
}

TEST(Gate, NamesTheSettingOrTheTokenThatRefuses) {
  const mcp::Caller low{"ci", "read-only", {}, {}};
  const mcp::Caller narrow{"ci", {}, {{"nodes", "lxc"}}, {}};
  EXPECT_EQ(refusal({}, {"ci", "read-execute", {{"qemu"}}, {}}), "allowed");
  EXPECT_EQ(
      refusal({}, low),
      "pve_do needs the access tier read-execute; the bearer token ci has the access tier read-only (set in "
      "the file of PVE_HTTP_TOKENS).");
  EXPECT_EQ(refusal({}, narrow),
            "pve_do belongs to the category qemu; the bearer token ci has the categories nodes,lxc (set in "
            "the file of PVE_HTTP_TOKENS).");
  EXPECT_EQ(refusal({Tier::ReadOnly, {}}, {}),
            "pve_do needs the access tier read-execute; PVE_ACCESS_TIER is read-only.");
  EXPECT_EQ(refusal({Tier::ReadOnly, {}}, low),
            "pve_do needs the access tier read-execute; PVE_ACCESS_TIER is read-only. Also the bearer token "
            "ci has the access tier read-only (set in the file of PVE_HTTP_TOKENS).");
  EXPECT_EQ(
      refusal({Tier::Full, {{"nodes"}}}, low),
      "pve_do belongs to the category qemu, which is off; set PVE_CATEGORIES=nodes,qemu to offer it too. "
      "Also the bearer token ci has the access tier read-only (set in the file of PVE_HTTP_TOKENS).");
  EXPECT_EQ(refusal({}, {{}, {}, std::vector<std::string>{}, {}}),
            "pve_do belongs to the category qemu; the caller's bearer token has no categories (set in the "
            "file of PVE_HTTP_TOKENS).");
}

TEST(Gate, ListsOfToolsCountForEveryCaller) {
  const guard::Policy denied{Tier::Full, {}, {}, {"pve_do"}};
  const guard::Policy others{Tier::Full, {}, {{"pve_get_*"}}, {}};
  constexpr auto kDenied =
      "pve_do is off, because PVE_TOOLS_DENY has the entry \"pve_do\"; remove it to offer the tool.";
  EXPECT_EQ(refusal(denied, {}), kDenied);
  EXPECT_EQ(refusal(denied, {"ci", "full", {}, {}}), kDenied);
  EXPECT_EQ(refusal(denied, {"ann@idp", "full", {}, {"pve:full"}}), kDenied);
  EXPECT_EQ(refusal(denied, {"ci", "read-only", {}, {}}),
            std::string(kDenied) +
                " Also the bearer token ci has the access tier read-only (set in the file of "
                "PVE_HTTP_TOKENS).");
  EXPECT_EQ(refusal(others, {"ci", "full", {}, {}}),
            "pve_do is off, because PVE_TOOLS_ALLOW does not name it; add it there to offer it too.");
  EXPECT_TRUE(guard::Gate(denied).allowed({"ci", "full", {}, {}})->refusal(kDo, "qemu"));
  EXPECT_TRUE(guard::Gate(others).allowed({"ci", "full", {}, {}})->refusal(kDo, "qemu"));
}

TEST(Gate, ANewPolicyBringsItsLists) {
  guard::Gate gate{guard::Policy{}};
  EXPECT_FALSE(gate.refusal({}, kDo, "qemu"));
  gate.set({Tier::Full, {}, {}, {"pve_do"}});
  EXPECT_TRUE(gate.refusal({}, kDo, "qemu"));
  EXPECT_EQ(guard::sentence(*gate.refusal({}, kDo, "qemu", "This task")),
            "This task needs a tool that PVE_TOOLS_DENY excludes; remove its entry to offer it.");
  gate.set({});
  EXPECT_FALSE(gate.refusal({}, kDo, "qemu"));
}

TEST(Gate, NamesTheScopeThatTheTokenLacks) {
  EXPECT_EQ(refusal({}, {"ann@idp", "read-only", {}, {"pve:read"}}),
            "pve_do needs the scope pve:execute, which this bearer token was not granted.");
  EXPECT_EQ(refusal({Tier::ReadOnly, {}}, {"ann@idp", "read-only", {}, {"pve:read"}}),
            "pve_do needs the access tier read-execute; PVE_ACCESS_TIER is read-only. Also the bearer "
            "token of "
            "ann@idp was not granted the scope pve:execute.");
}

TEST(Gate, NamesWhatLimitsTheTier) {
  const guard::Gate open{guard::Policy{}};
  const guard::Gate closed{guard::Policy{Tier::ReadOnly, {}}};
  const mcp::Caller low{"ci", "read-execute", {}, {}};
  EXPECT_EQ(open.tier_limit({})->tier, Tier::Full);
  EXPECT_EQ(open.tier_limit({})->reason, "");
  EXPECT_EQ(open.tier_limit(low)->reason,
            "the bearer token ci has the access tier read-execute (set in the file of PVE_HTTP_TOKENS)");
  EXPECT_EQ(closed.tier_limit(low)->tier, Tier::ReadOnly);
  EXPECT_EQ(closed.tier_limit(low)->reason,
            "PVE_ACCESS_TIER is read-only, and the bearer token ci has the access tier read-execute (set in "
            "the file of PVE_HTTP_TOKENS)");
  const mcp::Caller scoped{"ann@idp", "read-execute", {}, {"pve:execute"}};
  EXPECT_TRUE(open.tier_limit(scoped)->scope_would_do);
  EXPECT_FALSE(closed.tier_limit(scoped)->scope_would_do);
  EXPECT_FALSE(open.tier_limit(low)->scope_would_do);
  EXPECT_FALSE(open.tier_limit({{}, "root", {}, {}}));
}

}  // namespace
