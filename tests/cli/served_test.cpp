// Each caller is served what its own scope and that of the server both hold.
#include "cli/offer/served.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "simulator/cluster.h"
#include "support/simulated.h"

namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using Terms = std::vector<std::string>;

engine::ScopeTerms server_scope(const Terms& terms) {
  return {guard::Terms::parse(terms, guard::scope_kinds()).value(), "PVE_SCOPE"};
}

class ServedTest : public testing::Test {
 protected:
  ServedTest() { pve_.answer("*", test::simulated(cluster_, clock_)); }

  cli::ServedByScope& serve(const Terms& of_server = {}) {
    cli::Basis basis{engine::Access{client_, facts_, clock_, {}}, guard::Policy{}};
    if (!of_server.empty()) basis.scopes.push_back(server_scope(of_server));
    sets_.emplace(std::move(basis));
    return *sets_;
  }
  static mcp::Caller caller(std::string identity, std::optional<Terms> terms) {
    mcp::Caller caller{.identity = std::move(identity)};
    caller.terms = std::move(terms);
    return caller;
  }
  std::string call(const mcp::Caller& caller, std::string_view tool, std::string_view arguments) {
    mcp::NullSink sink;
    const base::JsonObject none;
    const auto given = base::parse_json(arguments).value().as_object();
    const auto outcome =
        sets_->tools().call({{caller, mcp::Era::Modern, none, none, sink, sink, {}, false}, tool, given});
    const auto* result = std::get_if<mcp::Result>(&outcome);
    return result == nullptr ? "no result" : std::get<mcp::Text>(result->content.at(0)).text;
  }

  facts::Facts facts_;
  base::ManualClock clock_;
  simulator::Options options_;
  simulator::Cluster cluster_{options_, facts_, clock_};
  test::ScriptedPve pve_;
  pve::Client client_{
      pve_, {options_.token_id, options_.token_secret, ""}, {"simulated", std::chrono::seconds(40), {}}};
  std::optional<cli::ServedByScope> sets_;
};

TEST_F(ServedTest, ACallerSeesAndChangesItsOwnGuests) {
  serve();
  const auto narrow = caller("ci", Terms{"vmid:100"});
  const auto wide = caller("ops", std::nullopt);
  EXPECT_THAT(call(narrow, "pve_list_cluster_resources", R"({"type":"vm"})"),
              AllOf(HasSubstr("web01"), Not(HasSubstr("web02"))));
  EXPECT_THAT(call(wide, "pve_list_cluster_resources", R"({"type":"vm"})"),
              AllOf(HasSubstr("web01"), HasSubstr("web02")));
  EXPECT_THAT(call(narrow, "pve_stop_qemu_vm", R"({"vmid":101})"),
              HasSubstr("the scope of your bearer token"));
  EXPECT_EQ(pve_.count("POST /nodes/pve2/qemu/101/status/stop"), 0U);
}

TEST_F(ServedTest, BothScopesMustHoldAGuest) {
  serve({"vmid:100-101"});
  const auto narrow = caller("ci", Terms{"vmid:101-102"});
  const auto list = call(narrow, "pve_list_cluster_resources", R"({"type":"vm"})");
  EXPECT_THAT(list, HasSubstr("web02"));
  EXPECT_THAT(list, AllOf(Not(HasSubstr("web01")), Not(HasSubstr("db01"))));
}

TEST_F(ServedTest, TermsThatCannotBeReadHoldNoGuest) {
  serve();
  EXPECT_THAT(call(caller("ci", Terms{"cats"}), "pve_list_cluster_resources", R"({"type":"vm"})"),
              Not(HasSubstr("web")));
}

TEST_F(ServedTest, ANarrowCallerMayNotSubscribe) {
  auto& sets = serve();
  const std::string uri = "pve://vm/100";
  EXPECT_EQ(sets.resources().watchable(caller("ops", std::nullopt), uri),
            sets.server().resources.watchable({}, uri));
  EXPECT_FALSE(sets.resources().watchable(caller("ci", Terms{"vmid:100"}), uri));
}

TEST_F(ServedTest, APolicyHoldsForSetsOfBeforeAndAfterIt) {
  auto& sets = serve();
  const auto before = caller("a", Terms{"vmid:100"});
  call(before, "pve_list_cluster_resources", R"({"type":"vm"})");
  guard::Policy policy;
  policy.tier = tool::Tier::ReadOnly;
  sets.set(policy, {});
  for (const auto& each : {before, caller("b", Terms{"vmid:101"}), caller("c", std::nullopt)}) {
    for (const auto& tool : sets.tools().list(each))
      EXPECT_NE(tool.name, "pve_stop_qemu_vm") << each.identity;
  }
}

TEST_F(ServedTest, ManyScopesDoNotGrowWithoutEnd) {
  auto& sets = serve();
  const auto first = caller("0", Terms{"vmid:1"});
  const auto held = sets.of(first);
  for (std::size_t i = 0; i < cli::ServedByScope::kMostSets; ++i)
    sets.of(caller("x", Terms{"vmid:" + std::to_string(i + 100)}));
  EXPECT_NE(sets.of(first), held) << "it was used least lately";
  EXPECT_EQ(sets.of(first), sets.of(first));
}

}  // namespace
