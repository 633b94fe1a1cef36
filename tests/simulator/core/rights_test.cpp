// Rights by inheritance, groups, pools and tokens, and changes of rights, which take effect at once.
#include <gtest/gtest.h>

#include "simulator/support.h"

namespace simulator {
namespace {

/// An ACL entry for the user new@pve, one of its groups, or one of its tokens.
struct Entry {
  const char* path;
  const char* whom;
  const char* role;
  bool propagate = true;
};

enum class Granted : std::uint8_t { No, Here, AndBelow };
using enum Granted;

struct Right {
  std::vector<Entry> entries;
  const char* who;
  const char* path;
  const char* privilege;
  Granted granted;
};

constexpr const char* kUser = "new@pve";
constexpr const char* kSeparated = "new@pve!separated";
constexpr const char* kFull = "new@pve!full";

/// VM 107 is in the pool lab, VM 100 and the storage ceph-vm are in production, VM 118 is in lab/deep, and VM
/// 105 is in no pool.
const std::vector<Right>& rights() {
  static const std::vector<Right> kRights = {
      // Rights propagate to deeper paths, unless the entry says otherwise.
      {{}, kUser, "/", "Sys.Audit", No},
      {{{"/", "user", "PVEAuditor"}}, kUser, "/", "Sys.Audit", AndBelow},
      {{{"/", "user", "PVEAuditor"}}, kUser, "/vms/105", "VM.Audit", AndBelow},
      {{{"/", "user", "PVEAuditor"}}, kUser, "/vms/999", "VM.Audit", AndBelow},
      {{{"/", "user", "PVEAuditor", false}}, kUser, "/", "Sys.Audit", Here},
      {{{"/", "user", "PVEAuditor", false}}, kUser, "/vms/105", "VM.Audit", No},
      {{{"/vms", "user", "PVEVMUser"}}, kUser, "/vms/101", "VM.PowerMgmt", AndBelow},
      {{{"/vms", "user", "PVEVMUser"}}, kUser, "/nodes/pve1", "Sys.Audit", No},
      {{{"/vms", "user", "PVEVMUser"}}, kUser, "/", "VM.Audit", No},
      {{{"/vms/10", "user", "PVEVMUser"}}, kUser, "/vms/105", "VM.Audit", No},
      // The roles on a deeper path replace all roles of the paths above.
      {{{"/", "user", "PVEAdmin"}, {"/vms", "user", "PVEAuditor"}}, kUser, "/vms/105", "VM.Allocate", No},
      {{{"/", "user", "PVEAdmin"}, {"/vms", "user", "PVEAuditor"}}, kUser, "/vms/105", "VM.Audit", AndBelow},
      {{{"/", "user", "PVEAdmin"}, {"/vms", "user", "PVEAuditor", false}}, kUser, "/vms", "VM.Allocate", No},
      {{{"/", "user", "PVEAdmin"}, {"/vms", "user", "PVEAuditor", false}},
       kUser,
       "/vms/105",
       "VM.Allocate",
       AndBelow},
      {{{"/", "user", "NoAccess"}, {"/vms/105", "user", "PVEVMUser"}},
       kUser,
       "/vms/105",
       "VM.Audit",
       AndBelow},
      {{{"/", "user", "PVEAdmin"}, {"/vms/105", "user", "NoAccess"}}, kUser, "/vms/105", "VM.Audit", No},
      {{{"/", "user", "PVEAdmin"}, {"/vms/105", "user", "NoAccess"}},
       kUser,
       "/vms/101",
       "VM.Audit",
       AndBelow},
      {{{"/", "user", "PVEAdmin"}, {"/vms", "user", "NoAccess", false}},
       kUser,
       "/vms/105",
       "VM.Audit",
       AndBelow},
      // Several roles on one path add up; NoAccess among them removes all.
      {{{"/vms", "user", "PVEAuditor"}, {"/vms", "user", "PVETemplateUser"}},
       kUser,
       "/vms/105",
       "VM.Clone",
       AndBelow},
      {{{"/vms/104", "user", "PVEVMUser"}, {"/vms/104", "user", "NoAccess"}},
       kUser,
       "/vms/104",
       "VM.Audit",
       No},
      {{{"/vms", "user", "PVEAuditor", false}, {"/vms", "user", "PVETemplateUser"}},
       kUser,
       "/vms",
       "VM.Audit",
       AndBelow},
      // Entries of several groups add up. The user's own entry on the same path replaces them; a group's
      // entry on a deeper path replaces the user's.
      {{{"/vms", "group one", "PVEVMUser"}}, kUser, "/vms/105", "VM.PowerMgmt", AndBelow},
      {{{"/vms", "group three", "PVEVMUser"}}, kUser, "/vms/105", "VM.PowerMgmt", No},
      {{{"/vms", "group one", "PVEAuditor"}, {"/vms", "group two", "PVETemplateUser"}},
       kUser,
       "/vms/105",
       "VM.Clone",
       AndBelow},
      {{{"/vms", "group one", "PVEVMUser"}, {"/vms", "group two", "NoAccess"}},
       kUser,
       "/vms/105",
       "VM.Audit",
       No},
      {{{"/vms", "group one", "PVEVMAdmin"}, {"/vms", "user", "PVEAuditor"}},
       kUser,
       "/vms/105",
       "VM.Allocate",
       No},
      {{{"/vms", "group one", "NoAccess"}, {"/vms", "user", "PVEAuditor"}},
       kUser,
       "/vms/105",
       "VM.Audit",
       AndBelow},
      {{{"/", "user", "NoAccess"}, {"/vms", "group one", "PVEAuditor"}},
       kUser,
       "/vms/105",
       "VM.Audit",
       AndBelow},
      // Below a user's entry that does not propagate, those of the groups count again.
      {{{"/vms", "user", "NoAccess", false}, {"/vms", "group one", "PVEAuditor"}},
       kUser,
       "/vms/105",
       "VM.Audit",
       AndBelow},
      // Rights on a pool are rights on its members, but do not propagate from there.
      {{{"/pool/lab", "user", "PVEVMUser"}}, kUser, "/vms/107", "VM.PowerMgmt", Here},
      {{{"/pool/lab", "user", "PVEVMUser", false}}, kUser, "/vms/107", "VM.PowerMgmt", Here},
      {{{"/pool", "user", "PVEVMUser"}}, kUser, "/vms/107", "VM.PowerMgmt", Here},
      {{{"/pool", "user", "PVEVMUser", false}}, kUser, "/vms/107", "VM.PowerMgmt", No},
      {{{"/pool/lab", "user", "PVEVMUser"}}, kUser, "/vms/105", "VM.PowerMgmt", No},
      {{{"/pool/lab", "group one", "PVEVMUser"}}, kUser, "/vms/107", "VM.PowerMgmt", Here},
      {{{"/pool/production", "user", "PVEDatastoreUser"}},
       kUser,
       "/storage/ceph-vm",
       "Datastore.AllocateSpace",
       Here},
      {{{"/pool/production", "user", "PVEDatastoreUser"}}, kUser, "/storage/local", "Datastore.Audit", No},
      {{{"/pool/lab", "user", "PVEVMUser"}}, kUser, "/vms/118", "VM.Audit", Here},
      {{{"/pool/lab", "user", "PVEVMUser"}, {"/pool/lab/deep", "user", "NoAccess"}},
       kUser,
       "/vms/118",
       "VM.Audit",
       No},
      {{{"/pool/lab", "user", "PVEVMUser"}, {"/vms", "user", "PVEAuditor"}},
       kUser,
       "/vms/107",
       "VM.Audit",
       AndBelow},
      {{{"/pool/lab", "user", "PVEVMUser"}, {"/vms/107", "user", "PVEAuditor"}},
       kUser,
       "/vms/107",
       "VM.PowerMgmt",
       Here},
      {{{"/pool/lab", "user", "PVEVMUser"}, {"/vms/107", "user", "NoAccess"}},
       kUser,
       "/vms/107",
       "VM.Audit",
       No},
      {{{"/pool/lab", "user", "NoAccess"}, {"/vms/107", "user", "PVEVMUser"}},
       kUser,
       "/vms/107",
       "VM.Audit",
       No},
      // A pool inherits from the root. Its members so have rights that an entry on /vms removes for other
      // guests.
      {{{"/", "user", "PVEAdmin"}, {"/vms", "user", "PVEAuditor"}}, kUser, "/vms/100", "VM.Allocate", Here},
      {{{"/", "user", "NoAccess"}, {"/vms", "user", "PVEAuditor"}}, kUser, "/vms/100", "VM.Audit", No},
      // A separated token has the rights that its own entries and its user's entries both give.
      {{{"/vms", "user", "PVEVMUser"}}, kSeparated, "/vms/105", "VM.Audit", No},
      {{{"/vms", "token", "PVEVMUser"}}, kSeparated, "/vms/105", "VM.Audit", No},
      {{{"/vms", "user", "PVEVMUser"}, {"/", "token", "PVEAdmin"}},
       kSeparated,
       "/vms/105",
       "VM.PowerMgmt",
       AndBelow},
      {{{"/vms", "user", "PVEVMUser"}, {"/", "token", "PVEAdmin"}},
       kSeparated,
       "/vms/105",
       "VM.Allocate",
       No},
      {{{"/vms", "user", "PVEVMAdmin"}, {"/vms/105", "token", "PVEAuditor"}},
       kSeparated,
       "/vms/105",
       "VM.Audit",
       AndBelow},
      {{{"/vms", "user", "PVEVMAdmin"}, {"/vms/105", "token", "PVEAuditor"}},
       kSeparated,
       "/vms/101",
       "VM.Audit",
       No},
      {{{"/vms", "user", "PVEVMUser", false}, {"/vms", "token", "PVEVMUser"}},
       kSeparated,
       "/vms",
       "VM.Audit",
       Here},
      {{{"/vms", "user", "PVEVMUser"}, {"/vms", "token", "PVEVMUser"}, {"/vms/105", "user", "NoAccess"}},
       kSeparated,
       "/vms/105",
       "VM.Audit",
       No},
      {{{"/vms", "group one", "PVEVMUser"}, {"/vms", "token", "PVEVMUser"}},
       kSeparated,
       "/vms/105",
       "VM.Audit",
       AndBelow},
      {{{"/pool/lab", "user", "PVEVMUser"}, {"/pool/lab", "token", "PVEVMUser"}},
       kSeparated,
       "/vms/107",
       "VM.Audit",
       Here},
      // A token without separation has the rights of its user. Its own entries do not count.
      {{{"/vms", "user", "PVEVMUser"}}, kFull, "/vms/105", "VM.PowerMgmt", AndBelow},
      {{{"/vms", "full token", "PVEVMUser"}}, kFull, "/vms/105", "VM.PowerMgmt", No},
      {{{"/vms", "user", "PVEVMUser"}, {"/vms/105", "full token", "NoAccess"}},
       kFull,
       "/vms/105",
       "VM.Audit",
       AndBelow},
      // root@pam has every right. Its separated token has the rights of its own entries.
      {{}, "root@pam", "/vms/105", "VM.Allocate", AndBelow},
      {{}, "root@pam!separated", "/vms/105", "VM.Audit", No},
      {{{"/vms", "root token", "PVEAuditor", false}}, "root@pam!separated", "/vms", "VM.Audit", Here},
  };
  return kRights;
}

void furnish(Demo& demo) {
  for (const auto* group : {"one", "two", "three"}) demo.post("/access/groups", {{"groupid", group}});
  demo.post("/access/users", {{"userid", kUser}, {"groups", "one,two"}});
  demo.post("/access/users/new@pve/token/separated", {{"privsep", "1"}});
  demo.post("/access/users/new@pve/token/full", {{"privsep", "0"}});
  demo.post("/access/users/root@pam/token/separated", {{"privsep", "1"}});
  demo.post("/pools", {{"poolid", "lab/deep"}});
  demo.put("/pools", {{"poolid", "lab/deep"}, {"vms", "118"}, {"allow-move", "1"}});
}

std::pair<std::string, std::string> subject(std::string_view whom) {
  if (whom == "user") return {"users", kUser};
  if (whom == "token") return {"tokens", kSeparated};
  if (whom == "full token") return {"tokens", kFull};
  if (whom == "root token") return {"tokens", "root@pam!separated"};
  return {"groups", std::string(whom.substr(std::string_view("group ").size()))};
}

Form acl_form(const Entry& entry) {
  return {{"path", entry.path},
          {"roles", entry.role},
          {"propagate", entry.propagate ? "1" : "0"},
          subject(entry.whom)};
}

Granted granted(Demo& demo, const std::string& who, const std::string& path, std::string_view privilege) {
  const auto got = demo.get("/access/permissions", {{"userid", who}, {"path", path}});
  const auto* const found = got.data().at(path).get_object().if_contains(privilege);
  if (found == nullptr) return No;
  return *found == 1 ? AndBelow : Here;
}

TEST(Rights, FollowTheAclAsInPve) {
  for (const auto& row : rights()) {
    std::string trace = std::string(row.who) + " " + row.path + " " + row.privilege + ":";
    Demo demo;
    furnish(demo);
    for (const auto& entry : row.entries) {
      trace += std::string(" ") + entry.path + " " + entry.whom + " " + entry.role;
      // PVE does not accept the entry on /vms/10 of one row.
      const auto set = demo.put("/access/acl", acl_form(entry));
      EXPECT_EQ(set.status, std::string_view(entry.path) == "/vms/10" ? 400U : 200U) << set.text;
    }
    EXPECT_EQ(granted(demo, row.who, row.path, row.privilege), row.granted) << trace;
  }
}

std::vector<std::string> places(const Got& got) {
  std::vector<std::string> paths;
  for (const auto& [path, row] : got.data().get_object()) paths.emplace_back(path);
  return paths;
}

TEST(Rights, AreListedForEveryPathWhereTheyMayDiffer) {
  Demo demo;
  furnish(demo);
  demo.put("/access/acl", {{"path", "/pool/lab"}, {"roles", "PVEVMUser"}, {"users", kUser}});
  demo.put("/access/acl", {{"path", "/access/realm/pve"}, {"roles", "PVEUserAdmin"}, {"users", kUser}});
  const auto mine = places(demo.get("/access/permissions", {{"userid", kUser}}));
  EXPECT_THAT(mine, testing::IsSupersetOf({"/pool/lab", "/vms/107", "/vms/118", "/access/realm/pve"}));
  EXPECT_THAT(mine, testing::Not(testing::Contains("/vms/100")));
  EXPECT_THAT(places(demo.get("/access/permissions")), testing::Contains("/access/realm"));
  EXPECT_EQ(demo.get("/access/permissions", {{"userid", "nobody@pve"}}).text, R"({"data":{}})");
  EXPECT_EQ(demo.get("/access/permissions", {{"userid", "nobody@pve"}, {"path", "/vms"}}).text,
            R"({"data":{"/vms":{}}})");
}

TEST(Rights, OfOthersAreShownToAuditorsAndOwners) {
  Demo demo;
  furnish(demo);
  demo.as_operator();
  EXPECT_EQ(demo.get("/access/permissions", {{"userid", kUser}}).reason,
            "Permission check failed (/access, Sys.Audit)");
  EXPECT_EQ(demo.get("/access/permissions", {{"userid", "operator@pve"}}).status, 403U)
      << "the token is not its user";
  EXPECT_EQ(demo.get("/access/permissions", {{"userid", "operator@pve!ops"}}).status, 200U);
  demo.as_auditor();
  EXPECT_EQ(demo.get("/access/permissions", {{"userid", kUser}}).status, 200U);
}

/// A demo in which `new@pve!full` acts with the role on /vms.
struct Acting {
  explicit Acting(const char* role = "PVEVMUser") {
    furnish(demo);
    demo.del("/access/users/new@pve/token/full");
    const auto made = demo.post("/access/users/new@pve/token/full", {{"privsep", "0"}});
    secret = std::string(kFull) + "=" + std::string(made.data().at("value").get_string());
    grant("/vms", role);
  }
  void grant(const std::string& path, const std::string& role) {
    demo.put("/access/acl", {{"path", path}, {"roles", role}, {"users", kUser}});
  }
  void revoke(const std::string& path, const std::string& role) {
    demo.put("/access/acl", {{"path", path}, {"roles", role}, {"users", kUser}, {"delete", "1"}});
  }
  Got as_new(base::Method method, std::string_view path, const Form& form = {}) {
    demo.token(secret);
    auto got = demo.call(method, path, form);
    demo.as_root();
    return got;
  }
  unsigned status(std::string_view path = "/nodes/pve1/qemu/105/config") {
    return as_new(base::Method::Get, path).status;
  }

