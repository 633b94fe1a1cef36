// Every reading tool, resource and prompt over a cluster whose texts are attempts to inject instructions:
// none stands outside its mark or its member of JSON, no character hides or moves anything, and the calls are
// those of the same cluster with harmless texts.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <functional>

#include "base/json_read.h"
#include "base/text.h"
#include "catalog/catalog.h"
#include "catalog/prompts.h"
#include "catalog/resources.h"
#include "engine/completions.h"
#include "prompt/prompts.h"
#include "resource/resources.h"
#include "sessions/examples.h"
#include "sessions/injections.h"
#include "sessions/world.h"
#include "view/free_text.h"

namespace {

using engine::Output;
using sessions::Example;
using sessions::Injection;
using testing::HasSubstr;

/// Members of PVE's answers that hold what somebody wrote.
constexpr std::array<std::string_view, 16> kWritten = {
    "comment",  "comments", "description", "err-data", "hostname",    "motd",           "msg",   "notes",
    "out-data", "result",   "t",           "tags",     "pretty-name", "kernel-release", "title", "name"};

/// What a name or a tag becomes: PVE allows no such name, but the server must not rely on it.
bool is_name(std::string_view key) { return key == "name" || key == "hostname" || key == "tags"; }

/// As much as a name can have: no name in PVE has more than 63 bytes.
std::string beginning(std::string_view text) {
  auto end = std::min<std::size_t>(text.size(), 50);
  while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  return std::string(text.substr(0, end));
}

/// The same shape without any meaning: as many lines and bytes.
std::string harmless(std::string_view text) {
  std::string shape(text);
  for (auto& c : shape) c = c == '\n' || c == ' ' ? c : 'x';
  return shape;
}

class Writer {
 public:
  explicit Writer(bool hostile, std::size_t first) : hostile_(hostile), first_(first) {}

  void operator()(std::string& body) const {
    auto parsed = base::parse_json(body);
    if (!parsed) return;
    walk(*parsed);
    body = base::write_json(*parsed);
  }

 private:
  void walk(base::Json& value) const {
    if (auto* array = value.if_array()) {
      for (auto& item : *array) walk(item);
    } else if (auto* object = value.if_object()) {
      for (auto& member : *object) {
        const std::string_view key = member.key();
        if (member.value().is_string() && std::ranges::find(kWritten, key) != kWritten.end() &&
            !is_key(key, *object)) {
          member.value() = written(key, std::string(std::string_view(member.value().get_string())));
        } else {
          walk(member.value());
        }
      }
    }
  }

  /// The name of a node, a user or a service is what calls address it by.
  static bool is_key(std::string_view key, const base::JsonObject& object) {
    return key == "name" && !object.contains("vmid") && !object.contains("cores");
  }

  /// The same for the same text, so that a guest has one name everywhere.
  std::string written(std::string_view key, const std::string& text) const {
    const auto& all = sessions::injections();
    const auto& chosen = all[(first_ + std::hash<std::string>{}(text)) % all.size()].text;
    const auto attempt = is_name(key) ? beginning(chosen) : chosen;
    const auto added = hostile_ ? attempt : harmless(attempt);
    return is_name(key) || key == "t" || key == "msg" ? text + " " + added : added;
  }

