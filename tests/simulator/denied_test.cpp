// Refusals by privilege, next to those of a real PVE for the same rights.
#include <gtest/gtest.h>

#include "simulator/shape.h"
#include "simulator/support.h"

#include <fstream>

namespace simulator {
namespace {

struct Denied {
  std::string token;
  base::Method method;
  std::string path;
  Form parameters;
  std::string reason;
};

std::vector<Denied> denied() {
  std::vector<Denied> rows;
  std::ifstream lines(std::string(TEST_SOURCE_DIR) + "/simulator/recorded/denied.jsonl");
  for (std::string line; std::getline(lines, line);) {
    const auto parsed = base::parse_json(line);
    if (!parsed) continue;
    Denied row;
    row.token = std::string(parsed->at("token").get_string());
    row.method =
        base::method_named(std::string_view(parsed->at("method").get_string())).value_or(base::Method::Get);
    row.path = std::string(parsed->at("path").get_string());
    row.reason = std::string(parsed->at("reason").get_string());
    if (const auto* params = parsed->at("params").if_object()) {
      for (const auto& [key, value] : *params) {
        if (value.is_array()) {
          for (const auto& item : value.get_array()) row.parameters.emplace_back(key, item.get_string());
        } else {
          row.parameters.emplace_back(
              key, value.is_string() ? std::string(value.get_string()) : base::write_json(value));
        }
      }
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

void log_in(Demo& demo, const std::string& who) {
  if (who == "auditor") return demo.as_auditor();
  if (who == "operator") return demo.as_operator();
  if (who == "limited+acl") {
    demo.put("/access/acl", {{"path", "/vms/100"}, {"roles", "PVEVMAdmin"}, {"tokens", "limited@pve!none"}});
  }
  demo.as_limited();
}

/// Refused inside a handler that the simulator does not have.
bool is_left_out(const Denied& row) {
  for (const auto* path : {"/nodes/pve1/startall", "/nodes/pve1/disks/list", "/cluster/notifications/targets",
                           "/nodes/pve1/certificates/info"}) {
    if (row.path == path) return true;
  }
  return false;
}

TEST(Denied, IsInPvesWords) {
  const auto rows = denied();
  ASSERT_GT(rows.size(), 200U);
  for (const auto& row : rows) {
    if (is_left_out(row)) continue;
    Demo demo;
    log_in(demo, row.token);
    const auto got = demo.call(row.method, row.path, row.parameters);
    EXPECT_EQ(got.status, 403U) << row.token << " " << base::name(row.method) << " " << row.path << ": "
                                << got.reason;
    EXPECT_EQ(got.reason, row.reason) << row.token << " " << base::name(row.method) << " " << row.path;
  }
}

TEST(Denied, ListsThinOutInstead) {
  Demo demo;
  demo.as_limited();
  for (const auto* path : {"/nodes/pve1/tasks", "/cluster/tasks", "/cluster/log", "/pools", "/access/users",
                           "/access/groups", "/access/acl", "/cluster/replication"}) {
    const auto got = demo.get(path);
    EXPECT_EQ(got.status, 200U) << path;
    EXPECT_EQ(got.text, R"({"data":[]})") << path;
  }
  EXPECT_EQ(demo.get("/cluster/resources", {{"type", "vm"}}).text, R"({"data":[]})");
  EXPECT_EQ(demo.get("/cluster/options").text, R"({"data":{"allowed-tags":[]}})");
  EXPECT_EQ(demo.get("/access/permissions").text, R"({"data":{}})");
  const auto nodes = demo.get("/nodes");
  for (const auto& row : nodes.data().get_array()) {
    EXPECT_FALSE(row.get_object().contains("cpu"));
    EXPECT_TRUE(row.get_object().contains("ssl_fingerprint"));
  }
  // A real PVE 9.2 shows a pool in this form to everybody.
  EXPECT_EQ(demo.get("/pools", {{"poolid", "lab"}}).status, 200U);
  EXPECT_EQ(demo.get("/pools/lab").reason, "Permission check failed (/pool/lab, Pool.Audit)");
}

TEST(Denied, TokensNeverDoWhatOnlyRootMay) {
  Demo demo;
  EXPECT_EQ(demo.get("/cluster/backup-info").reason, "Permission check failed (user != root@pam)");
  const auto got = demo.put("/access/password", {{"userid", "auditor@pve"}, {"password", "new-secret"}});
  EXPECT_EQ(got.status, 403U);
  EXPECT_EQ(
      got.reason,
      "Permission check failed (URI '/access/password' not available with API token, need proper ticket.");
}

TEST(Denied, RootOnlyParametersAreNotForTokens) {
  Demo demo;
  EXPECT_EQ(demo.put("/nodes/pve1/qemu/105/config", {{"args", "-foo"}}).reason,
            "only root can set 'args' config");
  EXPECT_EQ(demo.post("/nodes/pve1/qemu", {{"vmid", "900"}, {"lock", "backup"}}).reason,
            "only root can set 'lock' config");
  EXPECT_EQ(demo.post("/nodes/pve1/qemu/105/status/start", {{"skiplock", "1"}}).error("skiplock"),
            "Only root may use this option.");
}

struct AclCase {
  Form acl;
  std::string path;
  std::string privilege;
  bool granted;
};

TEST(Acl, InheritsAndOverrides) {
  const AclCase cases[] = {
      {{{"path", "/"}, {"roles", "PVEAuditor"}}, "/vms/100", "VM.Audit", true},
      {{{"path", "/"}, {"roles", "PVEAuditor"}, {"propagate", "0"}}, "/vms/100", "VM.Audit", false},
      {{{"path", "/"}, {"roles", "PVEAuditor"}, {"propagate", "0"}}, "/", "Sys.Audit", true},
      {{{"path", "/vms"}, {"roles", "PVEVMUser"}}, "/vms/101", "VM.PowerMgmt", true},
      {{{"path", "/vms"}, {"roles", "PVEVMUser"}}, "/nodes/pve1", "Sys.Audit", false},
      // The pool of VM 107 hands its roles on.
      {{{"path", "/pool/lab"}, {"roles", "PVEVMUser"}}, "/vms/107", "VM.PowerMgmt", true},
      {{{"path", "/pool/lab"}, {"roles", "PVEVMUser"}}, "/vms/100", "VM.PowerMgmt", false},
      {{{"path", "/vms/104"}, {"roles", "NoAccess,PVEVMUser"}}, "/vms/104", "VM.PowerMgmt", false},
  };
  for (const auto& c : cases) {
    Demo demo;
    ASSERT_EQ(demo.post("/access/users", {{"userid", "new@pve"}}).status, 200U);
    auto acl = c.acl;
    acl.emplace_back("users", "new@pve");
    ASSERT_EQ(demo.put("/access/acl", acl).status, 200U);
    const auto got = demo.get("/access/permissions", {{"userid", "new@pve"}, {"path", c.path}});
    ASSERT_EQ(got.status, 200U) << got.reason;
    const auto* const row = got.data().get_object().if_contains(c.path);
    EXPECT_EQ(row != nullptr && row->get_object().contains(c.privilege), c.granted)
        << c.path << " " << got.text;
  }
}

TEST(Acl, ASeparatedTokenHasTheIntersection) {
  Demo demo;
  const Form token = {{"privsep", "1"}};
  const auto made = demo.post("/access/users/operator@pve/token/sep", token);
  ASSERT_EQ(made.status, 200U) << made.reason;
  const std::string secret(made.data().at("value").get_string());
  demo.put("/access/acl", {{"path", "/"}, {"roles", "PVEAdmin"}, {"tokens", "operator@pve!sep"}});
  demo.token("operator@pve!sep=" + secret);
  const auto got = demo.get("/access/permissions", {{"path", "/vms/100"}});
  const auto& row = got.data().at("/vms/100").get_object();
  EXPECT_TRUE(row.contains("VM.PowerMgmt"));
  EXPECT_FALSE(row.contains("VM.Allocate")) << "the user has no such right";
}

}  // namespace
}  // namespace simulator
