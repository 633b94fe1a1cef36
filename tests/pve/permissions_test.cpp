#include "pve/permissions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/scripted_pve.h"

namespace {

using namespace std::chrono_literals;
using Reach = pve::Permissions::Reach;

constexpr auto kPermissions = "GET /access/permissions";

struct Fixture {
  explicit Fixture(std::string_view data) { http.answer(kPermissions, data); }
  std::optional<Reach> reach(const std::vector<std::string_view>& privileges, std::string_view path) {
    return permissions.reach(privileges, path, {});
  }

  test::ScriptedPve http;
  base::ManualClock clock;
  pve::Client client{http, {"root@pam!mcp", "secret-of-the-token", {}}, {"https://pve:8006", 40s, {}}};
  pve::Permissions permissions{client, clock};
};

TEST(Permissions, ReachAsFarAsPveSays) {
  Fixture all(R"({"/":{"VM.Audit":1},"/vms":{"VM.Audit":1}})");
  EXPECT_EQ(all.reach({"VM.Audit"}, "/vms"), Reach::Everywhere);
  EXPECT_EQ(all.reach({"Sys.Audit"}, "/nodes"), Reach::Nowhere);
  EXPECT_EQ(all.reach({"Sys.Audit", "VM.Audit"}, "/"), Reach::Everywhere);
  EXPECT_THAT(all.http.asked(), testing::ElementsAre(kPermissions)) << "remembered";

  Fixture one(R"({"/vms/100":{"VM.Audit":1},"/vmsx":{"VM.Audit":1}})");
  EXPECT_EQ(one.reach({"VM.Audit"}, "/vms"), Reach::Somewhere);
  Fixture here(R"({"/vms":{"VM.Audit":0}})");
  EXPECT_EQ(here.reach({"VM.Audit"}, "/vms"), Reach::Somewhere) << "not passed on";
  Fixture taken(R"({"/vms":{"VM.Audit":1},"/vms/100":{}})");
  EXPECT_EQ(taken.reach({"VM.Audit"}, "/vms"), Reach::Somewhere) << "NoAccess below";
  Fixture other(R"({"/storage":{"VM.Audit":1},"/vmsx":{"VM.Audit":1}})");
  EXPECT_EQ(other.reach({"VM.Audit"}, "/vms"), Reach::Nowhere);
}

TEST(Permissions, AreUnknownWhenPveDoesNotAnswer) {
  Fixture broken("null");
  EXPECT_FALSE(broken.reach({"VM.Audit"}, "/vms"));
  broken.http.answer(kPermissions, R"({"/vms":{"VM.Audit":1}})");
  EXPECT_EQ(broken.reach({"VM.Audit"}, "/vms"), Reach::Everywhere) << "asked again";
}

TEST(Permissions, AreAskedForAgainAfterAMinute) {
  Fixture setup(R"({"/vms":{"VM.Audit":1}})");
  EXPECT_EQ(setup.reach({"VM.Audit"}, "/vms"), Reach::Everywhere);
  setup.clock.advance(61s);
  setup.http.answer(kPermissions, "{}");
  EXPECT_EQ(setup.reach({"VM.Audit"}, "/vms"), Reach::Nowhere);
}

}  // namespace
