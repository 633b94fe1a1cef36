#include "config/table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace {

using testing::HasSubstr;
using testing::Not;

bool all_of(std::string_view text, std::string_view allowed) {
  return text.find_first_not_of(allowed) == std::string_view::npos;
}

constexpr std::string_view kLower = "abcdefghijklmnopqrstuvwxyz";
constexpr std::string_view kUpper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ_";

TEST(Table, RulesOverAllRows) {
  std::set<std::string_view> seen;
  for (const auto& row : config::table()) {
    SCOPED_TRACE(row.variable);
    EXPECT_FALSE(row.variable.empty());
    EXPECT_TRUE(all_of(row.variable, kUpper));
    EXPECT_TRUE(row.flag.empty() || row.flag.starts_with("--"));
    EXPECT_TRUE(all_of(row.flag, std::string(kLower) + "-"));
    EXPECT_TRUE(all_of(row.key, std::string(kLower) + "_."));
    EXPECT_TRUE(row.help.ends_with('.')) << row.help;
    EXPECT_EQ(row.help.find('|'), std::string_view::npos) << "it stands in a Markdown table";
    for (const auto name : {row.flag, row.variable, row.alias, row.key}) {
      EXPECT_TRUE(name.empty() || seen.insert(name).second) << name;
    }
    // The key follows from the variable, so that people can guess it.
    if (!row.key.empty() && row.variable.starts_with("PVE_") && !row.key.starts_with("simulat")) {
      std::string tail(row.variable.substr(4));
      std::ranges::transform(tail, tail.begin(), [](unsigned char c) { return std::tolower(c); });
      std::string key(row.key);
      std::ranges::replace(key, '.', '_');
      EXPECT_TRUE(key.ends_with(tail) || key == tail + "_listen") << row.key;
    }
  }
}

TEST(Table, NoFlagTakesASecret) {
  for (const auto& row : config::table()) {
    const bool secret = row.variable == "PVE_TOKEN_SECRET" || row.variable == "PROXMOX_VE_API_TOKEN" ||
                        row.variable == "PVE_STATE_KEY";
    EXPECT_EQ(row.flag.empty(), secret) << row.variable;
  }
}

TEST(Table, HelpAndReadmeNameEveryRow) {
  const auto help = config::help({});
  const auto markdown = config::markdown({});
  for (const auto& row : config::table()) {
    for (const auto name : {row.flag, row.variable, row.alias, row.key}) {
      EXPECT_THAT(help, HasSubstr(name));
      EXPECT_THAT(markdown, HasSubstr(name));
    }
  }
  EXPECT_EQ(static_cast<std::size_t>(std::ranges::count(markdown, '\n')), config::table().size() + 2);
}

TEST(Table, HelpNamesTheCategories) {
  constexpr std::string_view kAll[] = {"nodes", "qemu", "network-plus", "insight"};
  constexpr std::string_view kUsual[] = {"nodes", "qemu"};
  const config::Known known{.tiers = {},
                            .categories = kAll,
                            .usual_categories = kUsual,
                            .outputs = {},
                            .confirms = {},
                            .releases = {},
                            .findings = {}};
  const auto markdown = config::markdown(known);
  EXPECT_THAT(markdown, HasSubstr("commas: nodes, qemu, network-plus, insight. "));
  EXPECT_THAT(markdown, HasSubstr("every category except network-plus, insight; "));
  for (const auto& text : {config::help(known), markdown}) EXPECT_THAT(text, Not(HasSubstr("{")));
}

TEST(Table, ChoicesAreWhatTheSettingTakes) {
  static constexpr std::string_view kWords[] = {"one", "two"};
  const config::Known known{.tiers = kWords,
                            .categories = kWords,
                            .usual_categories = kWords,
                            .outputs = kWords,
                            .confirms = kWords,
                            .releases = kWords,
                            .findings = kWords,
                            .tools = kWords,
                            .approvals = kWords};
  std::size_t with_choices = 0;
  for (const auto& row : config::table()) {
    SCOPED_TRACE(row.variable);
    const auto choices = config::choices_of(row, known);
    if (row.apply == nullptr) continue;
    config::Settings settings;
    for (const auto choice : choices) {
      EXPECT_EQ(row.apply({std::string(row.variable), {std::string(choice)}}, known, settings), std::nullopt)
          << choice;
    }
    const auto refused = row.apply({std::string(row.variable), {"no-such-word"}}, known, settings);
    // A setting that takes words only must also offer them.
    if (choices.empty()) {
      EXPECT_THAT(refused.value_or(""), Not(HasSubstr("must be one of")));
      continue;
    }
    EXPECT_TRUE(refused.has_value());
    ++with_choices;
    EXPECT_FALSE(config::takes_path(row));
  }
  EXPECT_GE(with_choices, 10U);
}

}  // namespace
