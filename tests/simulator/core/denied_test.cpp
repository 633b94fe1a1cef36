// Compares refusals by privilege with those of a real PVE for the same rights.
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <optional>
#include <set>

#include "base/text.h"
#include "simulator/support.h"

namespace simulator {
namespace {

/// The answer of a real PVE to one identity.
struct Known {
  unsigned status = 401;
  std::string reason;
  std::optional<std::int64_t> rows;  ///< the number of rows, for a list
};

struct Asked {
  base::Method method;
  std::string path;
  Form parameters;
  std::map<std::string, Known> answers;  ///< by identity
};

constexpr const char* kIdentities[] = {"auditor", "operator", "limited", "limited+acl", "expired", "none"};

Known read_answer(const base::JsonObject& row) {
  Known known;
  known.status = row.at("status").to_number<unsigned>();
  if (const auto* reason = row.if_contains("reason")) known.reason = reason->get_string();
  if (const auto* rows = row.if_contains("rows")) known.rows = rows->get_int64();
  return known;
}

Form read_parameters(const base::JsonObject& line) {
  Form form;
  const auto* const parameters = line.if_contains("params");
  if (parameters == nullptr) return form;
  for (const auto& [key, value] : parameters->get_object()) {
    const auto add = [&form, name = std::string(key)](const base::Json& item) {
      form.emplace_back(name, item.is_string() ? std::string(item.get_string()) : base::write_json(item));
    };
    if (!value.is_array()) {
      add(value);
      continue;
    }
    for (const auto& item : value.get_array()) add(item);
  }
  return form;
}

// If a line does not name an identity, PVE answered it with 401, as everywhere.
Asked read_line(const base::JsonObject& line) {
  const std::string call(line.at("call").get_string());
  const auto blank = call.find(' ');
  Asked asked{base::method_named(call.substr(0, blank)).value_or(base::Method::Get),
              call.substr(blank + 1),
              read_parameters(line),
              {{"expired", {401, "Authentication failed!", {}}}, {"none", {401, "No ticket", {}}}}};
  for (const auto& row : line.at("answers").get_array()) {
    const auto known = read_answer(row.get_object());
    const std::string names(row.at("to").get_string());
    for (const auto name : base::split(names, ' ')) asked.answers[std::string(name)] = known;
  }
  return asked;
}

std::vector<Asked> recorded_calls() {
  std::vector<Asked> calls;
  std::ifstream lines(std::string(TEST_SOURCE_DIR) + "/simulator/recorded/denied.jsonl");
  for (std::string line; std::getline(lines, line);) {
    if (const auto parsed = base::parse_json(line)) calls.push_back(read_line(parsed->get_object()));
  }
  return calls;
}

/// Makes guests and the pool as they were on the recorded node.
void furnish(Demo& demo) {
  demo.finish(demo.post("/nodes/pve2/qemu/103/migrate", {{"target", "pve1"}, {"online", "1"}}).upid());
  demo.finish(demo.post("/nodes/pve2/lxc/201/status/stop").upid());
  demo.finish(demo.post("/nodes/pve2/lxc/201/migrate", {{"target", "pve1"}}).upid());
  demo.post("/pools", {{"poolid", "prod"}});
  demo.put("/pools", {{"poolid", "prod"}, {"vms", "100,103"}, {"allow-move", "1"}});
  demo.as_operator();
  demo.post("/nodes/pve1/qemu/110/status/start");
  demo.as_root();
}

std::string new_token(Demo& demo, const std::string& name, const Form& options) {
  const auto made = demo.post("/access/users/root@pam/token/" + name, options);
  return "root@pam!" + name + "=" + std::string(made.data().at("value").get_string());
}

void log_in(Demo& demo, const std::string& who) {
  if (who == "auditor") return demo.as_auditor();
  if (who == "operator") return demo.as_operator();
  if (who == "none") return demo.token("");
  if (who == "expired") return demo.token(new_token(demo, who, {{"privsep", "0"}, {"expire", "1"}}));
  auto limited = new_token(demo, "limited", {{"privsep", "1"}});
  if (who == "limited+acl") {
    demo.put("/access/acl", {{"path", "/vms/100"}, {"roles", "PVEVMAdmin"}, {"tokens", "root@pam!limited"}});
  }
  demo.token(std::move(limited));
}

/// Expects an empty list exactly where PVE answered with one, unless it answered the auditor with one too.
void expect_as_thin(const Got& got, const Known& known, const Known& auditor) {
  if (!known.rows || auditor.rows.value_or(0) == 0) return;
  ASSERT_TRUE(got.data().is_array()) << got.text;
  EXPECT_EQ(got.data().get_array().empty(), *known.rows == 0) << got.text;
}

/// The recorded calls on endpoints that the simulator does not have.
const std::set<std::string>& not_simulated() {
  static const std::set<std::string> kPaths = {"/nodes/pve1/report", "/cluster/config/nodes"};
  return kPaths;
}

TEST(Denied, CallsAreRefusedInPvesWords) {
  const auto calls = recorded_calls();
  ASSERT_EQ(calls.size(), 102U);
  std::set<std::string> missing;
  for (const std::string who : kIdentities) {
    Demo demo;
    furnish(demo);
    log_in(demo, who);
    for (const auto& asked : calls) {
      SCOPED_TRACE(who + ": " + std::string(base::name(asked.method)) + " " + asked.path);
      const auto& known = asked.answers.at(who);
      const auto got = demo.call(asked.method, asked.path, asked.parameters);
      if (got.status == 501) {
        missing.insert(asked.path);
        continue;
      }
      EXPECT_EQ(got.status, known.status) << got.text;
      if (known.status != 200) {
        EXPECT_EQ(got.reason, known.reason);
        EXPECT_EQ(got.text.empty(), known.status == 401) << "a 401 has no body";
      }
      expect_as_thin(got, known, asked.answers.at("auditor"));
    }
  }
  EXPECT_EQ(missing, not_simulated());
}

TEST(Denied, ListsAreFilteredInsteadOfRefused) {
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
  // PVE 9.2 shows a pool in this form to every caller.
  EXPECT_EQ(demo.get("/pools", {{"poolid", "lab"}}).status, 200U);
  EXPECT_EQ(demo.get("/pools/lab").reason, "Permission check failed (/pool/lab, Pool.Audit)");
}

TEST(Denied, EndpointsOfRootRefuseTokens) {
  Demo demo;
  EXPECT_EQ(demo.get("/cluster/backup-info").reason, "Permission check failed (user != root@pam)");
  const auto got = demo.put("/access/password", {{"userid", "auditor@pve"}, {"password", "new-secret"}});
  EXPECT_EQ(got.status, 403U);
  EXPECT_EQ(
      got.reason,
      "Permission check failed (URI '/access/password' not available with API token, need proper ticket.");
}

TEST(Denied, ParametersOfRootRefuseTokens) {
  Demo demo;
  EXPECT_EQ(demo.put("/nodes/pve1/qemu/105/config", {{"args", "-foo"}}).reason,
            "only root can set 'args' config");
  EXPECT_EQ(demo.post("/nodes/pve1/qemu", {{"vmid", "900"}, {"lock", "backup"}}).reason,
            "only root can set 'lock' config");
  EXPECT_EQ(demo.post("/nodes/pve1/qemu/105/status/start", {{"skiplock", "1"}}).error("skiplock"),
            "Only root may use this option.");
}

}  // namespace
}  // namespace simulator
