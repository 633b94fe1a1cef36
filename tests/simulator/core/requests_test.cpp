// The checks before a handler: target, body, credentials, parameters, other nodes.
#include <gtest/gtest.h>

#include "simulator/core/request.h"
#include "simulator/support.h"

namespace simulator {
namespace {

using base::Method;

net::Request request(Method method, std::string target, net::Headers headers = {}, std::string body = {}) {
  headers.emplace_back("Authorization", "PVEAPIToken=root@pam!demo=00000000-0000-4000-8000-000000000000");
  return {method, std::move(target), std::move(headers), std::move(body)};
}

struct FormCase {
  std::string text;
  Parameters::Values values;
};

TEST(ReadForm, ParsesAsLenientlyAsPve) {
  const FormCase cases[] = {
      {"a=1&b=2", {{"a", {"1"}}, {"b", {"2"}}}},
      {"a=1;b=2", {{"a", {"1"}}, {"b", {"2"}}}},
      {"net0=virtio,bridge=vmbr0", {{"net0", {"virtio,bridge"}}}},
      {"net0=virtio%2Cbridge%3Dvmbr0", {{"net0", {"virtio,bridge=vmbr0"}}}},
      {"c=a+b%2Bc", {{"c", {"a b+c"}}}},
      {"x=1&x=2", {{"x", {"1", "2"}}}},
      {"k=%C3%A4", {{"k", {"ä"}}}},
      {"empty=", {{"empty", {""}}}},
      {"", {}},
  };
  for (const auto& c : cases) EXPECT_EQ(read_form(c.text), c.values) << c.text;
}

struct TargetCase {
  std::string target;
  unsigned status;
  std::string reason;
};

TEST(Requests, ServesOnlyThePathsOfPve) {
  Demo demo;
  const TargetCase cases[] = {
      {"/api2/json/version", 200, "OK"},
      {"/api2/json//version/", 200, "OK"},
      {"/api2/json/version?_dc=123", 200, "OK"},
      {"/api2", 501, "no such uri"},
      {"/api2/xml/version", 501, "no formatter for uri /version, xml"},
      {"/nope", 500, "no such file '/nope'"},
      {"/api2/json/nope", 501, "Method 'GET /nope' not implemented"},
      {"/api2/json/nodes/pve1/qemu/%31%30%30/config", 200, "OK"},
  };
  for (const auto& c : cases) {
    const auto got = demo.raw(request(Method::Get, c.target));
    EXPECT_EQ(got.status, c.status) << c.target;
    EXPECT_EQ(got.reason, c.reason) << c.target;
  }
}

TEST(Requests, AnEscapedSlashIsASlash) {
  Demo demo;
  const auto got = demo.raw(request(Method::Get, "/api2/json/access/users/auditor@pve%2Ftoken"));
  ASSERT_EQ(got.status, 200U);
  EXPECT_EQ(got.data().at(0).at("tokenid"), "ro");
}

struct BodyCase {
  Method method;
  std::string type;
  std::string body;
  unsigned status;
  std::string reason;
};

TEST(Requests, RefusesBodiesAsPveDoes) {
  Demo demo;
  const BodyCase cases[] = {
      {Method::Delete, "", "a=1", 501, "Unexpected content for method 'DELETE'"},
      {Method::Get, "", "a=1", 501, "Unexpected content for method 'GET'"},
      {Method::Post, "text/plain", "poolid=x1", 506, "upload 'Content-Type 'text/plain' not implemented"},
      {Method::Post, "application/json", "[1]", 500,
       "Not a HASH reference at /usr/share/perl5/PVE/APIServer/AnyEvent.pm line 1016."},
      {Method::Post, "application/x-www-form-urlencoded", std::string(600'000, 'a'), 501,
       "for data too large"},
      {Method::Post, "application/json; charset=utf-8", R"({"poolid":"fromjson"})", 200, "OK"},
      {Method::Post, "", "poolid=fromform", 200, "OK"},
  };
  for (const auto& c : cases) {
    net::Headers headers;
    if (!c.type.empty()) headers.emplace_back("Content-Type", c.type);
    const auto got = demo.raw(request(c.method, "/api2/json/pools", headers, c.body));
    EXPECT_EQ(got.status, c.status) << c.reason;
    EXPECT_EQ(got.reason, c.reason);
  }
}

struct CredentialCase {
  std::string header;
  unsigned status;
  std::string reason;
};

TEST(Credentials, AreCheckedBeforeAnythingElse) {
  Demo demo;
  const std::string good = "root@pam!demo=00000000-0000-4000-8000-000000000000";
  const CredentialCase cases[] = {
      {"PVEAPIToken=" + good, 200, "OK"},
      {"PVEAPIToken " + good, 200, "OK"},
      {"PVEAPIToken=root@pam!demo=00000000-0000-4000-8000-00000000000f", 401, "Authentication failed!"},
      {"PVEAPIToken=root@pam!nope=00000000-0000-4000-8000-000000000000", 401, "Authentication failed!"},
      {"PVEAPIToken=ghost@pve!demo=00000000-0000-4000-8000-000000000000", 401, "Authentication failed!"},
      {"PVEAPIToken=limited@pve!expired=00000000-0000-4000-8000-000000000004", 401, "Authentication failed!"},
      {"PVEAPIToken=root@pam!demo:00000000-0000-4000-8000-000000000000", 401, "Authentication failed!"},
      {"Bearer abc", 401, "No ticket"},
      {"", 401, "No ticket"},
  };
  for (const auto& c : cases) {
    net::Request call{Method::Get, "/api2/json/version", {}, {}};
    if (!c.header.empty()) call.headers.emplace_back("Authorization", c.header);
    const auto got = demo.raw(call);
    EXPECT_EQ(got.status, c.status) << c.header;
    EXPECT_EQ(got.reason, c.reason) << c.header;
    if (c.status != 401) continue;
    EXPECT_EQ(got.text, "");
    EXPECT_FALSE(net::find_header(got.headers, "Content-Type"));
    EXPECT_EQ(got.delay, std::chrono::milliseconds(3000));
  }
}

TEST(Credentials, RealmsAreListedWithoutCredentials) {
  Demo demo;
  demo.token("");
  EXPECT_EQ(demo.get("/access/domains").status, 200U);
  EXPECT_EQ(demo.get("/access/users").status, 401U);
}

TEST(Credentials, ATicketWorksWithItsCsrfToken) {
  Demo demo;
  demo.token("");
  EXPECT_EQ(demo.post("/access/ticket", {{"username", "root@pam"}, {"password", "wrong"}}).reason,
            "authentication failure");
  const auto login =
      demo.post("/access/ticket", {{"username", "root"}, {"realm", "pam"}, {"password", "demo"}});
  ASSERT_EQ(login.status, 200U);
  const std::string ticket(login.data().at("ticket").get_string());
  const std::string csrf(login.data().at("CSRFPreventionToken").get_string());
  net::Request call{Method::Post, "/api2/json/pools", {{"Cookie", "PVEAuthCookie=" + ticket}}, "poolid=x1"};
  EXPECT_EQ(demo.raw(call).reason, "Permission denied - invalid csrf token");
  call.headers.emplace_back("CSRFPreventionToken", csrf);
  EXPECT_EQ(demo.raw(call).status, 200U);
  call = {Method::Get, "/api2/json/pools", {{"Cookie", "PVEAuthCookie=" + ticket}}, {}};
  EXPECT_EQ(demo.raw(call).status, 200U);
  demo.pass(std::chrono::hours(3));
  EXPECT_EQ(demo.raw(call).reason, "Authentication failed!");
}

struct ParameterCase {
  Method method;
  std::string path;
  Form parameters;
  std::string parameter;
  std::string error;
};

TEST(Parameters, ErrorsAreInPvesWords) {
  Demo demo;
  const ParameterCase cases[] = {
      {Method::Get,
       "/cluster/resources",
       {{"type", "bogus"}},
       "type",
       "value 'bogus' does not have a value in the enumeration 'vm, storage, node, sdn'"},
      {Method::Get,
       "/cluster/nextid",
       {{"vmid", "abc"}},
       "vmid",
       "type check ('integer') failed - got 'abc'"},
      {Method::Get, "/cluster/nextid", {{"vmid", "7"}}, "vmid", "value must have a minimum value of 100"},
      {Method::Get, "/cluster/nextid", {{"vmid", "100"}}, "vmid", "VM 100 already exists"},
      {Method::Get,
       "/version",
       {{"foo", "1"}},
       "foo",
       "property is not defined in schema and the schema does not allow additional properties"},
      {Method::Post, "/pools", {}, "poolid", "property is missing and it is not optional"},
      {Method::Get,
       "/nodes/pve1/tasks",
       {{"errors", "true"}},
       "errors",
       "type check ('boolean') failed - got 'true'"},
      {Method::Get,
       "/nodes/pve1/tasks",
       {{"limit", "1"}, {"limit", "2"}},
       "limit",
       "type check ('integer') failed - got ARRAY"},
      {Method::Get,
       "/nodes/pve1/status",
       {{"node", "pve2"}},
       "node",
       "duplicate parameter (already defined in URI) with conflicting values!"},
      {Method::Put,
       "/cluster/options",
       {{"keyboard", "de"}, {"delete", "keyboard"}},
       "keyboard",
       "you can't use '-keyboard' and -delete keyboard at the same time"},
  };
  for (const auto& c : cases) {
    const auto got = demo.call(c.method, c.path, c.parameters);
    EXPECT_EQ(got.status, 400U) << c.path << " " << got.reason;
    EXPECT_EQ(got.reason, "Parameter verification failed.") << c.path;
    EXPECT_EQ(got.error(c.parameter), c.error) << got.text;
  }
}

TEST(Parameters, AllErrorsAreInOneAnswer) {
  Demo demo;
  const auto got = demo.get("/nodes/pve1/tasks", {{"limit", "x"}, {"source", "y"}, {"z", "1"}});
  EXPECT_EQ(got.body.at("errors").get_object().size(), 3U) << got.text;
  EXPECT_EQ(got.body.at("message"), "Parameter verification failed.\n");
  EXPECT_TRUE(got.body.at("data").is_null());
}

TEST(Parameters, TheQueryWinsOverTheBody) {
  Demo demo;
  net::Request call{Method::Post, "/api2/json/pools?poolid=fromquery", {}, "poolid=frombody"};
  call.headers.emplace_back("Authorization",
                            "PVEAPIToken=root@pam!demo=00000000-0000-4000-8000-000000000000");
  ASSERT_EQ(demo.raw(call).status, 200U);
  EXPECT_EQ(demo.get("/pools/fromquery").status, 200U);
  EXPECT_EQ(demo.get("/pools/frombody").reason, "pool 'frombody' does not exist");
}

TEST(Parameters, AJsonBodyMayHaveBooleansAndListsButNoObjects) {
  Demo demo;
  const auto put = [&](const std::string& body) {
    return demo.raw(request(Method::Put, "/api2/json/access/users/auditor@pve",
                            {{"Content-Type", "application/json"}}, body));
  };
  EXPECT_EQ(put(R"({"enable":false,"groups":["auditors","admins"]})").status, 200U);
  const auto user = demo.get("/access/users/auditor@pve");
  EXPECT_EQ(user.data().at("enable"), 0);
  EXPECT_EQ(user.data().at("groups").get_array().size(), 2U);
  EXPECT_EQ(put(R"({"comment":{"a":1}})").error("comment"), "type check ('string') failed - got HASH");
}

TEST(Nodes, AnUnknownNodeFailsTheHostNameLookUp) {
  Demo demo;
  const auto got = demo.get("/nodes/pve9/status");
  EXPECT_EQ(got.status, 500U);
  EXPECT_TRUE(
      got.reason.starts_with("hostname lookup 'pve9' failed - failed to get address info for: pve9: "));
}

TEST(Requests, AnExtjsAnswerAlwaysHasStatus200) {
  Demo demo;
  const auto got = demo.raw(request(Method::Get, "/api2/extjs/pools/nope"));
  EXPECT_EQ(got.status, 200U);
  EXPECT_EQ(got.body.at("success"), 0);
  EXPECT_EQ(got.body.at("status"), 500);
}

}  // namespace
}  // namespace simulator
