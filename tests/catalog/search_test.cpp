#include "engine/door/search.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iostream>
#include <string>
#include <vector>

#include "base/text.h"
#include "catalog/catalog.h"
#include "engine/door/words.h"

namespace {

using testing::ElementsAre;

struct Rows {
  Rows() {
    for (const auto& category : catalog::categories()) {
      for (const auto& tool : category.tools) rows.emplace_back(tool, category.name, facts);
    }
  }
  facts::Facts facts;
  std::vector<engine::Row> rows;
};

std::string name_of(const engine::Found& found) {
  if (found.row != nullptr) return std::string(found.row->tool().name);
  return std::string(base::name(found.method)) + " " + std::string(found.path);
}

std::vector<std::string> names(engine::Search& search, std::string_view query, std::size_t most) {
  std::vector<std::string> found;
  for (const auto& each : search.find(query, most, [](const auto&) { return true; }))
    found.push_back(name_of(each));
  return found;
}

/// The tool that makes the call, or the call: a question names an endpoint, and a later tool may make its
/// call.
std::string shown_for(const Rows& catalog, std::string_view target) {
  const auto blank = target.find(' ');
  const auto method = base::method_named(target.substr(0, blank));
  if (!method) return std::string(target);
  for (const auto& row : catalog.rows) {
    const auto& call = row.tool().call;
    if (call.method == *method && call.path == target.substr(blank + 1)) return std::string(row.tool().name);
  }
  return std::string(target);
}

TEST(WordsOf, AreStemsInLowerCase) {
  EXPECT_THAT(engine::words_of("List the disks of /nodes/{node}"),
              ElementsAre("list", "the", "disk", "of", "node", "node"));
  EXPECT_THAT(engine::words_of("--IPv6, status access"), ElementsAre("ipv6", "status", "access"));
  EXPECT_THAT(engine::words_of("running failed needed entries a VM's"),
              ElementsAre("run", "fail", "need", "entry", "a", "vms"));
  EXPECT_THAT(engine::words_of(""), ElementsAre());
}

TEST(Search, FindsTheRightTargetAmongTheFirstFive) {
  Rows catalog;
  engine::Search search(catalog.rows, catalog.facts);
  std::ifstream questions(std::string(PROJECT_SOURCE_DIR) + "/bench/search/questions.tsv");
  std::size_t asked = 0;
  std::size_t right = 0;
  for (std::string line; std::getline(questions, line);) {
    if (line.empty() || line.starts_with('#')) continue;
    const auto tab = line.find('\t');
    ASSERT_NE(tab, std::string::npos) << line;
    const auto wanted = base::split(std::string_view(line).substr(tab + 1), '|');
    const auto found = names(search, line.substr(0, tab), 5);
    const bool hit = std::ranges::any_of(wanted, [&](std::string_view target) {
      return std::ranges::find(found, shown_for(catalog, base::trim(target))) != found.end();
    });
    ++asked;
    if (hit) ++right;
    if (!hit) std::cout << "missed: " << line << "\n  found: " << testing::PrintToString(found) << "\n";
  }
  std::cout << right << " of " << asked << " questions\n";
  EXPECT_EQ(asked, 60U);
  EXPECT_GE(right, 55U);
}

TEST(Search, EveryTargetOfTheQuestionsExists) {
  Rows catalog;
  std::ifstream questions(std::string(PROJECT_SOURCE_DIR) + "/bench/search/questions.tsv");
  for (std::string line; std::getline(questions, line);) {
    if (line.empty() || line.starts_with('#')) continue;
    for (const auto part : base::split(std::string_view(line).substr(line.find('\t') + 1), '|')) {
      const auto target = base::trim(part);
      const auto blank = target.find(' ');
      const bool is_tool = std::ranges::any_of(
          catalog.rows, [&](const engine::Row& row) { return row.tool().name == target; });
      const auto method = base::method_named(target.substr(0, blank));
      EXPECT_TRUE(is_tool || (method && catalog.facts.find(*method, target.substr(blank + 1)) != nullptr))
          << target;
    }
  }
}

TEST(Search, AsksForWhatTheCallerMayCallOnly) {
  Rows catalog;
  engine::Search search(catalog.rows, catalog.facts);
  const auto none = search.find("disk", 10, [](const auto&) { return false; });
  EXPECT_TRUE(none.empty());
  EXPECT_TRUE(search.find("", 10, [](const auto&) { return true; }).empty());
  EXPECT_TRUE(search.find("the of and", 10, [](const auto&) { return true; }).empty());
}

}  // namespace
