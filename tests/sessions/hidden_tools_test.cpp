// A tool that is not offered does not run either: called by its name, by a task of it, by a resource, a
// prompt or a completion that needs it, it sends nothing to PVE.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "catalog/catalog.h"
#include "catalog/prompts.h"
#include "catalog/resources.h"
#include "engine/completions.h"
#include "engine/pve_tasks.h"
#include "prompt/prompts.h"
#include "resource/completer.h"
#include "resource/resources.h"
#include "sessions/examples.h"
#include "sessions/world.h"
#include "support/scripted_pve.h"
#include "tool/prompt_rules.h"

namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using tool::Tier;

/// The catalog before a PVE that answers nothing: what is asked shows.
struct Server {
  explicit Server(const guard::Policy& policy)
      : toolbox(catalog::categories(), policy, {client, sessions::facts(), clock, {}}) {
    // An answer to everything, so that a request is seen and not a failure of the script.
    pve.answer("*", "null");
  }
  mcp::Request request(const mcp::Caller& caller = {}) {
    caller_ = caller;
    return {caller_, mcp::Era::Modern, none, none, unheard, unheard, {}};
  }

  test::ScriptedPve pve;
  base::ManualClock clock;
  pve::Client client{
      pve, {"root@pam!t", "secret-of-the-token", ""}, {"https://pve", std::chrono::seconds{1}, {}}};
  engine::Toolbox toolbox;
  mcp::Caller caller_;
  const base::JsonObject none;
  mcp::NullSink unheard;
};

std::string text_of(const mcp::Outcome& outcome) {
  if (const auto* result = std::get_if<mcp::Result>(&outcome))
    return (result->is_error ? "error: " : "") + std::get<mcp::Text>(result->content.at(0)).text;
  if (const auto* error = std::get_if<mcp::ProtocolError>(&outcome)) return "error: " + error->message;
  if (const auto* scope = std::get_if<mcp::InsufficientScope>(&outcome)) return "error: " + scope->message;
  return "no result";
}

struct Hiding {
  std::string_view what;
  guard::Policy policy;
  mcp::Caller caller{};
  std::string_view setting{};
};

std::vector<std::string> other_categories(const std::string& category) {
  std::vector<std::string> names;
  for (const auto& each : catalog::categories()) {
    // The category api reaches the tools of all others.
    if (each.name != category && each.name != "api") names.emplace_back(each.name);
  }
  return names;
}

/// Every way to hide this tool.
std::vector<Hiding> ways_to_hide(const sessions::Example& example) {
  const std::string name(example.tool->name);
  const auto others = other_categories(example.category);
  std::vector<Hiding> all{
      {"denied", {Tier::Full, {}, {}, {name}}, {}, "PVE_TOOLS_DENY"},
      {"denied by a pattern", {Tier::Full, {}, {}, {"*" + name.substr(4)}}, {}, "PVE_TOOLS_DENY"},
      {"all denied", {Tier::Full, {}, {}, {"*"}}, {}, "PVE_TOOLS_DENY"},
      {"denied and allowed", {Tier::Full, {}, {{name}}, {name}}, {}, "PVE_TOOLS_DENY"},
      {"not allowed", {Tier::Full, {}, {{name + "_"}}, {}}, {}, "PVE_TOOLS_ALLOW"},
      {"another category", {Tier::Full, others, {{name}}, {}}, {}, "PVE_CATEGORIES"},
      {"another category of the caller", {}, {"ci", {}, others, {}}, "PVE_HTTP_TOKENS"},
  };
  if (example.tool->tier > Tier::ReadOnly) {
    const auto below = static_cast<Tier>(static_cast<int>(example.tool->tier) - 1);
    const std::string tier(tool::name(below));
    all.push_back({"a lower tier", {below, {}, {{name}}, {}}, {}, "PVE_ACCESS_TIER"});
    all.push_back({"a lower tier of the caller", {}, {"ci", tier, {}, {}}, "PVE_HTTP_TOKENS"});
    all.push_back({"a lower scope", {}, {"ann", tier, {}, {"pve:read"}}, "scope"});
  }
  return all;
}

class HiddenTool : public testing::TestWithParam<sessions::Example> {};

TEST_P(HiddenTool, SendsNothingWhenItIsCalled) {
  const auto& tool = *GetParam().tool;
  for (const auto& way : ways_to_hide(GetParam())) {
    SCOPED_TRACE(way.what);
    Server server(way.policy);
    for (const auto& listed : server.toolbox.list(way.caller)) EXPECT_NE(listed.name, tool.name);
    EXPECT_FALSE(server.toolbox.may_be_task(way.caller, tool.name));
    const auto arguments = GetParam().arguments();
    for (const bool may_be_task : {false, true}) {
      const auto text =
          text_of(server.toolbox.call({server.request(way.caller), tool.name, arguments, may_be_task}));
      EXPECT_THAT(text, testing::StartsWith("error: "));
      EXPECT_THAT(text, HasSubstr(way.setting));
    }
    EXPECT_THAT(server.pve.asked(), IsEmpty());
  }
}

class HiddenTask : public HiddenTool {};

std::vector<sessions::Example> examples_that_start_tasks() {
  auto all = sessions::examples();
  std::erase_if(all, [](const auto& example) { return !example.tool->starts_task; });
  return all;
}

