// The category api: whatever a target is, the door holds the rules that hold for tools.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "catalog/catalog.h"
#include "sessions/world.h"
#include "support/scripted_pve.h"
#include "tool/demand.h"

namespace {

using base::Method;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;
using tool::Tier;

constexpr std::string_view kCallers[] = {"pve_read", "pve_change", "pve_destroy"};

base::JsonObject of_target(std::string_view target, base::JsonObject arguments = {}) {
  base::JsonObject given{{"target", target}};
  if (!arguments.empty()) given["arguments"] = std::move(arguments);
  return given;
}

std::string name_of(const facts::Listed& listed) {
  return std::string(base::name(listed.method)) + " " + std::string(listed.path);
}

/// The catalog before a PVE that answers null to everything, and says which version it is.
struct Server {
  explicit Server(guard::Policy policy = {}, std::string_view version = "9.2.1")
      : toolbox(catalog::categories(), std::move(policy), {client, sessions::facts(), clock, {}}) {
    pve.answer("*", "null");
    pve.answer("GET /version", R"({"version":")" + std::string(version) + R"("})");
    pve.answer("GET /cluster/resources", "[]");
  }
  std::string call(std::string_view tool, const base::JsonObject& arguments, const mcp::Caller& caller = {}) {
    const base::JsonObject none;
    mcp::NullSink unheard;
    const auto outcome =
        toolbox.call({{caller, mcp::Era::Modern, none, none, unheard, unheard, {}}, tool, arguments});
    if (const auto* result = std::get_if<mcp::Result>(&outcome))
      return (result->is_error ? "error: " : "") + std::get<mcp::Text>(result->content.at(0)).text;
    if (const auto* scope = std::get_if<mcp::InsufficientScope>(&outcome)) return "error: " + scope->message;
    return "error: no result";
  }
  /// What was asked of PVE but its version and its lists of guests.
  std::vector<std::string> asked() const {
    std::vector<std::string> lines;
    for (const auto& asked : pve.asked()) {
      if (!asked.starts_with("GET /version") && !asked.starts_with("GET /cluster/resources"))
        lines.push_back(asked);
    }
    return lines;
  }