  Demo demo;
  std::string secret;
};

TEST(Rights, ChangeAtOnce) {
  Acting acting;
  auto& demo = acting.demo;
  EXPECT_EQ(acting.status(), 200U);
  acting.revoke("/vms", "PVEVMUser");
  EXPECT_EQ(acting.status(), 403U);
  demo.put("/access/acl", {{"path", "/vms"}, {"roles", "PVEVMUser"}, {"groups", "three"}});
  EXPECT_EQ(acting.status(), 403U);
  demo.put("/access/users/new@pve", {{"groups", "three"}, {"append", "1"}});
  EXPECT_EQ(acting.status(), 200U);
  demo.del("/access/groups/three");
  EXPECT_EQ(acting.status(), 403U);
  demo.post("/access/groups", {{"groupid", "three"}});
  EXPECT_EQ(acting.status(), 403U) << "neither the member nor the entry came back";
  demo.post("/access/roles", {{"roleid", "Reader"}, {"privs", "VM.Audit"}});
  acting.grant("/vms", "Reader");
  EXPECT_EQ(acting.status(), 200U);
  demo.put("/access/roles/Reader", {{"privs", "VM.PowerMgmt"}});
  EXPECT_EQ(acting.status(), 403U);
  demo.put("/access/roles/Reader", {{"privs", "VM.Audit"}, {"append", "1"}});
  EXPECT_EQ(acting.status(), 200U);
  demo.del("/access/roles/Reader");
  EXPECT_EQ(acting.status(), 403U);
}

TEST(Rights, EndWithTheAccount) {
  Acting acting;
  auto& demo = acting.demo;
  demo.put("/access/users/new@pve", {{"enable", "0"}});
  EXPECT_EQ(acting.status(), 401U);
  demo.put("/access/users/new@pve", {{"enable", "1"}, {"expire", "1"}});
  EXPECT_EQ(acting.status(), 401U);
  demo.put("/access/users/new@pve", {{"expire", "0"}});
  EXPECT_EQ(acting.status(), 200U);
  demo.put("/access/users/new@pve/token/full", {{"expire", "1"}});
  EXPECT_EQ(acting.status(), 401U);
  demo.put("/access/users/new@pve/token/full", {{"expire", "0"}, {"privsep", "1"}});
  EXPECT_EQ(acting.status(), 403U) << "separated, and without an entry of its own";
  demo.put("/access/acl", {{"path", "/vms"}, {"roles", "PVEAuditor"}, {"tokens", kFull}});
  EXPECT_EQ(acting.status(), 200U);
  demo.del("/access/users/new@pve");
  EXPECT_EQ(acting.status(), 401U);
}

TEST(Rights, ThroughAPoolFollowItsMembers) {
  Acting acting;
  auto& demo = acting.demo;
  acting.revoke("/vms", "PVEVMUser");
  acting.grant("/pool/lab", "PVEVMUser");
  EXPECT_EQ(acting.status(), 403U);
  demo.put("/pools", {{"poolid", "lab"}, {"vms", "105"}});
  EXPECT_EQ(acting.status(), 200U);
  demo.put("/pools", {{"poolid", "lab"}, {"vms", "105"}, {"delete", "1"}});
  EXPECT_EQ(acting.status(), 403U);
  acting.grant("/pool/lab", "PVEDatastoreUser");
  demo.put("/pools", {{"poolid", "lab"}, {"storage", "nas"}});
  EXPECT_EQ(acting.status("/nodes/pve1/storage/nas/status"), 200U);
  const Form nas = {{"storage", "nas"}, {"type", "dir"}, {"path", "/srv/nas"}};
  demo.del("/storage/nas");
  ASSERT_EQ(demo.post("/storage", nas).status, 200U);
  EXPECT_EQ(acting.status("/nodes/pve1/storage/nas/status"), 403U) << "a new one is in no pool";
  demo.post("/pools", {{"poolid", "gone"}});
  acting.grant("/pool/gone", "PVEPoolUser");
  EXPECT_EQ(acting.status("/pools/gone"), 200U);
  demo.del("/pools", {{"poolid", "gone"}});
  demo.post("/pools", {{"poolid", "gone"}});
  EXPECT_EQ(acting.status("/pools/gone"), 403U);
}

TEST(Rights, AreGrantedOnlyByCallersWithThem) {
  using enum base::Method;
  Acting acting("PVEVMAdmin");
  const Form to_operator = {{"path", "/vms/100"}, {"users", "operator@pve"}, {"roles", "PVEVMUser"}};
  EXPECT_EQ(acting.as_new(Put, "/access/acl", to_operator).status, 200U) << "VM.Allocate is enough there";
  EXPECT_EQ(acting.as_new(Get, "/access/acl").data().get_array().size(), 2U) << "entries of VMs only";
  const auto refused = [&](Form form, const std::string& role) {
    form[2].second = role;
    return acting.as_new(Put, "/access/acl", form).error("role");
  };
  EXPECT_EQ(refused(to_operator, "PVEAdmin"),
            "Cannot add role 'PVEAdmin' - requires 'Permissions.Modify' or superset of privileges.");
  EXPECT_EQ(refused(to_operator, "NoAccess"), "Cannot add role 'NoAccess' - requires 'Permissions.Modify'");
  auto removal = to_operator;
  removal.emplace_back("delete", "1");
  EXPECT_EQ(refused(removal, "PVEAdmin"),
            "Cannot remove role 'PVEAdmin' - requires 'Permissions.Modify' or superset of privileges.");
  EXPECT_EQ(
      acting.as_new(Put, "/access/acl", {{"path", "/vms"}, {"users", kUser}, {"roles", "PVEVMUser"}}).reason,
      "Permission check failed (/vms, Permissions.Modify)");
  acting.revoke("/vms", "PVEVMAdmin");
  acting.grant("/pool/lab", "PVEVMAdmin");
  auto member = to_operator;
  member[0].second = "/vms/107";
  EXPECT_EQ(refused(member, "PVEVMUser"),
            "Cannot add role 'PVEVMUser' with propagation - requires 'Permissions.Modify' or propagated "
            "superset of privileges.");
  member.emplace_back("propagate", "0");
  EXPECT_EQ(acting.as_new(Put, "/access/acl", member).status, 200U);
}

TEST(Rights, OnUsersComeFromTheirGroups) {
  using enum base::Method;
  Acting acting("PVEVMUser");
  acting.grant("/access/groups/auditors", "PVEUserAdmin");
  const Form comment = {{"comment", "x"}, {"groups", "auditors"}};
  EXPECT_EQ(acting.as_new(Get, "/access/users").data().get_array().size(), 1U) << "the auditor";
  EXPECT_EQ(acting.as_new(Get, "/access/groups").data().get_array().size(), 1U);
  EXPECT_EQ(acting.as_new(Put, "/access/users/auditor@pve", comment).status, 200U);
  EXPECT_EQ(acting.as_new(Put, "/access/users/auditor@pve", {{"comment", "x"}}).reason,
            "Permission check failed (/access/groups, User.Modify)");
  EXPECT_EQ(acting.as_new(Put, "/access/users/admin@pve", {{"groups", "admins"}}).reason,
            "Permission check failed (/access/groups/admins, User.Modify)");
  EXPECT_EQ(acting.as_new(Put, "/access/users/admin@pve", comment).reason, "Permission check failed");
  EXPECT_EQ(acting.as_new(Get, "/access/users/new@pve/token").reason, "Permission check failed")
      << "a token is not its user";
  EXPECT_EQ(acting.as_new(Post, "/access/users", {{"userid", "x@pve"}, {"groups", "auditors"}}).reason,
            "Permission check failed (/access/realm/pve, Realm.AllocateUser)");
  acting.grant("/access/realm/pve", "PVEUserAdmin");
  EXPECT_EQ(acting.as_new(Post, "/access/users", {{"userid", "x@pve"}, {"groups", "auditors"}}).status, 200U);
}

Got with_header(Demo& demo, base::Method method, std::string path, net::Headers headers) {
  net::Request request;
  request.method = method;
  request.target = "/api2/json" + std::move(path);
  request.headers = std::move(headers);
  return demo.raw(request);
}

TEST(Rights, RequireKnownCredentials) {
  struct Row {
    net::Headers headers;
    const char* reason;
  };
  const std::string secret = "00000000-0000-4000-8000-000000000000";
  const Row rows[] = {
      {{}, "No ticket"},
      {{{"Authorization", "PVEAPIToken=root@pam!nope=" + secret}}, "Authentication failed!"},
      {{{"Authorization", "PVEAPIToken=root@pam!demo=00000000-0000-4000-8000-00000000000f"}},
       "Authentication failed!"},
      {{{"Authorization", "PVEAPIToken=ghost@pve!demo=" + secret}}, "Authentication failed!"},
      {{{"Authorization", "PVEAPIToken=root@nope!demo=" + secret}}, "Authentication failed!"},
      {{{"Authorization", "PVEAPIToken=garbage"}}, "Authentication failed!"},
      {{{"Authorization", "PVEAPIToken="}}, "No ticket"},
      {{{"Authorization", "Bearer " + secret}}, "No ticket"},
      {{{"Authorization", "Basic cm9vdEBwYW06eA=="}}, "No ticket"},
      {{{"Cookie", "PVEAuthCookie=PVE:root@pam:6B02B012::bm90aGluZw=="}}, "Authentication failed!"},
  };
  for (const auto& row : rows) {
    Demo demo;
    const auto got = with_header(demo, base::Method::Get, "/nodes", row.headers);
    EXPECT_EQ(got.status, 401U);
    EXPECT_EQ(got.reason, row.reason);
    EXPECT_EQ(got.text, "");
  }
}

TEST(Rights, OfALoginAreInTheAnswerWithItsTicket) {
  Demo demo;
  demo.token("");
  const auto login = [&](const std::string& user, const std::string& password) {
    return demo.post("/access/ticket", {{"username", user}, {"password", password}});
  };
  for (const auto* user : {"root@pam", "ghost@pve", "root@nope", "operator@pve"}) {
    const auto got = login(user, "wrong");
    EXPECT_EQ(got.status, 401U) << user;
    EXPECT_EQ(got.reason, "authentication failure");
  }
  const auto got = login("auditor@pve", "demo-auditor");
  ASSERT_EQ(got.status, 200U) << got.text;
  const auto cap = base::parse_json(
      R"({"dc":{"SDN.Audit":1,"Sys.Audit":1},"vms":{"VM.Audit":1,"VM.GuestAgent.Audit":1},)"
      R"("nodes":{"Sys.Audit":1},"storage":{"Datastore.Audit":1},"sdn":{"SDN.Audit":1},"access":{},)"
      R"("mapping":{"Mapping.Audit":1}})");
  EXPECT_EQ(got.data().at("cap"), *cap) << got.text;
  const std::string cookie = "PVEAuthCookie=" + std::string(got.data().at("ticket").get_string());
  const auto write = [&](net::Headers headers) {
    headers.emplace_back("Cookie", cookie);
    return with_header(demo, base::Method::Post, "/nodes/pve1/qemu/110/status/start", std::move(headers));
  };
  EXPECT_EQ(write({}).reason, "Permission denied - invalid csrf token");
  EXPECT_EQ(write({{"CSRFPreventionToken", "6B02B012:x"}}).status, 401U);
  const std::string csrf(got.data().at("CSRFPreventionToken").get_string());
  EXPECT_EQ(write({{"CSRFPreventionToken", csrf}}).reason,
            "Permission check failed (/vms/110, VM.PowerMgmt)");
  demo.as_root();
  demo.put("/access/users/auditor@pve", {{"expire", "1"}});
  demo.token("");
  EXPECT_EQ(login("auditor@pve", "demo-auditor").status, 401U);
}

}  // namespace
}  // namespace simulator