TEST_P(HiddenTask, IsNeitherShownNorStopped) {
  const auto& tool = *GetParam().tool;
  const auto handle =
      engine::handle_of({*pve::parse_upid("UPID:pve1:0000C350:00A1B2C3:6A18A500:any:100:root@pam!t:"),
                         std::string(tool.name),
                         {{"node", "pve1"}, {"vmid", 100}}});
  for (const auto& way : ways_to_hide(GetParam())) {
    SCOPED_TRACE(way.what);
    Server server(way.policy);
    engine::PveTasks tasks(server.toolbox);
    const auto no = tasks.cancel(way.caller, mcp::Era::Modern, handle, {});
    ASSERT_FALSE(no);
    EXPECT_THAT(no.error().message, testing::Not(HasSubstr(std::string(tool.name))));
    EXPECT_THAT(no.error().message, HasSubstr(way.setting));
    // To look on takes no tier.
    if (way.setting != "PVE_ACCESS_TIER" && way.what.find("lower") == std::string_view::npos) {
      EXPECT_FALSE(tasks.get(way.caller, mcp::Era::Modern, handle, {}));
    }
    EXPECT_THAT(server.pve.asked(), testing::Each(testing::StartsWith("GET /nodes/pve1/tasks")));
    if (way.policy.deny.empty()) continue;
    EXPECT_THAT(server.pve.asked(), IsEmpty());
  }
}

INSTANTIATE_TEST_SUITE_P(Catalog, HiddenTool, testing::ValuesIn(sessions::examples()),
                         [](const auto& test) { return std::string(test.param.tool->name); });

INSTANTIATE_TEST_SUITE_P(Catalog, HiddenTask, testing::ValuesIn(examples_that_start_tasks()),
                         [](const auto& test) { return std::string(test.param.tool->name); });

/// Without any tool.
class NoTools : public testing::TestWithParam<std::pair<std::string_view, guard::Policy>> {
 protected:
  Server server_{GetParam().second};
};

TEST_P(NoTools, NoResourceIsReadOrWatched) {
  resource::Resources resources(catalog::resources(), server_.toolbox);
  // The API itself is described in this binary.
  for (const auto& list : {resources.list({}), resources.templates({})}) {
    for (const auto& resource : list) EXPECT_TRUE(resource.uri.starts_with("pve://api")) << resource.uri;
  }
  for (const auto* uri : {"pve://cluster/status", "pve://cluster/resources", "pve://nodes/pve1/status",
                          "pve://guests/100/config", "pve://guests/100/status",
                          "pve://guests/100/snapshots/s1", "pve://storage/local/content",
                          "pve://tasks/UPID:pve1:0000C350:00A1B2C3:6A18A500:qmstart:100:root@pam!mcp:/log"}) {
    SCOPED_TRACE(uri);
    const auto outcome = resources.read(server_.request(), uri);
    ASSERT_TRUE(std::holds_alternative<mcp::NoSuchResource>(outcome));
    EXPECT_THAT(std::get<mcp::NoSuchResource>(outcome).message, HasSubstr(std::string(GetParam().first)));
    EXPECT_FALSE(resources.watchable({}, uri));
  }
  EXPECT_THAT(server_.pve.asked(), IsEmpty());
}

TEST_P(NoTools, NoPromptIsListedOrFilled) {
  auto& box = server_.toolbox;
  prompt::Prompts prompts(
      catalog::prompts(), box, box.cluster(), nullptr, [&](std::string_view tool) { return box.title(tool); },
      [&](const mcp::Caller& caller, std::string_view tool, std::string_view subject) {
        return box.refusal(caller, tool, subject);
      });
  EXPECT_THAT(prompts.list({}), IsEmpty());
  constexpr std::pair<std::string_view, std::string_view> kArguments[] = {
      {"node", "pve1"}, {"guest", "100"}, {"pool", ""}, {"user", ""}, {"storage", ""}};
  for (const auto& row : catalog::prompts()) {
    SCOPED_TRACE(row.name);
    base::JsonObject given;
    for (const auto& [name, value] : kArguments) {
      const auto* argument = tool::argument_of(row, name);
      if (argument != nullptr && argument->required()) given[name] = value;
    }
    const auto outcome = prompts.get(server_.request(), row.name, given);
    ASSERT_TRUE(std::holds_alternative<mcp::ProtocolError>(outcome));
    EXPECT_THAT(std::get<mcp::ProtocolError>(outcome).message, HasSubstr(std::string(GetParam().first)));
  }
  EXPECT_THAT(server_.pve.asked(), IsEmpty());
}

TEST_P(NoTools, NothingIsCompleted) {
  engine::Completions completions(server_.toolbox);
  for (const auto kind : {engine::Completes::Node, engine::Completes::Guest, engine::Completes::Storage,
                          engine::Completes::Snapshot, engine::Completes::Upid, engine::Completes::Pool,
                          engine::Completes::User}) {
    const auto values = completions.complete(kind, "", base::JsonObject{{"vmid", "100"}}, {}, {}).values;
    EXPECT_THAT(values, IsEmpty());
  }
  EXPECT_THAT(server_.pve.asked(), IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Lists, NoTools,
                         testing::Values(std::pair{std::string_view("PVE_TOOLS_DENY"),
                                                   guard::Policy{Tier::Full, {}, {}, {"*"}}},
                                         std::pair{std::string_view("PVE_TOOLS_ALLOW"),
                                                   guard::Policy{Tier::Full, {}, {{"pve_none"}}, {}}}),
                         [](const auto& test) { return std::string(test.param.first.substr(10)); });

}  // namespace
