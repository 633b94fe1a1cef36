// Completion of what is in the simulated cluster.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/completions.h"
#include "resource/completer.h"
#include "resource/lab.h"

namespace {

using engine::Completes;
using testing::Contains;
using testing::Each;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::IsSupersetOf;
using testing::Not;
using testing::SizeIs;
using testing::StartsWith;

class CompletionTest : public testing::Test {
 protected:
  mcp::Completion complete(Completes kind, std::string_view value, std::string_view context = "{}",
                           const mcp::Caller& caller = {}) {
    return completions_.complete(kind, value, base::parse_json(context)->as_object(), caller, {});
  }
  std::vector<std::string> values(Completes kind, std::string_view value, std::string_view context = "{}",
                                  const mcp::Caller& caller = {}) {
    return complete(kind, value, context, caller).values;
  }
  std::size_t asked() const { return lab_.http.asked().size(); }

  lab::Lab lab_;
  engine::Completions completions_{lab_.toolbox};
};

TEST_F(CompletionTest, EachKind) {
  EXPECT_THAT(values(Completes::Node, ""), ElementsAre("pve1", "pve2", "pve3"));
  EXPECT_THAT(values(Completes::Node, "PVE2"), ElementsAre("pve2"));
  EXPECT_THAT(values(Completes::Storage, "l"), ElementsAre("local", "local-lvm"));
  EXPECT_THAT(values(Completes::Storage, "vm"), ElementsAre("ceph-vm", "local-lvm"));
  EXPECT_THAT(values(Completes::Pool, ""), ElementsAre("lab", "production"));
  EXPECT_THAT(values(Completes::User, "root"), ElementsAre("root@pam"));
  EXPECT_THAT(values(Completes::Snapshot, "", R"({"vmid":"100"})"), ElementsAre("before-upgrade", "fresh"));
  EXPECT_THAT(values(Completes::Snapshot, "", R"x({"guest":"202 (proxy)"})x"), ElementsAre("known-good"));
  EXPECT_THAT(values(Completes::Snapshot, "", R"({"vmid":"105"})"), IsEmpty());
  EXPECT_THAT(values(Completes::Snapshot, ""), IsEmpty());
  EXPECT_THAT(values(Completes::Upid, ""), Not(IsEmpty()));
  EXPECT_THAT(values(Completes::Upid, ""), Each(StartsWith("UPID:")));
  EXPECT_THAT(values(Completes::None, ""), IsEmpty());
}

TEST_F(CompletionTest, GuestsByNumberAndNameTheRunningFirst) {
  EXPECT_EQ(values(Completes::Guest, "100").at(0), "100 (web01)");
  EXPECT_THAT(values(Completes::Guest, "WEB"), IsSupersetOf({"100 (web01)"}));
  EXPECT_THAT(values(Completes::Guest, "100 (web01)"), ElementsAre("100 (web01)"));
  const auto sandboxes = values(Completes::Guest, "208");
  EXPECT_THAT(sandboxes, ElementsAre("208 (sandbox)"));
  const auto all = values(Completes::Guest, "20");
  // 208 stands still.
  EXPECT_EQ(all.at(0), "200 (dns01)");
  EXPECT_LT(std::ranges::find(all, "209 (paperless)"), std::ranges::find(all, "208 (sandbox)"));
  EXPECT_THAT(values(Completes::Guest, "no such"), IsEmpty());
}

TEST_F(CompletionTest, FastTypingCausesOneRequest) {
  for (const auto* typed : {"w", "we", "web", "web0"}) complete(Completes::Guest, typed);
  complete(Completes::Node, "");
  complete(Completes::Storage, "");
  EXPECT_EQ(asked(), 1U);
  lab_.clock.advance(std::chrono::seconds{6});
  complete(Completes::Guest, "web01");
  EXPECT_EQ(asked(), 2U);
}

TEST_F(CompletionTest, AFailureIsAnEmptyListAndNotAskedAgainAtOnce) {
  ASSERT_TRUE(lab_.simulated.fault("status=500"));
  EXPECT_THAT(values(Completes::Pool, ""), IsEmpty());
  EXPECT_EQ(complete(Completes::Pool, "l").total, 0U);
  const auto before = asked();
  lab_.simulated.clear_faults();
  EXPECT_THAT(values(Completes::Pool, ""), IsEmpty());
  EXPECT_EQ(asked(), before);
  lab_.clock.advance(std::chrono::seconds{6});
  EXPECT_THAT(values(Completes::Pool, ""), SizeIs(2));
}

TEST_F(CompletionTest, ACallerWithoutTheRightGetsNoValues) {
  mcp::Caller caller;
  caller.categories = {"lxc"};
  for (const auto kind :
       {Completes::Node, Completes::Storage, Completes::Pool, Completes::User, Completes::Upid})
    EXPECT_THAT(values(kind, "", "{}", caller), IsEmpty());
  EXPECT_THAT(values(Completes::Guest, "", "{}", caller), Not(Contains(StartsWith("1"))));
  EXPECT_THAT(values(Completes::Guest, "", "{}", caller), Contains("200 (dns01)"));
  EXPECT_THAT(values(Completes::Snapshot, "", R"({"vmid":"100"})", caller), IsEmpty());
  caller.tier = "nonsense";
  EXPECT_THAT(values(Completes::Guest, "", "{}", caller), IsEmpty());
}

TEST_F(CompletionTest, AStoppedOneAsksNothing) {
  std::stop_source stop;
  stop.request_stop();
  EXPECT_THAT(completions_.complete(Completes::Node, "", {}, {}, stop.get_token()).values, IsEmpty());
  EXPECT_EQ(asked(), 0U);
}

TEST(Rank, PrefixesFirstThenNaturalOrder) {
  const auto ranked = engine::rank({{"a-10"}, {"a-9"}, {"ba-1"}, {"A-2"}, {"c"}}, "a-");
  EXPECT_THAT(ranked.values, ElementsAre("A-2", "a-9", "a-10", "ba-1"));
  EXPECT_EQ(ranked.total, 4U);
  EXPECT_FALSE(ranked.has_more);
}

TEST(Rank, AHundredAtMost) {
  std::vector<engine::Candidate> many;
  for (int i = 0; i < 250; ++i) many.push_back({"n" + std::to_string(i)});
  const auto ranked = engine::rank(many, "N");
  EXPECT_THAT(ranked.values, SizeIs(100));
  EXPECT_EQ(ranked.values.back(), "n99");
  EXPECT_EQ(ranked.total, 250U);
  EXPECT_TRUE(ranked.has_more);
}

TEST_F(CompletionTest, UnknownReferencesAreNamed) {
  const auto names = [&](Completes kind, std::string_view value, const mcp::Caller& caller = {}) {
    return completions_.names_if_unknown(kind, value, caller, {});
  };
  EXPECT_FALSE(names(Completes::Pool, "lab"));
  EXPECT_FALSE(names(Completes::Pool, "production"));
  EXPECT_EQ(asked(), 1U) << "remembered";
  EXPECT_EQ(names(Completes::Pool, "nope"), (std::vector<std::string>{"lab", "production"}));
  EXPECT_EQ(asked(), 2U) << "what is missing is looked up again";
  EXPECT_TRUE(names(Completes::User, "nope@pve"));
  EXPECT_FALSE(names(Completes::Guest, "nope")) << "has no list here";
  mcp::Caller stranger;
  stranger.categories = std::vector<std::string>{"qemu"};
  EXPECT_FALSE(names(Completes::Pool, "nope", stranger)) << "may not see them";
}

TEST_F(CompletionTest, ATokenWithoutRightsSeesAnIncompleteList) {
  lab::Lab limited({}, {}, {9, 2}, lab::kLimited);
  limited.http.answer("GET /access/users", R"([{"userid":"limited@pve"}])");
  limited.http.refuse("GET /pools", 403, "Permission check failed");
  engine::Completions completions(limited.toolbox);
  EXPECT_FALSE(completions.names_if_unknown(Completes::User, "operator@pve", {}, {}));
  EXPECT_FALSE(completions.names_if_unknown(Completes::Pool, "nope", {}, {}));
}

std::vector<std::string> paths_typed(lab::Lab& lab, std::string_view typed) {
  engine::Completions completions(lab.toolbox);
  resource::Completer completer(catalog::resources(), lab.toolbox, completions, nullptr);
  const base::JsonObject context;
  const auto made = completer.complete(
      {{}, mcp::CompletionRequest::Of::Resource, "pve://api/{+path}", "path", typed, context, {}});
  return made ? made->values : std::vector<std::string>{made.error().message};
}

TEST_F(CompletionTest, PathsAreThoseOfTheConnectedPve) {
  lab::Lab old({}, {}, {8, 4});
  EXPECT_THAT(paths_typed(lab_, "cluster/ha/rules"),
              ElementsAre("cluster/ha/rules", "cluster/ha/rules/{rule}"));
  EXPECT_THAT(paths_typed(old, "cluster/ha/rules"), IsEmpty());
  // Without PVE the newest is better than nothing.
  lab::Lab silent;
  ASSERT_TRUE(silent.simulated.fault("status=500"));
  EXPECT_THAT(paths_typed(silent, "cluster/ha/rules"), SizeIs(2));
}

TEST_F(CompletionTest, AConcretePathGoesOn) {
  EXPECT_THAT(paths_typed(lab_, "nodes/pve1/qemu/100/st"),
              IsSupersetOf({"nodes/pve1/qemu/100/status", "nodes/pve1/qemu/100/status/start"}));
  EXPECT_THAT(paths_typed(lab_, "nodes/pve1/qemu/100/st"), Each(StartsWith("nodes/pve1/qemu/100/st")));
  EXPECT_THAT(paths_typed(lab_, "/nodes/pve1/qemu/100/status/st"),
              ElementsAre("nodes/pve1/qemu/100/status/start", "nodes/pve1/qemu/100/status/stop"));
  EXPECT_THAT(paths_typed(lab_, "nodes/pve1/storage/local/"), Contains("nodes/pve1/storage/local/content"));
  EXPECT_THAT(paths_typed(lab_, "nodes/pve1/stor"), Contains("nodes/pve1/storage/{storage}/content"));
  // A word that PVE has is that word, not a value.
  EXPECT_THAT(paths_typed(lab_, "cluster/backup/x/included"),
              ElementsAre("cluster/backup/x/included_volumes"));
  EXPECT_THAT(paths_typed(lab_, "nodes/pve1/nonsense/st"), IsEmpty());
  EXPECT_THAT(paths_typed(lab_, "nodes//qemu"), IsEmpty());
  EXPECT_THAT(paths_typed(lab_, "nodes/../qemu"), IsEmpty());
  EXPECT_THAT(paths_typed(lab_, ""), SizeIs(100));
}

class Fixed final : public engine::PromptArguments {
 public:
  std::expected<Completes, mcp::ProtocolError> completes(std::string_view prompt,
                                                         std::string_view /*argument*/,
                                                         const mcp::Caller& /*caller*/) const override {
    if (prompt == "p") return Completes::Node;
    return std::unexpected(mcp::ProtocolError{-32602, "no", nullptr});
  }
};

TEST_F(CompletionTest, TheCompleterKnowsTemplatesAndPrompts) {
  const Fixed prompts;
  resource::Completer completer(catalog::resources(), lab_.toolbox, completions_, &prompts);
  const base::JsonObject context;
  const auto ask = [&](mcp::CompletionRequest::Of of, std::string_view ref, std::string_view argument,
                       std::string_view value, const mcp::Caller& caller = {}) {
    return completer.complete({caller, of, ref, argument, value, context, {}});
  };
  using enum mcp::CompletionRequest::Of;
  EXPECT_THAT(ask(Resource, "pve://nodes/{node}/status", "node", "")->values, SizeIs(3));
  EXPECT_THAT(ask(Resource, "pve://guests/{vmid}/config", "vmid", "web01")->values, Contains("100 (web01)"));
  EXPECT_THAT(ask(Resource, "pve://storage/{storage}/content", "storage", "n")->values, Contains("nas"));
  const auto of_guest = base::parse_json(R"x({"vmid":"100 (web01)"})x")->as_object();
  EXPECT_THAT(
      completer
          .complete({{}, Resource, "pve://guests/{vmid}/snapshots/{snapname}", "snapname", "", of_guest, {}})
          ->values,
      ElementsAre("before-upgrade", "fresh"));
  EXPECT_THAT(ask(Resource, "pve://tasks/{upid}/log", "upid", "")->values, Not(IsEmpty()));
  EXPECT_EQ(ask(Resource, "pve://api/{+path}", "path", "nodes/{node}/qemu/{vmid}/status")->values.at(0),
            "nodes/{node}/qemu/{vmid}/status");
  EXPECT_THAT(ask(Prompt, "p", "x", "")->values, SizeIs(3));
  EXPECT_EQ(ask(Prompt, "q", "x", "").error().code, -32602);
  EXPECT_EQ(ask(Resource, "pve://nodes/{node}/status", "vmid", "").error().code, -32602);
  EXPECT_EQ(ask(Resource, "pve://cluster/status", "node", "").error().code, -32602);
  EXPECT_EQ(ask(Resource, "pve://nonsense/{node}", "node", "").error().code, -32602);
  mcp::Caller caller;
  caller.categories = {"lxc"};
  EXPECT_EQ(ask(Resource, "pve://nodes/{node}/status", "node", "", caller).error().code, -32602);
}

}  // namespace