  test::ScriptedPve pve;
  base::ManualClock clock;
  pve::Client client{
      pve, {"root@pam!t", "secret-of-the-token", ""}, {"https://pve", std::chrono::seconds{1}, {}}};
  engine::Toolbox toolbox;
};

TEST(Door, DescribesEveryTargetWithinTwoKilobytes) {
  sessions::World world;
  std::size_t described = 0;
  std::size_t longest = 0;
  const auto describe = [&](const std::string& target) {
    SCOPED_TRACE(target);
    const auto told = world.call("pve_describe", of_target(target));
    EXPECT_FALSE(told.is_error) << told.text;
    EXPECT_THAT(told.text, StartsWith(target + ": "));
    EXPECT_LE(told.text.size(), 2000U);
    longest = std::max(longest, told.text.size());
    ++described;
  };
  for (const auto& category : catalog::categories()) {
    for (const auto& tool : category.tools) {
      if (tool.door == tool::Door::None) describe(std::string(tool.name));
    }
  }
  for (const auto& listed : sessions::facts().list()) {
    const bool exec = tool::demand(listed.method, listed.path).exec;
    if (listed.lifetime.until || exec || !tool::never_called(listed.method, listed.path).empty()) continue;
    describe(name_of(listed));
  }
  EXPECT_GT(described, 720U);
  std::cout << described << " targets, the longest description has " << longest << " bytes\n";
}

TEST(Door, NeverSendsWhatIsNeverCalled) {
  std::size_t seen = 0;
  for (const auto& listed : sessions::facts().list()) {
    if (tool::never_called(listed.method, listed.path).empty()) continue;
    Server server;
    for (const auto caller : kCallers) {
      EXPECT_THAT(server.call(caller, of_target(name_of(listed))),
                  AllOf(StartsWith("error: "), HasSubstr("is never called by this server")))
          << name_of(listed);
    }
    EXPECT_THAT(server.call("pve_describe", of_target(name_of(listed))), StartsWith("error: "));
    EXPECT_THAT(server.asked(), IsEmpty());
    ++seen;
  }
  EXPECT_GT(seen, 20U);
}

// By a tier below that of the endpoint, nothing is sent and nothing is found.
TEST(Door, ObeysTheTierOfEachEndpoint) {
  for (const auto& listed : sessions::facts().list()) {
    if (listed.lifetime.until || !tool::never_called(listed.method, listed.path).empty()) continue;
    if (listed.method == Method::Get && !tool::demand(listed.method, listed.path).is_sensitive) continue;
    SCOPED_TRACE(name_of(listed));
    Server server({Tier::ReadOnly, {}, {}, {}});
    for (const auto caller : kCallers)
      EXPECT_THAT(server.call(caller, of_target(name_of(listed))), StartsWith("error: "));
    EXPECT_THAT(server.call("pve_describe", of_target(name_of(listed))),
                AllOf(StartsWith("error: "), HasSubstr("PVE_ACCESS_TIER is read-only")));
    EXPECT_THAT(server.asked(), IsEmpty());
  }
}

TEST(Door, AnEndpointHasTheTierOfTheToolThatMakesItsCall) {
  const base::JsonObject guest{{"node", "pve1"}, {"vmid", 100}};
  Server server({Tier::ReadExecute, {}, {}, {}});
  server.pve.answer("GET /cluster/resources", R"([{"type":"qemu","vmid":100,"node":"pve1","name":"web01"}])");
  server.call("pve_change", of_target("POST /nodes/{node}/qemu/{vmid}/status/start", guest));
  EXPECT_THAT(server.asked(), testing::Contains("POST /nodes/pve1/qemu/100/status/start"));
  EXPECT_THAT(server.call("pve_change", of_target("PUT /nodes/{node}/qemu/{vmid}/unlink", guest)),
              HasSubstr("needs the access tier full"));
}

TEST(Door, ObeysPveToolsDenyByTheNameAndByTheEndpoint) {
  Server server({Tier::Full, {}, {}, {"pve_list_nodes"}});
  for (const auto* target : {"pve_list_nodes", "GET /nodes", "get /nodes/", "GET /api2/json/nodes"}) {
    EXPECT_THAT(server.call("pve_read", of_target(target)), HasSubstr("PVE_TOOLS_DENY")) << target;
    EXPECT_THAT(server.call("pve_describe", of_target(target)), HasSubstr("PVE_TOOLS_DENY")) << target;
  }
  EXPECT_THAT(server.call("pve_search", {{"query", "list nodes"}}), Not(HasSubstr("pve_list_nodes")));
  EXPECT_THAT(server.asked(), IsEmpty());
}

TEST(Door, ReachesOtherCategoriesOfTheServerButNoneThatTheTokenExcludes) {
  const guard::Policy api{Tier::Full, std::vector<std::string>{"api"}, {}, {}};
  Server server(api);
  EXPECT_THAT(server.call("pve_read", of_target("GET /cluster/replication")), Not(StartsWith("error: ")));
  server.call("pve_read", of_target("pve_list_firewall_rules"));
  EXPECT_THAT(server.asked(), testing::Contains(StartsWith("GET /cluster/firewall/rules")));
  Server other(api);
  const mcp::Caller caller{"ci", {}, std::vector<std::string>{"api", "nodes"}};
  for (const auto* target :
       {"pve_list_firewall_rules", "GET /cluster/firewall/rules", "GET /cluster/firewall/groups"})
    EXPECT_THAT(other.call("pve_read", of_target(target), caller), HasSubstr("category firewall")) << target;
  EXPECT_THAT(other.call("pve_search", {{"query", "firewall rules"}}, caller), Not(HasSubstr("/firewall/")));
  EXPECT_THAT(other.asked(), IsEmpty());
  EXPECT_THAT(other.call("pve_read", of_target("GET /nodes/{node}/dns", {{"node", "pve1"}}), caller),
              Not(StartsWith("error: ")));
}

TEST(Door, RunsNothingInAGuestUnlessExecIsNamed) {
  const base::JsonObject command{{"node", "pve1"}, {"vmid", 100}, {"command", base::JsonArray{"id"}}};
  constexpr auto kTarget = "POST /nodes/{node}/qemu/{vmid}/agent/exec";
  using Names = std::vector<std::string>;
  for (const auto& categories : {Names{"api"}, Names{"api", "qemu", "insight"}}) {
    Server server({Tier::Full, categories, {}, {}});
    EXPECT_THAT(server.call("pve_destroy", of_target(kTarget, command)), HasSubstr("must name exec"));
    EXPECT_THAT(server.call("pve_search", {{"query", "run a command in a guest"}}),
                Not(HasSubstr("agent/exec ")));
    EXPECT_THAT(server.asked(), IsEmpty());
  }
  Server named({Tier::Full, Names{"api", "exec"}, {}, {}});
  named.pve.answer("GET /cluster/resources", R"([{"type":"qemu","vmid":100,"node":"pve1","name":"web01"}])");
  named.call("pve_destroy", of_target(kTarget, command));
  EXPECT_THAT(named.asked(), testing::Contains(StartsWith("POST /nodes/pve1/qemu/100/agent/exec")));
  Server narrow({Tier::Full, Names{"api", "exec"}, {}, {}});
  const mcp::Caller caller{"ci", {}, Names{"api", "qemu"}};
  EXPECT_THAT(narrow.call("pve_destroy", of_target(kTarget, command), caller), HasSubstr("must name exec"));
  EXPECT_THAT(narrow.asked(), IsEmpty());
}

TEST(Door, LetsEachCallThroughByOneToolOnly) {
  Server server;
  const base::JsonObject node{{"node", "pve1"}};
  EXPECT_THAT(server.call("pve_read", of_target("PUT /nodes/{node}/dns", node)),
              HasSubstr("call it with pve_change"));
  EXPECT_THAT(server.call("pve_change", of_target("GET /nodes/{node}/dns", node)),
              HasSubstr("call it with pve_read"));
  EXPECT_THAT(server.call("pve_destroy", of_target("GET /nodes/{node}/dns", node)),
              HasSubstr("call it with pve_read"));
  EXPECT_THAT(server.call("pve_read", of_target("GET /nodes/{node}/report", node)),
              HasSubstr("call it with pve_change"));
  EXPECT_THAT(server.call("pve_destroy", of_target("pve_create_pool", {{"poolid", "a"}})),
              HasSubstr("destroys nothing for good. Call it with pve_change"));
  EXPECT_THAT(server.call("pve_change", of_target("DELETE /storage/{storage}", {{"storage", "nas"}})),
              HasSubstr("Call it with pve_destroy"));
  EXPECT_THAT(server.asked(), testing::Each(StartsWith("GET ")));
}

TEST(Door, RefusesWhatIsNoTarget) {
  Server server;
  struct Row {
    std::string_view target;
    std::string_view why;
  };
  for (const auto& [target, why] : std::to_array<Row>({
           {"", "must be the name of a tool"},
           {"hello", "neither a tool nor an endpoint"},
           {"PATCH /nodes", "neither a tool nor an endpoint"},
           {"GET", "neither a tool nor an endpoint"},
           {"GET /nodes/../access/users", "\"..\" cannot be a part of a path"},
           {"GET /nodes/%2e%2e/access", "cannot be a part of a path"},
           {"GET /nodes/pve1%2Fstatus", "cannot be a part of a path"},
           {"GET /nodes//status", "cannot be a part of a path"},
           {"GET /nodes/pve1/status?x=1", "cannot be a part of a path"},
           {"GET /nodes/{no de}/status", "cannot be a part of a path"},
           {"pve_list_node", "did you mean pve_list_nodes?"},
           {"pve_read", "calls a target and cannot be one"},
           {"DELETE /nodes", "it has GET there"},
           {"GET /nodes/pve1/newthing", "PVE 9.2 has no endpoint"},
       })) {
    EXPECT_THAT(server.call("pve_read", of_target(target)), AllOf(StartsWith("error: "), HasSubstr(why)))
        << target;
  }
  EXPECT_THAT(server.call("pve_read", of_target("GET /nodes/pve1/status", {{"node", "pve2"}})),
              HasSubstr("with another value"));
  EXPECT_THAT(server.call("pve_change", of_target("PUT /nodes/{node}/dns", {{"dry_run", true}})),
              HasSubstr("dry_run stands beside target"));
  EXPECT_THAT(server.asked(), IsEmpty());
}

TEST(Door, CallsAnEndpointThatTheFactsLackOnlyOnANewerPve) {
  Server newer({}, "9.3.1");
  const base::JsonObject arguments{{"size", 3}};
  EXPECT_THAT(newer.call("pve_read", of_target("GET /nodes/pve1/newthing")),
              HasSubstr("call it with pve_change"));
  newer.call("pve_change", of_target("GET /nodes/pve1/newthing", arguments));
  EXPECT_THAT(newer.asked(), testing::Contains("GET /nodes/pve1/newthing?size=3"));
  EXPECT_THAT(newer.call("pve_describe", of_target("GET /nodes/pve1/newthing")), HasSubstr("unchecked"));
  EXPECT_THAT(newer.call("pve_change", of_target("POST /nodes/pve1/newthing")),
              HasSubstr("Call it with pve_destroy"));
  EXPECT_THAT(newer.call("pve_destroy", of_target("POST /nodes/pve1/newshell")),
              HasSubstr("is never called"));
  EXPECT_THAT(newer.call("pve_destroy", of_target("POST /cluster/config/new")), HasSubstr("is never called"));
  Server lower({Tier::ReadExecute, {}, {}, {}}, "9.3.1");
  EXPECT_THAT(lower.call("pve_change", of_target("GET /nodes/pve1/newthing")),
              HasSubstr("needs the access tier full"));
  EXPECT_THAT(lower.asked(), IsEmpty());
}

// A value in such a place would make the path that of another endpoint after the rules have judged it.
TEST(Door, TakesNoPlaceholdersInAnEndpointThatTheFactsLack) {
  Server newer({}, "9.3.1");
  for (const auto* target :
       {"POST /nodes/pve1/{x}", "POST /nodes/{node}/qemu/{vmid}/{a}/{b}", "PUT /{a}/{b}", "POST /{volume}",
        "DELETE /access/users/{u}/{t}/{i}", "POST /nodes/{x}/new", "POST /nodes/pve1/qemu/100/status/{c}"}) {
    EXPECT_THAT(
        newer.call("pve_destroy", of_target(target, {{"x", "execute"}, {"a", "access"}, {"b", "acl"}})),
        AllOf(StartsWith("error: "), HasSubstr("cannot stand in its path")))
        << target;
  }
  EXPECT_THAT(newer.asked(), IsEmpty());
}

TEST(Door, ObeysPveToolsDenyForTheOtherFormOfACall) {
  Server server({Tier::Full, {}, {}, {"pve_update_qemu_config", "pve_delete_pool", "pve_get_pool"}});
  for (const auto* target : {"POST /nodes/pve1/qemu/100/config", "PUT /nodes/pve1/qemu/100/config",
                             "DELETE /pools/lab", "DELETE /pools", "GET /pools/lab", "GET /pools"}) {
    for (const auto caller : kCallers)
      EXPECT_THAT(server.call(caller, of_target(target)), HasSubstr("PVE_TOOLS_DENY")) << target;
  }
  EXPECT_THAT(server.asked(), IsEmpty());
}

TEST(Door, ATokenWithTheCategoryApiAloneReachesNothing) {
  Server server;
  const mcp::Caller caller{"ci", {}, std::vector<std::string>{"api"}};
  for (const auto& listed : sessions::facts().list()) {
    if (listed.lifetime.until || !tool::never_called(listed.method, listed.path).empty()) continue;
    for (const auto tool : kCallers)
      EXPECT_THAT(server.call(tool, of_target(name_of(listed)), caller), StartsWith("error: "))
          << name_of(listed);
    EXPECT_THAT(server.call("pve_describe", of_target(name_of(listed)), caller), StartsWith("error: "));
  }
  EXPECT_THAT(server.asked(), IsEmpty());
  Server newer({}, "9.3.1");
  EXPECT_THAT(newer.call("pve_change", of_target("GET /nodes/pve1/newthing"), caller), StartsWith("error: "));
  EXPECT_THAT(newer.asked(), IsEmpty());
}

TEST(Door, OfManyGuestsNeedsTheCategoriesOfBothKinds) {
  Server server;
  using Names = std::vector<std::string>;
  const auto stop_all = of_target("POST /nodes/{node}/stopall", {{"node", "pve1"}});
  for (const auto& categories : {Names{"api", "qemu"}, Names{"api", "lxc"}, Names{"api", "nodes"}})
    EXPECT_THAT(server.call("pve_change", stop_all, {"ci", {}, categories}),
                HasSubstr("belongs to the category"));
  EXPECT_THAT(server.asked(), IsEmpty());
}

TEST(Door, EachToolIsOffByItself) {
  Server server({Tier::Full, {}, {}, {"pve_read", "pve_destroy"}});
  EXPECT_THAT(server.call("pve_change",
                          of_target("PUT /nodes/{node}/dns", {{"node", "pve1"}, {"search", "example.com"}})),
              Not(HasSubstr("PVE_TOOLS_DENY")));
  EXPECT_THAT(server.call("pve_change", of_target("DELETE /nodes/pve1/qemu/100")),
              HasSubstr("PVE_TOOLS_DENY"));
  EXPECT_THAT(server.call("pve_search", {{"query", "delete a VM"}}), Not(HasSubstr("pve_delete_qemu_vm")));
}

TEST(Door, ReadsThatReachOutOrLookIntoAGuestCountAsChanges) {
  for (const auto* target : {"GET /nodes/pve1/query-url-metadata", "GET /cluster/acme/tos",
                             "GET /cluster/acme/meta", "GET /nodes/pve1/qemu/100/agent/file-read"}) {
    Server server;
    EXPECT_THAT(server.call("pve_read", of_target(target)), HasSubstr("call it with pve_change")) << target;
    EXPECT_THAT(server.call("pve_destroy", of_target(target)), HasSubstr("call it with pve_change"))
        << target;
    EXPECT_THAT(server.asked(), IsEmpty());
  }
}

TEST(Door, SearchesForAFewWordsOnly) {
  Server server;
  EXPECT_THAT(server.call("pve_search", {{"query", std::string(301, 'a')}}),
              HasSubstr("more than 300 bytes"));
  EXPECT_THAT(server.call("pve_search", {{"query", std::string(300, 'a')}}),
              StartsWith("Nothing that you may call"));
}

TEST(Door, MasksWhatIsSecretInTheAnswerOfThisEndpoint) {
  Server server;
  server.pve.answer("GET /nodes/pve1/subscription", R"({"status":"active","key":"pve2c-0123456789"})");
  EXPECT_THAT(server.call("pve_read", of_target("GET /nodes/pve1/subscription")),
              AllOf(HasSubstr("active"), Not(HasSubstr("0123456789"))));
}

TEST(Door, KeepsNothingOfEndpointsThatTheFactsLack) {
  Server newer({}, "9.3.1");
  for (int i = 0; i < 3000; ++i)
    newer.call("pve_describe", of_target("GET /nodes/pve1/new" + std::to_string(i)));
  EXPECT_THAT(newer.call("pve_describe", of_target("GET /nodes/pve1/newthing")), HasSubstr("unchecked"));
  EXPECT_FALSE(newer.toolbox.may_be_task({}, "POST /nodes/pve1/newthing"));
}

TEST(Door, FindsInLessThanAKilobyte) {
  sessions::World world;
  for (const auto* question :
       {"disk", "backup", "replace failed disk", "firewall", "who can log in", "list"}) {
    const auto told = world.call("pve_search", {{"query", question}});
    EXPECT_FALSE(told.is_error);
    EXPECT_LE(told.text.size(), 1000U) << told.text;
    EXPECT_GE(std::ranges::count(told.text, '\n'), 8) << told.text;
  }
  EXPECT_THAT(world.call("pve_search", {{"query", "xyzzy"}}).text,
              StartsWith("Nothing that you may call fits"));
}

TEST(Door, SaysWhichPrivilegeTheTokenLacks) {
  sessions::World world;
  const auto target = of_target("PUT /nodes/{node}/dns");
  EXPECT_THAT(world.call("pve_describe", target).text, HasSubstr("The API token has it."));
  world.as("auditor@pve");
  EXPECT_THAT(world.call("pve_describe", target).text,
              HasSubstr("The API token lacks Sys.Modify on /nodes/{node}."));
}

}  // namespace
