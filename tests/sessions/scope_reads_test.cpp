// Under PVE_SCOPE nothing that a client reads names a guest outside the scope: no tool, report, resource,
// prompt, completion or subscription.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/json_read.h"
#include "base/text.h"
#include "catalog/catalog.h"
#include "catalog/prompts.h"
#include "catalog/resources.h"
#include "resource/poll.h"
#include "sessions/examples.h"
#include "sessions/scope_world.h"

namespace {

using sessions::Example;
using sessions::kByNumber;
using sessions::kByTag;
using sessions::kDark;
using sessions::mark_in;
using sessions::ScopeWorld;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

std::string all_of(const sessions::Told& told) {
  return told.text + (told.structured ? "\n" + base::write_json(*told.structured) : "");
}

/// Requests that name a guest outside. The scope reads configurations to judge guests by their tags.
std::vector<std::string> strays(const std::vector<std::string>& asked, bool by_tag) {
  std::vector<std::string> found;
  for (const auto& line : asked) {
    if (by_tag && line.starts_with("GET ") && line.ends_with("/config")) continue;
    if (!mark_in(line).empty()) found.push_back(line);
  }
  return found;
}

/// What may come before the call that shows the tool at work.
void prepare(ScopeWorld& world, const Example& example) {
  for (const auto& step : example.before()) {
    if (step.kind == sessions::Step::Kind::Advance) world.clock.advance(std::chrono::seconds{5});
    if (step.kind != sessions::Step::Kind::Call) continue;
    world.call(step.text, base::parse_json(step.arguments).value().as_object());
    world.clock.advance(std::chrono::seconds{120});
  }
}

TEST(ScopedChange, HaMovesNoGuestOutsideAlong) {
  for (const auto scope : {kByNumber, kByTag}) {
    ScopeWorld world(scope);
    world.http.clear_asked();
    const auto told =
        world.call("pve_migrate_qemu_vm", {{"vmid", 100}, {"target", "pve2"}, {"online", true}});
    EXPECT_TRUE(told.is_error);
    EXPECT_THAT(told.text, HasSubstr("an HA rule keeps guests together that are not all in PVE_SCOPE"));
    EXPECT_EQ(world.http.count("POST *"), 0U);
    EXPECT_EQ(mark_in(told.text), "");
  }
}

class ScopedTool : public testing::TestWithParam<Example> {};

TEST_P(ScopedTool, NamesNoGuestOutsideTheScope) {
  const auto example = GetParam();
  for (const auto scope : {kByNumber, kByTag}) {
    for (const auto output : {engine::Output::Text, engine::Output::Json, engine::Output::Structured}) {
      SCOPED_TRACE(std::string(scope) + " " + std::to_string(static_cast<int>(output)));
      ScopeWorld world(scope, output);
      prepare(world, example);
      world.http.clear_asked();
      auto wide = example.arguments();
      for (const auto* narrowing : {"vmid", "filter", "fields", "guest", "content", "node", "limit"}) {
        auto fewer = wide;
        fewer.erase(narrowing);
        EXPECT_THAT(mark_in(all_of(world.call(example.tool->name, fewer))), IsEmpty()) << narrowing;
      }
      EXPECT_THAT(mark_in(all_of(world.call(example.tool->name, wide))), IsEmpty());
      EXPECT_THAT(strays(world.http.asked(), scope == kByTag), IsEmpty());
    }
  }
}

/// Every argument that could name a guest names one outside.
TEST_P(ScopedTool, ReachesNoGuestOutsideTheScope) {
  const auto example = GetParam();
  const std::vector<std::pair<std::string, std::vector<std::string>>> values = {
      {"vmid", {"7770101", "7770201", "dark101", "7770101 (dark101)"}},
      {"guest", {"7770101", "dark101", "dark201"}},
      {"sid", {"vm:7770101", "7770101"}},
      {"id", {"of-a-stranger"}},
      {"volume", {"ceph-vm:vm-7770101-disk-0", "nas:7770131/vm-7770131-disk-0.raw"}},
      {"name", {"dark101"}},
      {"query", {"dark101", "7770101", "dark"}},
      {"upid", {"UPID:pve2:00000001:00000002:6B02B844:qmstart:7770101:operator@pve:"}},
  };
  for (const auto scope : {kByNumber, kByTag}) {
    ScopeWorld world(scope, engine::Output::Structured);
    prepare(world, example);
    for (const auto& [name, given] : values) {
      if (!example.arguments().contains(name)) continue;
      for (const auto& value : given) {
        SCOPED_TRACE(name + "=" + value);
        auto arguments = example.arguments();
        arguments[name] = value;
        world.http.clear_asked();
        auto text = all_of(world.call(example.tool->name, arguments));
        // An error repeats what the caller gave.
        for (const auto& own : {value, value.substr(0, value.find(' '))}) {
          for (auto at = text.find(own); at != std::string::npos; at = text.find(own))
            text.erase(at, own.size());
        }
        EXPECT_THAT(mark_in(text, name == "vmid" || name == "guest" ? value.substr(0, 7)
                                  : name == "sid"                   ? value.substr(3, 7)
                                                                    : ""),
                    IsEmpty());
        EXPECT_THAT(strays(world.http.asked(), scope == kByTag), IsEmpty());
      }
    }
  }
}

std::vector<Example> readers() {
  std::vector<Example> all;
  for (const auto& example : sessions::examples()) {
    if (example.tool->effect == tool::Effect::None) all.push_back(example);
  }
  return all;
}

INSTANTIATE_TEST_SUITE_P(Tools, ScopedTool, testing::ValuesIn(readers()),
                         [](const auto& each) { return std::string(each.param.tool->name); });

TEST(ScopedReads, TheMarksAreSeenWithoutAScope) {
  ScopeWorld world("vmid:1-99999999");
  EXPECT_THAT(mark_in(all_of(world.call("pve_list_cluster_resources", {}))), Not(IsEmpty()));
  EXPECT_THAT(mark_in(all_of(world.call("pve_list_backup_jobs", {}))), Not(IsEmpty()));
  EXPECT_THAT(mark_in(world.read("pve://cluster/resources")), Not(IsEmpty()));
}

TEST(ScopedReads, AGuestOutsideIsAsOneThatDoesNotExist) {
  ScopeWorld world(kByTag);
  const auto outside = world.call("pve_get_qemu_status", {{"vmid", kDark + 101}});
  EXPECT_TRUE(outside.is_error);
  EXPECT_THAT(outside.text, HasSubstr("in PVE_SCOPE"));
  auto missing = world.call("pve_get_qemu_status", {{"vmid", kDark + 999}}).text;
  const auto at = missing.find(std::to_string(kDark + 999));
  ASSERT_NE(at, std::string::npos);
  missing.replace(at, 7, std::to_string(kDark + 101));
  EXPECT_EQ(outside.text, missing);
}

TEST(ScopedReads, FreeTextNeedsItsKindInTheScope) {
  for (const auto& [tool, kind] : std::vector<std::pair<std::string, std::string>>{
           {"pve_get_node_syslog", "node"}, {"pve_get_cluster_log", "cluster"}}) {
    ScopeWorld world(kByNumber);
    base::JsonObject arguments;
    if (kind == "node") arguments["node"] = "pve1";
    const auto refused = world.call(tool, arguments);
    EXPECT_TRUE(refused.is_error) << tool;
    EXPECT_THAT(refused.text, HasSubstr("allow:" + kind)) << tool;
    EXPECT_THAT(world.http.asked(), Not(Contains(HasSubstr("log"))));
    ScopeWorld wider(std::string(kByNumber) + ",allow:" + kind);
    EXPECT_FALSE(wider.call(tool, arguments).is_error) << tool;
  }
}

TEST(ScopedReads, NoResourceNamesAGuestOutside) {
  for (const auto scope : {kByNumber, kByTag}) {
    ScopeWorld world(scope);
    for (const auto& row : catalog::resources()) {
      const std::string uri(row.uri);
      std::vector<std::string> uris{uri};
      for (const auto& [variable, values] : std::vector<std::pair<std::string, std::vector<std::string>>>{
               {"{vmid}", {"100", "7770101", "dark101", "web01"}},
               {"{node}", {"pve1", "pve2"}},
               {"{storage}", {"nas", "pbs", "ceph-vm"}},
               {"{snapname}", {"fresh"}},
               {"{upid}", {"UPID:pve2:00000001:00000002:6B02B844:qmstart:7770101:operator@pve:"}}}) {
        std::vector<std::string> filled;
        for (const auto& each : uris) {
          const auto at = each.find(variable);
          if (at == std::string::npos) {
            filled.push_back(each);
            continue;
          }
          for (const auto& value : values)
            filled.push_back(std::string(each).replace(at, variable.size(), value));
        }
        uris = std::move(filled);
      }
      for (const auto& each : uris) {
        SCOPED_TRACE(each);
        world.http.clear_asked();
        auto text = world.read(each);
        const bool outside =
            each.find("7770101") != std::string::npos || each.find("dark101") != std::string::npos;
        if (outside) {
          EXPECT_THAT(text, testing::StartsWith("none: "));
          continue;
        }
        EXPECT_THAT(mark_in(text), IsEmpty());
        EXPECT_THAT(strays(world.http.asked(), scope == kByTag), IsEmpty());
      }
    }
  }
}

TEST(ScopedReads, NoPromptNamesAGuestOutside) {
  for (const auto scope : {kByNumber, kByTag}) {
    ScopeWorld world(scope);
    for (const auto& described : world.prompts.list({})) {
      for (const auto* guest : {"100", "7770101", "dark101"}) {
        base::JsonObject arguments;
        for (const auto& argument : described.arguments) {
          if (argument.name == "guest" || argument.name == "vmid") arguments[argument.name] = guest;
          if (argument.name == "node" && argument.required) arguments[argument.name] = "pve1";
          if (argument.name == "upid" && argument.required)
            arguments[argument.name] = "UPID:pve2:00000001:00000002:6B02B844:qmstart:7770101:operator@pve:";
        }
        SCOPED_TRACE(described.name + " " + guest);
        world.http.clear_asked();
        EXPECT_THAT(mark_in(world.prompt(described.name, arguments), guest), IsEmpty());
        EXPECT_THAT(strays(world.http.asked(), scope == kByTag), IsEmpty());
      }
    }
  }
}

TEST(ScopedReads, NoCompletionOffersAGuestOutside) {
  using tool::Completes;
  for (const auto scope : {kByNumber, kByTag}) {
    ScopeWorld world(scope);
    for (const auto kind : {Completes::Node, Completes::Guest, Completes::Storage, Completes::BackupStorage,
                            Completes::Snapshot, Completes::Pool, Completes::User, Completes::Upid}) {
      for (const auto* typed : {"", "dark", "777", "7770101", "dark101", "UPID:"}) {
        const base::JsonObject context{{"vmid", "7770101"}, {"guest", "dark101"}};
        const auto made = world.completions.complete(kind, typed, context, {}, {});
        EXPECT_THAT(
            mark_in(base::join(std::vector<std::string_view>(made.values.begin(), made.values.end()), " ")),
            IsEmpty())
            << typed;
      }
    }
    EXPECT_THAT(strays(world.http.asked(), scope == kByTag), IsEmpty());
  }
}

/// As PVE's API, by the administrator.
void put(ScopeWorld& world, std::string_view path, pve::Parameters parameters) {
  ASSERT_TRUE(world.whole.call({base::Method::Put, std::string(path), std::move(parameters)}, {}));
}

TEST(ScopedReads, NobodyHearsOfAGuestOutside) {
  ScopeWorld world(kByTag);
  resource::Poll poll(catalog::resources(), world.toolbox);
  mcp::Watched watched;
  watched.resources = {"pve://cluster/resources", "pve://guests/7770101/status",
                       "pve://guests/7770101/config", "pve://guests/dark101/status",
                       "pve://guests/100/config"};
  const auto after_five = [&] {
    world.clock.advance(std::chrono::seconds{5});
    return poll.once(watched, {}).resources;
  };
  EXPECT_THAT(after_five(), IsEmpty()) << "the first look";
  put(world, "/nodes/pve2/qemu/7770101/config", {{"description", "changed"}, {"name", "darker"}});
  ASSERT_TRUE(world.whole.call({base::Method::Post, "/nodes/pve2/qemu/7770101/status/stop", {}}, {}));
  world.clock.advance(std::chrono::seconds{60});
  EXPECT_THAT(after_five(), IsEmpty());
  put(world, "/nodes/pve1/qemu/100/config", {{"description", "changed"}});
  EXPECT_THAT(after_five(), testing::ElementsAre("pve://guests/100/config"));
}

TEST(ScopedReads, AreJudgedByTheGuestsAtTheCall) {
  ScopeWorld world(kByTag);
  ASSERT_THAT(all_of(world.call("pve_list_cluster_resources", {})), HasSubstr("web01"));
  put(world, "/nodes/pve1/qemu/100/config", {{"tags", "prod"}});
  EXPECT_THAT(all_of(world.call("pve_list_cluster_resources", {})), Not(HasSubstr("web01")));
  EXPECT_TRUE(world.call("pve_get_qemu_status", {{"vmid", 100}}).is_error);
  EXPECT_THAT(world.read("pve://guests/100/status"), testing::StartsWith("none: "));
}

TEST(ScopedReads, AGuestThatLosesItsTagVanishes) {
  ScopeWorld world(kByTag);
  ASSERT_FALSE(world.call("pve_get_qemu_status", {{"vmid", 100}}).is_error);
  resource::Poll poll(catalog::resources(), world.toolbox);
  mcp::Watched watched;
  watched.resources = {"pve://guests/100/status"};
  EXPECT_THAT(poll.once(watched, {}).resources, IsEmpty());
  put(world, "/nodes/pve1/qemu/100/config", {{"tags", "prod"}});
  world.clock.advance(std::chrono::seconds{5});
  EXPECT_THAT(poll.once(watched, {}).resources, testing::ElementsAre("pve://guests/100/status"));
  EXPECT_THAT(world.read("pve://guests/100/status"), testing::StartsWith("none: "));
  EXPECT_TRUE(world.call("pve_get_qemu_status", {{"vmid", 100}}).is_error);
  EXPECT_THAT(all_of(world.call("pve_list_cluster_resources", {})), Not(HasSubstr("web01")));
}

}  // namespace
