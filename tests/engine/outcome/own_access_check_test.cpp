#include "engine/outcome/own_access_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "support/scripted_pve.h"

namespace {

using base::Method;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::string_view kRoles =
    R"([{"roleid":"NoAccess","privs":""},{"roleid":"PVEAdmin","privs":"Sys.Audit,VM.Audit"}])";

class OwnAccess : public testing::Test {
 protected:
  OwnAccess() {
    pve_.answer("GET /access/users/mcp%40pve", R"({"groups":["ops"]})");
    pve_.answer("GET /access/users/mcp%40pve/token/srv", R"({"privsep":1})");
    pve_.answer("GET /access/roles", kRoles);
    pve_.answer("GET /access/permissions", R"({"/access":{"Sys.Audit":1}})");
    pve_.answer("GET /access/acl", R"([
      {"path":"/","type":"group","ugid":"ops","roleid":"PVEAdmin","propagate":1},
      {"path":"/","type":"token","ugid":"mcp@pve!srv","roleid":"PVEAdmin","propagate":1}])");
  }

  std::expected<std::string, std::string> verdict(Method method, std::string_view path,
                                                  std::string_view arguments) {
    pve::Client client(pve_, {"mcp@pve!srv", "secret", ""},
                       {"https://pve:8006", std::chrono::seconds(1), {}});
    engine::Cluster cluster({client, facts_, clock_});
    tool::Tool tool;
    tool.call = {method, path};
    tool.about = tool::about(method, path);
    const engine::Row row(tool, "access", facts_);
    return engine::check_own_access(row, base::parse_json(arguments)->as_object(), cluster, {});
  }

  test::ScriptedPve pve_;
  facts::Facts facts_;
  base::ManualClock clock_;
};

constexpr std::string_view kUser = "/access/users/{userid}";
constexpr std::string_view kToken = "/access/users/{userid}/token/{tokenid}";
constexpr std::string_view kAcl = "/access/acl";

TEST_F(OwnAccess, ProtectsTheServersUserAndToken) {
  struct Call {
    Method method;
    std::string_view path;
    std::string_view arguments;
  };
  for (const auto& call :
       {Call{Method::Delete, kUser, R"({"userid":"mcp@pve"})"},
        Call{Method::Put, kUser, R"({"userid":"mcp@pve","enable":false})"},
        Call{Method::Put, kUser, R"({"userid":"mcp@pve","expire":100})"},
        Call{Method::Delete, kToken, R"({"userid":"mcp@pve","tokenid":"srv"})"},
        Call{Method::Put, kToken, R"({"userid":"mcp@pve","tokenid":"srv","expire":100})"},
        Call{Method::Put, kToken, R"({"userid":"mcp@pve","tokenid":"srv","regenerate":true})"}}) {
    const auto refused = verdict(call.method, call.path, call.arguments);
    ASSERT_FALSE(refused.has_value()) << call.arguments;
    EXPECT_THAT(refused.error(), HasSubstr("the server would then lose access to PVE")) << call.arguments;
  }
  EXPECT_THAT(pve_.asked(), IsEmpty());
}

TEST_F(OwnAccess, AllowsChangesOfOtherUsersAndTokens) {
  EXPECT_TRUE(verdict(Method::Delete, kUser, R"({"userid":"a@pve"})"));
  EXPECT_TRUE(verdict(Method::Put, kUser, R"({"userid":"mcp@pve","comment":"x","enable":true,"expire":0})"));
  EXPECT_TRUE(verdict(Method::Put, kUser, R"({"userid":"mcp@pve","expire":99999999999})"));
  EXPECT_TRUE(verdict(Method::Delete, kToken, R"({"userid":"mcp@pve","tokenid":"other"})"));
  EXPECT_TRUE(verdict(Method::Put, kAcl, R"({"path":"/","roles":"PVEAdmin","users":"a@pve","delete":true})"));
  EXPECT_THAT(pve_.asked(), IsEmpty());
}

TEST_F(OwnAccess, RefusesAnAclThatLeavesNoRights) {
  for (const auto* change : {R"({"path":"/","roles":"PVEAdmin","tokens":"mcp@pve!srv","delete":true})",
                             R"({"path":"/","roles":"PVEAdmin","groups":"ops","delete":true})",
                             R"({"path":"/","roles":"NoAccess","users":"mcp@pve"})",
                             R"({"path":"/","roles":"NoAccess","tokens":"mcp@pve!srv"})"}) {
    const auto refused = verdict(Method::Put, kAcl, change);
    ASSERT_FALSE(refused.has_value()) << change;
    EXPECT_THAT(refused.error(), HasSubstr("take all rights away from mcp@pve!srv")) << change;
  }
}

TEST_F(OwnAccess, AllowsAnAclThatLeavesSomeRights) {
  for (const auto* change : {R"({"path":"/vms/1","roles":"NoAccess","tokens":"mcp@pve!srv"})",
                             R"({"path":"/vms","roles":"PVEAdmin","groups":"ops"})",
                             R"({"path":"/","roles":"PVEAdmin","groups":"others","delete":true})"}) {
    const auto sent = verdict(Method::Put, kAcl, change);
    ASSERT_TRUE(sent.has_value()) << change;
    EXPECT_THAT(*sent, IsEmpty()) << change;
  }
}

TEST_F(OwnAccess, SaysWhatCouldNotBeChecked) {
  constexpr auto kChange = R"({"path":"/","roles":"PVEAdmin","tokens":"mcp@pve!srv","delete":true})";
  for (const auto* unread : {"GET /access/acl", "GET /access/roles", "GET /access/users/mcp%40pve"}) {
    SCOPED_TRACE(unread);
    pve_.refuse(unread, 403, "Permission check failed");
    const auto sent = verdict(Method::Put, kAcl, kChange);
    ASSERT_TRUE(sent.has_value());
    EXPECT_THAT(*sent, HasSubstr("could not check"));
  }
}

TEST_F(OwnAccess, DoesNotTrustAnIncompleteAcl) {
  pve_.answer("GET /access/permissions", R"({"/vms/1":{"Permissions.Modify":1}})");
  const auto sent = verdict(Method::Put, kAcl, R"({"path":"/","roles":"NoAccess","tokens":"mcp@pve!srv"})");
  ASSERT_TRUE(sent.has_value());
  EXPECT_THAT(*sent, HasSubstr("could not check"));
}

}  // namespace
