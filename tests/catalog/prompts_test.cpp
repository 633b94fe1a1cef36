// Rules for all prompts: their texts, the tools that they name, and whether the tools accept the facts'
// calls.
#include "catalog/prompts.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>
#include <set>
#include <string>

#include "base/text.h"
#include "catalog/support.h"
#include "engine/check/arguments.h"
#include "engine/row/row.h"
#include "prompt/arguments.h"
#include "tool/prompt_rules.h"

namespace catalog_test {
namespace {

using testing::HasSubstr;

template <class Check>
void for_each_prompt(Check check) {
  for (const auto& prompt : catalog::prompts()) {
    SCOPED_TRACE(prompt.name);
    check(prompt);
  }
}

TEST(PromptRules, NoRowHasAFault) {
  for_each_prompt([](const tool::Prompt& prompt) { EXPECT_EQ(tool::fault(prompt), ""); });
}

TEST(PromptRules, FindAFault) {
  auto bad = catalog::prompts().front();
  bad.instructions = "See {nothing}.";
  EXPECT_NE(tool::fault(bad), "");
  bad = catalog::prompts().front();
  bad.description = "No full stop";
  EXPECT_NE(tool::fault(bad), "");
  bad = catalog::prompts().front();
  bad.facts = {{.what = "x", .call = {"pve_x", {{"node", "{storage}"}}}, .essential = true}};
  EXPECT_NE(tool::fault(bad), "");
  bad.facts = {{.what = "x", .call = {"pve_x"}}};
  EXPECT_NE(tool::fault(bad), "") << "nothing is essential";
  bad = catalog::prompts().front();
  bad.arguments = {};
  EXPECT_NE(tool::fault(bad), "");
}

TEST(PromptRules, NamesTitlesAndLinesAreShort) {
  std::set<std::string_view> titles;
  for_each_prompt([&](const tool::Prompt& prompt) {
    EXPECT_TRUE(titles.insert(prompt.title).second);
    EXPECT_LE(prompt.title.size(), 40U);
    for (const auto line : base::split(prompt.instructions, '\n')) {
      EXPECT_LE(line.size(), 130U) << line;
      EXPECT_FALSE(line.ends_with(' ')) << line;
      EXPECT_FALSE(line.starts_with('|')) << "that is the fence of the data";
    }
  });
}

TEST(PromptRules, EveryTextHasStepsTrapsAndAReport) {
  for_each_prompt([](const tool::Prompt& prompt) {
    const std::string text(prompt.instructions);
    EXPECT_TRUE(std::regex_search(text, std::regex("[Cc]hange\\s+nothing|nothing\\s+without\\s+asking|"
                                                   "Nothing is created before")))
        << "asks before it changes anything";
    EXPECT_THAT(text, HasSubstr("Traps"));
    EXPECT_THAT(text, HasSubstr("Report"));
    EXPECT_THAT(text, HasSubstr("1. "));
  });
}

TEST(PromptRules, EveryToolAndPromptThatIsNamedExists) {
  const std::regex tool_name("pve_[a-z0-9_]+");
  const std::regex prompt_name("prompt ([a-z]+_[a-z_]+)");
  for_each_prompt([&](const tool::Prompt& prompt) {
    const std::string text(prompt.instructions);
    for (std::sregex_iterator at(text.begin(), text.end(), tool_name), end; at != end; ++at)
      EXPECT_NE(find(at->str()), nullptr) << at->str();
    for (std::sregex_iterator at(text.begin(), text.end(), prompt_name), end; at != end; ++at) {
      const auto name = (*at)[1].str();
      EXPECT_NE(std::ranges::find(catalog::prompts(), name, &tool::Prompt::name), catalog::prompts().end())
          << name;
    }
  });
}

void expect_fits(const tool::FactCall& call, const facts::Facts& facts) {
  if (call.tool.empty()) return;
  SCOPED_TRACE(call.tool);
  const auto* tool = find(call.tool);
  ASSERT_NE(tool, nullptr);
  EXPECT_EQ(tool->effect, tool::Effect::None) << "a fact changes nothing";
  EXPECT_EQ(tool->tier, tool::Tier::ReadOnly);
  const prompt::Values values = {
      {"node", "pve1"}, {"guest", "100"}, {"storage", "local"}, {"pool", "a/b"}, {"user", "ann@pve"}};
  base::JsonObject arguments;
  for (const auto& argument : call.arguments)
    arguments[argument.name] = prompt::filled(argument.value, values, [](std::string_view place) {
      ADD_FAILURE() << "nothing fills " << place;
      return "";
    });
  const engine::Row row(*tool, "any", facts);
  const auto checked = engine::check(
      row, arguments, {{tool::Tier::ReadOnly}, [] { return std::optional<std::string>("8.4"); }});
  EXPECT_TRUE(checked) << (checked ? "" : checked.error());
}

TEST(PromptRules, TheToolsTakeTheFactsArguments) {
  const facts::Facts facts;
  for_each_prompt([&](const tool::Prompt& prompt) {
    for (const auto& fact : prompt.facts) {
      expect_fits(fact.call, facts);
      expect_fits(fact.instead, facts);
    }
  });
}

TEST(PromptRules, EssentialFactsBelongToDefaultCategories) {
  const auto usual = catalog::usual_categories();
  for_each_prompt([&](const tool::Prompt& prompt) {
    for (const auto& fact : prompt.facts) {
      if (!fact.essential) continue;
      for (const auto& category : catalog::categories()) {
        const bool here =
            std::ranges::find(category.tools, fact.call.tool, &tool::Tool::name) != category.tools.end();
        EXPECT_FALSE(here && category.opt_in) << fact.call.tool;
      }
    }
  });
}

}  // namespace
}  // namespace catalog_test
