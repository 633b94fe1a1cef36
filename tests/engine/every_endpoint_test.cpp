// The engine can make a row from each endpoint of PVE, and knows what the row is about.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "engine/row/row.h"
#include "facts/facts.h"
#include "tool/rules.h"

namespace {

using base::Method;

/// A row that is made at run time, for an endpoint that no category has.
struct Built {
  Built(const facts::Facts& facts, const facts::Listed& listed)
      : tool{.name = "pve_built",
             .title = "Built",
             .description = "Built.",
             .tier = tool::Tier::Full,
             .effect = listed.method == Method::Get ? tool::Effect::None : tool::Effect::Destructive,
             .call = {listed.method, listed.path}},
        row(tool, "built", facts) {}

  tool::Tool tool;
  engine::Row row;
};

/// The endpoint of the newest version, or of the last version that had it.
const facts::Endpoint* find(const facts::Facts& facts, Method method, std::string_view path,
                            const facts::Lifetime& lifetime) {
  return facts.find(method, path, lifetime.until);
}

TEST(EveryEndpoint, MakesARowThatSaysWhatItIsAbout) {
  const facts::Facts facts;
  std::size_t rows = 0;
  for (const auto& listed : facts.list()) {
    SCOPED_TRACE(std::string(base::name(listed.method)) + " " + std::string(listed.path));
    const Built built(facts, listed);
    ++rows;
    const auto& about = built.row.about();
    EXPECT_NE(about.subject, tool::Subject::Unknown);
    EXPECT_EQ(about.guest != tool::GuestKind::None, about.in_path("vmid"));
    // Rows have the parameters of the newest PVE.
    if (built.row.endpoint() == nullptr) {
      EXPECT_TRUE(listed.lifetime.until);
      continue;
    }
    for (const auto name : about.path_names) EXPECT_TRUE(built.row.field_on_wire(name)) << name;
    EXPECT_FALSE(tool::path_names(listed.path).full()) << "a fifth name would need room for a sixth";
    EXPECT_FALSE(listed.method == Method::Get && (about.changes_guest_list || about.may_be_repeated));
  }
  EXPECT_GE(rows, 661U);
}

TEST(EveryEndpoint, ShowsTheStateOfItsObjectByAReadThatTheCallCanFill) {
  const facts::Facts facts;
  std::vector<std::string> without;
  for (const auto& listed : facts.list()) {
    SCOPED_TRACE(std::string(base::name(listed.method)) + " " + std::string(listed.path));
    const Built built(facts, listed);
    const auto state = built.row.about().state;
    if (state.empty()) {
      without.emplace_back(listed.path);
      continue;
    }
    EXPECT_NE(find(facts, Method::Get, state, listed.lifetime), nullptr) << state;
    for (const auto name : tool::path_names(state)) {
      const auto* endpoint = find(facts, listed.method, listed.path, listed.lifetime);
      ASSERT_NE(endpoint, nullptr);
      EXPECT_NE(endpoint->parameter(name), nullptr) << name << " of " << state;
    }
  }
  EXPECT_EQ(without, (std::vector<std::string>{"/access/openid/auth-url", "/access/openid/login",
                                               "/access/ticket", "/access/vncticket"}));
}

}  // namespace
