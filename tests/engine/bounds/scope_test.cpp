// A scope holds a guest by what PVE says of it at that moment; a guest that cannot be judged is outside.
#include "engine/bounds/scope.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/text.h"
#include "support/scripted_pve.h"

namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::string_view kGuests = R"([
  {"type":"node","node":"pve1","status":"online"},
  {"type":"node","node":"pve2","status":"online"},
  {"type":"node","node":"pve3","status":"offline"},
  {"type":"qemu","vmid":100,"node":"pve1","name":"old","tags":"old"},
  {"type":"lxc","vmid":200,"node":"pve2","name":"ct1"},
  {"type":"qemu","vmid":300,"node":"pve3","name":"gone","tags":"prod"}])";

guard::Terms terms(std::string_view text) {
  std::vector<std::string> all;
  for (const auto part : base::split(text, ',')) all.emplace_back(part);
  return guard::Terms::parse(all, guard::scope_kinds()).value();
}

class ScopeTest : public testing::Test {
 protected:
  ScopeTest() {
    pve_.answer("GET /cluster/resources", kGuests);
    pve_.answer("GET /nodes/pve1/qemu/100/config", R"({"name":"web01","tags":"prod;linux"})");
    pve_.answer("GET /nodes/pve2/lxc/200/config", R"({"hostname":"ct1","tags":"lab"})");
    pve_.answer("GET /nodes/pve1/qemu",
                R"([{"vmid":100,"name":"web01","tags":"prod;linux"},{"vmid":101,"name":"VM 101"}])");
    pve_.answer("GET /nodes/pve2/lxc", R"([{"vmid":"200","name":"ct1","tags":"lab"}])");
    pve_.answer("GET /pools", R"([{"poolid":"shop"},{"poolid":"shop/web"}])");
    pve_.answer("GET /pools?poolid=shop", R"([{"poolid":"shop","members":[]}])");
    pve_.answer("GET /pools?poolid=shop%2Fweb",
                R"([{"poolid":"shop/web","members":[{"type":"lxc","vmid":200}]}])");
  }

  engine::Scope scope(std::string_view text, std::string_view other = "") {
    std::vector<engine::ScopeTerms> scopes{{terms(text), "PVE_SCOPE"}};
    if (!other.empty()) scopes.push_back({terms(other), "the scope of the bearer token ci"});
    return {std::move(scopes), client_, clock_};
  }

  /// "yes", "no", or why it is not known.
  std::string holds(std::string_view text, std::int64_t vmid, std::string_view other = "") {
    const auto held = scope(text, other).holds(vmid, {});
    return held ? (*held ? "yes" : "no") : held.error();
  }

  test::ScriptedPve pve_;
  base::ManualClock clock_;
  pve::Client client_{pve_, {"root@pam!t", "secret", ""}, {"https://pve:8006", std::chrono::seconds(1), {}}};
};

TEST_F(ScopeTest, HoldsAGuestByItsConfigurationNodeAndPool) {
  EXPECT_EQ(holds("tag:prod", 100), "yes");
  EXPECT_EQ(holds("tag:old", 100), "no") << "the list of guests is ten seconds old";
  EXPECT_EQ(holds("name:web*", 100), "yes");
  EXPECT_EQ(holds("node:pve2", 200), "yes");
  EXPECT_EQ(holds("node:pve2", 100), "no");
  EXPECT_EQ(holds("pool:shop", 200), "yes");
  EXPECT_EQ(holds("pool:shop", 100), "no");
  EXPECT_EQ(holds("vmid:100-150,!tag:linux", 100), "no");
  EXPECT_EQ(holds("!tag:linux", 200), "yes");
  EXPECT_EQ(holds("allow:storage", 100), "no");
}

TEST_F(ScopeTest, JudgesAGuestThatDoesNotExistByItsNumber) {
  EXPECT_EQ(holds("vmid:900-999", 950), "yes");
  EXPECT_EQ(holds("tag:prod", 950), "no");
}

TEST_F(ScopeTest, DoesNotTakeTheNodeFromTheCall) {
  const pve::Guest elsewhere{.vmid = 200, .node = "pve1", .container = true};
  EXPECT_EQ(scope("node:pve1").holds(elsewhere, {}), false);
  EXPECT_EQ(scope("node:pve2").holds(elsewhere, {}), true);
  const pve::Guest other_kind{.vmid = 200, .node = "pve2"};
  pve_.refuse("GET /nodes/pve2/qemu/200/config", 500,
              "Configuration file 'nodes/pve2/qemu-server/200.conf' does not exist");
  EXPECT_EQ(scope("tag:lab").holds(other_kind, {}), true);
  EXPECT_EQ(scope("tag:prod").holds(other_kind, {}), false);
}

TEST_F(ScopeTest, DoesNotHoldWhatItCannotJudge) {
  EXPECT_THAT(holds("pool:hidden", 100), HasSubstr("this API token cannot see it"));
  pve_.refuse("GET /nodes/pve1/qemu/100/config", 403, "Permission check failed (/vms/100, VM.Audit)");
  EXPECT_THAT(holds("tag:prod", 100), HasSubstr("its configuration cannot be read"));
}

TEST_F(ScopeTest, HoldsWhatAllScopesHold) {
  EXPECT_EQ(holds("tag:prod", 100, "vmid:100"), "yes");
  EXPECT_EQ(holds("tag:prod", 100, "vmid:200"), "no");
  auto both = scope("vmid:1,allow:storage,allow:ha", "vmid:1,allow:ha");
  EXPECT_TRUE(both.allows(guard::Kind::Ha));
  EXPECT_FALSE(both.allows(guard::Kind::Storage));
  EXPECT_EQ(both.source(), "PVE_SCOPE and the scope of the bearer token ci");
}

TEST_F(ScopeTest, FindsAllOfItsGuestsWithPresentTags) {
  const auto held = scope("tag:prod,tag:lab").held({});
  ASSERT_TRUE(held) << held.error();
  EXPECT_THAT(held->vmids, ElementsAre(100, 200));
  EXPECT_THAT(held->unjudged, ElementsAre("pve3")) << "it is offline, so the tags of 300 are not known";
  EXPECT_THAT(scope("pool:shop/web").held({})->vmids, ElementsAre(200));
}

TEST_F(ScopeTest, ReadsNoNodeForNumbersAndNodes) {
  const auto held = scope("vmid:100,node:pve3").held({});
  ASSERT_TRUE(held) << held.error();
  EXPECT_THAT(held->vmids, ElementsAre(100, 300));
  EXPECT_THAT(held->unjudged, IsEmpty());
  EXPECT_EQ(pve_.requests().size(), 1U);
}

}  // namespace