  bool hostile_;
  std::size_t first_;
};

/// The requests, sorted: some are sent at the same time.
std::vector<std::string> sent(sessions::World& world) {
  std::vector<std::string> lines;
  for (const auto& asked : world.asked().requests()) lines.push_back(asked.line + " " + asked.request.body);
  std::ranges::sort(lines);
  return lines;
}

/// No line begins with an attempt, and only a line with the mark holds more of one than a short text may
/// have.
void expect_marked(std::string_view text) {
  EXPECT_FALSE(base::disarmed(text)) << "an unsafe character";
  EXPECT_EQ(text.find_first_of("\r\t"), std::string_view::npos);
  for (const auto line : base::split(text, '\n')) {
    const auto shown = line.substr(std::min(line.find_first_not_of(' '), line.size()));
    if (shown.starts_with("| ")) continue;
    EXPECT_FALSE(shown.starts_with("INJECTED") || shown.starts_with("# INJECTED") ||
                 shown.starts_with("<!-- INJECTED") || shown.starts_with("```"))
        << line;
    const auto tail = line.find("TAIL");
    EXPECT_TRUE(tail == std::string_view::npos || tail - line.rfind("INJECTED", tail) <= view::kLongestInLine)
        << line;
  }
}

void expect_safe(const base::Json& value) {
  if (const auto* text = value.if_string()) {
    EXPECT_FALSE(base::disarmed(std::string_view(*text))) << *text;
  } else if (const auto* array = value.if_array()) {
    for (const auto& item : *array) expect_safe(item);
  } else if (const auto* object = value.if_object()) {
    for (const auto& member : *object) {
      EXPECT_FALSE(base::disarmed(member.key())) << member.key();
      expect_safe(member.value());
    }
  }
}

struct Asked {
  sessions::Told told;
  std::vector<std::string> sent;
};

class InjectedTool : public testing::TestWithParam<Example> {
 protected:
  static Asked ask(bool hostile, std::size_t first, Output output) {
    sessions::World world;
    for (auto step : GetParam().before()) sessions::perform(world, step);
    world.style({.output = output});
    world.rewrite(Writer(hostile, first));
    world.asked().clear_asked();
    Asked asked{world.call(GetParam().tool->name, GetParam().arguments()), {}};
    asked.sent = sent(world);
    return asked;
  }
};

TEST_P(InjectedTool, KeepsInjectedTextInItsPlace) {
  // Other texts get each attempt in turn.
  for (std::size_t first = 0; first < sessions::injections().size(); first += 13) {
    SCOPED_TRACE(first);
    const auto text = ask(true, first, Output::Text);
    expect_marked(text.told.text);
    EXPECT_EQ(text.sent, ask(false, first, Output::Text).sent);
  }
  const auto both = ask(true, 0, Output::Structured);
  expect_marked(both.told.text);
  expect_safe(both.told.structured.value_or(nullptr));
  const auto json = ask(true, 0, Output::Json);
  EXPECT_FALSE(base::disarmed(json.told.text));
  if (GetParam().tool->effect != tool::Effect::None) return;
  const auto parsed = base::parse_json(json.told.text);
  if (!json.told.is_error) {
    ASSERT_TRUE(parsed) << json.told.text.substr(0, 400);
    expect_safe(*parsed);
  }
}

INSTANTIATE_TEST_SUITE_P(Injections, InjectedTool, testing::ValuesIn(sessions::asking_examples()),
                         [](const auto& test) { return std::string(test.param.tool->name); });

TEST(Injections, AreOfManyKinds) { EXPECT_GE(sessions::injections().size(), 30U); }

TEST(Injections, ReachTheAnswers) {
  // Otherwise the other tests could not fail.
  sessions::World harmless_world;
  sessions::World hostile_world;
  harmless_world.rewrite(Writer(false, 0));
  hostile_world.rewrite(Writer(true, 0));
  for (const auto* const tool : {"pve_list_cluster_resources", "pve_list_users"}) {
    EXPECT_THAT(hostile_world.call(tool, {}).text, HasSubstr("INJECTED")) << tool;
    EXPECT_THAT(harmless_world.call(tool, {}).text, testing::Not(HasSubstr("INJECTED"))) << tool;
  }
}

TEST(Injections, StayInsideTheJsonOfResources) {
  for (std::size_t first = 0; first < sessions::injections().size(); first += 13) {
    for (const auto* uri : {"pve://cluster/status", "pve://cluster/resources", "pve://nodes/pve1/status",
                            "pve://guests/100/config", "pve://guests/200/status",
                            "pve://guests/100/snapshots/before-upgrade", "pve://storage/pbs/content"}) {
      SCOPED_TRACE(uri);
      sessions::World world;
      world.rewrite(Writer(true, first));
      resource::Resources resources(catalog::resources(), world.tools());
      const base::JsonObject none;
      mcp::NullSink unheard;
      const auto got = resources.read({{}, mcp::Era::Modern, none, none, unheard, unheard, {}}, uri);
      const auto* result = std::get_if<mcp::ResourceResult>(&got);
      ASSERT_NE(result, nullptr);
      const auto parsed = base::parse_json(result->contents.at(0).data);
      ASSERT_TRUE(parsed);
      expect_safe(*parsed);
    }
  }
}

TEST(Injections, StayInTheMarkedLinesOfPrompts) {
  for (std::size_t first = 0; first < sessions::injections().size(); first += 13) {
    sessions::World world;
    world.rewrite(Writer(true, first));
    auto& tools = world.tools();
    engine::Completions completions(tools);
    prompt::Prompts prompts(
        catalog::prompts(), tools, tools.cluster(), &completions,
        [&](std::string_view tool) { return tools.title(tool); },
        [&](const mcp::Caller& caller, std::string_view tool, std::string_view subject) {
          return tools.refusal(caller, tool, subject);
        });
    for (const auto& row : catalog::prompts()) {
      SCOPED_TRACE(row.name);
      base::JsonObject given;
      for (const auto& argument : row.arguments) {
        if (!argument.required()) continue;
        given[argument.name] = argument.completes == tool::Completes::Node ? "pve1" : "100";
      }
      const base::JsonObject none;
      mcp::NullSink unheard;
      const auto got = prompts.get({{}, mcp::Era::Modern, none, none, unheard, unheard, {}}, row.name, given);
      const auto* prompt = std::get_if<mcp::Prompt>(&got);
      ASSERT_NE(prompt, nullptr);
      expect_marked(std::get<mcp::Text>(prompt->messages.at(0).content).text);
    }
  }
}

}  // namespace
