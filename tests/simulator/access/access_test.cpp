// Users, tokens, groups, roles, ACLs and pools: changes that later calls see, and refusals.
#include <gtest/gtest.h>

#include "simulator/access/totp.h"
#include "simulator/support.h"

namespace simulator {
namespace {

using enum base::Method;

struct FailCase {
  base::Method method;
  std::string path;
  Form parameters;
  unsigned status;
  std::string reason;
};

TEST(Access, RefusesInPvesWords) {
  const FailCase cases[] = {
      {Post,
       "/access/users",
       {{"userid", "auditor@pve"}},
       500,
       "create user failed: user 'auditor@pve' already exists"},
      {Post, "/access/users", {{"userid", "bad"}}, 500, "value 'bad' does not look like a valid user name"},
      {Post,
       "/access/users",
       {{"userid", "x@pve"}, {"groups", "nope"}},
       500,
       "create user failed: no such group 'nope'"},
      {Get, "/access/users/nope@pve", {}, 500, "no such user ('nope@pve')"},
      {Put, "/access/users/nope@pve", {{"comment", "x"}}, 500, "no such user ('nope@pve')"},
      {Delete, "/access/users/nope@pve", {}, 500, "no such user ('nope@pve')"},
      {Get, "/access/users/root@pam/token/nope", {}, 500, "no such token 'nope' for user 'root@pam'"},
      {Get, "/access/groups/nope", {}, 500, "group 'nope' does not exist"},
      {Get, "/access/roles/Nope", {}, 500, "role 'Nope' does not exist"},
      {Get, "/access/domains/nope", {}, 500, "domain 'nope' does not exist"},
      {Put,
       "/access/acl",
       {{"path", "/vms/100"}, {"roles", "Nope"}, {"users", "root@pam"}},
       500,
       "ACL update failed: role 'Nope' does not exist"},
      {Put,
       "/access/acl",
       {{"path", "/vms/100"}, {"roles", "PVEVMUser"}, {"users", "nope@pve"}},
       500,
       "ACL update failed: user 'nope@pve' does not exist"},
      {Post, "/pools", {{"poolid", "lab"}}, 500, "create pool failed: pool 'lab' already exists"},
      {Get, "/pools", {{"poolid", "nope"}}, 500, "pool 'nope' does not exist"},
      {Put,
       "/pools",
       {{"poolid", "lab"}, {"vms", "100"}},
       500,
       "update pools failed: VM 100 is already a pool member"},
      {Put,
       "/pools",
       {{"poolid", "lab"}, {"vms", "107"}, {"allow-move", "1"}},
       500,
       "update pools failed: VM 107 is already a pool member"},
      {Put,
       "/pools/lab",
       {{"vms", "104"}, {"delete", "1"}},
       500,
       "update pools failed: VM 104 is not a pool member"},
      {Delete, "/pools/lab", {}, 500, "delete pool failed: pool 'lab' is not empty (contains VM 107)"},
  };
  for (const auto& c : cases) {
    Demo demo;
    const auto got = demo.call(c.method, c.path, c.parameters);
    EXPECT_EQ(got.status, c.status) << c.path << got.text;
    EXPECT_EQ(got.reason, c.reason);
    EXPECT_EQ(got.body.at("message"), base::Json(c.reason + "\n"));
  }
}

TEST(Access, RefusesAnAclPathThatPveDoesNotKnow) {
  Demo demo;
  for (const auto* path : {"/nope/x", "/vms/abc", "/vms/100/x", "/access/x", "/storage/a/b"}) {
    const auto got = demo.put("/access/acl", {{"path", path}, {"roles", "PVEVMUser"}, {"users", "root@pam"}});
    EXPECT_EQ(got.error("path"), "invalid ACL path '" + std::string(path) + "'");
  }
}

TEST(Access, AUserIsCreatedChangedAndDeleted) {
  Demo demo;
  ASSERT_EQ(
      demo.post("/access/users", {{"userid", "ada@pve"}, {"comment", "a=b;c&d+e%ü"}, {"groups", "auditors"}})
          .status,
      200U);
  auto user = demo.get("/access/users/ada@pve");
  EXPECT_EQ(user.data().at("comment"), "a=b;c&d+e%ü");
  EXPECT_TRUE(user.data().at("tokens").is_null());
  EXPECT_EQ(user.data().at("enable"), 1);
  demo.put("/access/users/ada@pve",
           {{"enable", "0"}, {"expire", "1900000000"}, {"groups", "admins"}, {"append", "1"}});
  user = demo.get("/access/users/ada@pve");
  EXPECT_EQ(user.data().at("enable"), 0);
  EXPECT_EQ(user.data().at("expire"), 1'900'000'000);
  EXPECT_EQ(user.data().at("groups").get_array().size(), 2U);
  demo.put("/access/acl", {{"path", "/vms"}, {"roles", "PVEVMUser"}, {"users", "ada@pve"}});
  const auto before = demo.get("/access/acl").data().get_array().size();
  EXPECT_EQ(demo.del("/access/users/ada@pve").status, 200U);
  EXPECT_EQ(demo.get("/access/acl").data().get_array().size(), before - 1);
  EXPECT_EQ(demo.get("/access/users/ada@pve").status, 500U);
}

TEST(Access, ANewTokenIsAccepted) {
  Demo demo;
  const auto made = demo.post("/access/users/auditor@pve/token/second", {{"privsep", "0"}});
  ASSERT_EQ(made.status, 200U) << made.reason;
  EXPECT_EQ(made.data().at("full-tokenid"), "auditor@pve!second");
  EXPECT_EQ(demo.post("/access/users/auditor@pve/token/second", {}).error("tokenid"),
            "Token already exists.");
  Demo other;
  demo.token("auditor@pve!second=" + std::string(made.data().at("value").get_string()));
  EXPECT_EQ(demo.get("/cluster/status").status, 200U);
  demo.as_root();
  ASSERT_EQ(demo.del("/access/users/auditor@pve/token/second").status, 200U);
  demo.token("auditor@pve!second=" + std::string(made.data().at("value").get_string()));
  EXPECT_EQ(demo.get("/cluster/status").status, 401U);
}

TEST(Access, ADisabledUsersTokenIsRefused) {
  Demo demo;
  demo.put("/access/users/auditor@pve", {{"enable", "0"}});
  demo.as_auditor();
  EXPECT_EQ(demo.get("/version").reason, "Authentication failed!");
}

TEST(Access, GroupsAndRolesAreCreatedChangedAndDeleted) {
  Demo demo;
  ASSERT_EQ(demo.post("/access/groups", {{"groupid", "ops"}, {"comment", "x"}}).status, 200U);
  demo.put("/access/users/operator@pve", {{"groups", "ops"}});
  EXPECT_EQ(demo.get("/access/groups/ops").data().at("members").at(0), "operator@pve");
  ASSERT_EQ(demo.del("/access/groups/ops").status, 200U);
  EXPECT_TRUE(demo.get("/access/users/operator@pve").data().at("groups").get_array().empty());
  ASSERT_EQ(demo.post("/access/roles", {{"roleid", "Starter"}, {"privs", "VM.Audit VM.PowerMgmt"}}).status,
            200U);
  EXPECT_EQ(demo.get("/access/roles/Starter").data().get_object().size(), 2U);
  EXPECT_EQ(demo.del("/access/roles/Starter").status, 200U);
  EXPECT_EQ(demo.del("/access/roles/PVEAdmin").reason, "auto-generated role 'PVEAdmin' cannot be deleted");
}

TEST(Pools, HoldGuestsAndStorages) {
  Demo demo;
  ASSERT_EQ(demo.post("/pools", {{"poolid", "sweep"}, {"comment", "c"}}).status, 200U);
  ASSERT_EQ(demo.put("/pools/sweep", {{"vms", "104,105"}, {"storage", "nas"}}).status, 200U);
  const auto by_path = demo.get("/pools/sweep");
  const auto by_query = demo.get("/pools", {{"poolid", "sweep"}});
  EXPECT_EQ(by_path.data().at("members"), by_query.data().at(0).at("members"));
  EXPECT_EQ(by_path.data().at("members").get_array().size(), 5U) << "two guests, a storage on three nodes";
  EXPECT_EQ(demo.get("/pools", {{"poolid", "sweep"}, {"type", "qemu"}})
                .data()
                .at(0)
                .at("members")
                .get_array()
                .size(),
            2U);
  EXPECT_EQ(demo.put("/pools", {{"poolid", "sweep"}, {"vms", "100"}, {"allow-move", "1"}}).status, 200U);
  EXPECT_EQ(demo.put("/pools", {{"poolid", "sweep"}, {"vms", "100,104,105"}, {"delete", "1"}}).status, 200U);
  EXPECT_EQ(demo.del("/pools", {{"poolid", "sweep"}}).status, 500U) << "the storage is still in it";
  EXPECT_EQ(demo.put("/pools", {{"poolid", "sweep"}, {"storage", "nas"}, {"delete", "1"}}).status, 200U);
  EXPECT_EQ(demo.del("/pools", {{"poolid", "sweep"}}).status, 200U);
  EXPECT_EQ(demo.post("/pools", {{"poolid", "a/b"}}).status, 500U);
  EXPECT_EQ(demo.post("/pools", {{"poolid", "lab/deep"}}).status, 200U);
}

constexpr std::string_view kTotpSecret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";

std::string present_code(Demo& demo, std::int64_t ahead = 0) {
  const auto now = std::chrono::duration_cast<std::chrono::seconds>(demo.clock().wall().time_since_epoch());
  return totp_code(kTotpSecret, totp_step(now.count()) + ahead).value_or("");
}

/// The second call of a login, with the ticket of the first one.
Got second_call(Demo& demo, const std::string& code, const std::string& user = "admin@pve") {
  const auto first = demo.post("/access/ticket", {{"username", "admin@pve"}, {"password", "demo-admin"}});
  if (first.status != 200) return first;
  const std::string ticket(first.data().at("ticket").get_string());
  return demo.post("/access/ticket", {{"username", user}, {"password", code}, {"tfa-challenge", ticket}});
}

TEST(Totp, IsThatOfRfc6238) {
  struct Row {
    std::int64_t time;
    std::string_view code;
  };
  // Appendix B, the last six of its eight digits; the secret is "12345678901234567890".
  const Row rows[] = {{59, "287082"},         {1111111109, "081804"}, {1111111111, "050471"},
                      {1234567890, "005924"}, {2000000000, "279037"}, {20000000000, "353130"}};
  for (const auto& row : rows)
    EXPECT_EQ(totp_code("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", totp_step(row.time)), row.code) << row.time;
  EXPECT_FALSE(totp_code("not base32!", 1));
  EXPECT_FALSE(totp_code("", 1));
}

TEST(Login, AsksForTheSecondFactorInASecondCall) {
  Demo demo;
  demo.token("");
  const auto first = demo.post("/access/ticket", {{"username", "admin@pve"}, {"password", "demo-admin"}});
  ASSERT_EQ(first.status, 200U) << first.text;
  EXPECT_EQ(first.data().at("NeedTFA").to_number<int>(), 1);
  const std::string ticket(first.data().at("ticket").get_string());
  EXPECT_TRUE(ticket.starts_with(R"(PVE:!tfa!{"totp"%3Atrue}:)")) << ticket;
  EXPECT_FALSE(first.data().get_object().contains("cap"));
  // The ticket opens nothing, and does not stand for the password.
  net::Request request{
      base::Method::Get, "/api2/json/nodes", {{"Authorization", "PVEAuthCookie=" + ticket}}, ""};
  EXPECT_EQ(demo.raw(request).status, 401U);
  EXPECT_EQ(demo.post("/access/ticket", {{"username", "admin@pve"}, {"password", ticket}}).status, 401U);

  const auto second = demo.post(
      "/access/ticket",
      {{"username", "admin@pve"}, {"password", "totp:" + present_code(demo)}, {"tfa-challenge", ticket}});
  ASSERT_EQ(second.status, 200U) << second.text;
  EXPECT_FALSE(second.data().get_object().contains("NeedTFA"));
  EXPECT_TRUE(second.data().at("cap").get_object().contains("access"));
  request.headers = {{"Cookie", "PVEAuthCookie=" + std::string(second.data().at("ticket").get_string())}};
  EXPECT_EQ(demo.raw(request).status, 200U);
  EXPECT_EQ(demo.post("/access/ticket", {{"username", "root@pam"}, {"password", "demo"}}).status, 200U);
}

TEST(Login, RefusesAWrongCodeAUsedOneAndAnotherUsersTicket) {
  Demo demo;
  demo.token("");
  EXPECT_EQ(second_call(demo, "totp:000000").reason, "authentication failure");
  EXPECT_EQ(second_call(demo, present_code(demo)).status, 401U);
  EXPECT_EQ(second_call(demo, "recovery:" + present_code(demo)).status, 401U);
  EXPECT_EQ(second_call(demo, "totp:" + present_code(demo), "root@pam").status, 401U);
  EXPECT_EQ(second_call(demo, "totp:" + present_code(demo, 2)).status, 401U);
  EXPECT_EQ(second_call(demo, "totp:" + present_code(demo, -1)).status, 200U);
  EXPECT_EQ(second_call(demo, "totp:" + present_code(demo)).status, 200U);
  EXPECT_EQ(second_call(demo, "totp:" + present_code(demo)).status, 401U);
  demo.pass(std::chrono::seconds{30});
  EXPECT_EQ(second_call(demo, "totp:" + present_code(demo)).status, 200U);
}

TEST(Login, EightWrongCodesLockTheSecondFactor) {
  Demo demo;
  demo.token("");
  for (int i = 0; i < 8; ++i) EXPECT_EQ(second_call(demo, "totp:000000").status, 401U);
  EXPECT_EQ(second_call(demo, "totp:" + present_code(demo)).status, 401U);
}

}  // namespace
}  // namespace simulator
