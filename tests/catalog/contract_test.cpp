// The contract of the original, row by row: tests/catalog/contract.tsv.
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/text.h"
#include "catalog/support.h"
#include "engine/row.h"

namespace catalog_test {
namespace {

struct Line {
  std::string name, category, tier, method, path;
  std::vector<std::string> required, optional;
};

std::vector<std::string> words(std::string_view text) {
  std::vector<std::string> out;
  if (text == "-") return out;
  for (const auto word : base::split(text, ' ')) out.emplace_back(word);
  return out;
}

std::vector<Line> contract() {
  std::ifstream in(std::string(TEST_SOURCE_DIR) + "/catalog/contract.tsv");
  std::vector<Line> lines;
  for (std::string text; std::getline(in, text);) {
    if (text.starts_with('#')) continue;
    const auto cells = base::split(text, '\t');
    if (cells.size() != 7) {
      ADD_FAILURE() << "not seven cells: " << text;
      continue;
    }
    lines.push_back({std::string(cells[0]), std::string(cells[1]), std::string(cells[2]),
                     std::string(cells[3]), std::string(cells[4]), words(cells[5]), words(cells[6])});
  }
  return lines;
}

/// What the contract speaks of: the categories that are on where nothing else is said.
std::vector<tool::Category> usual() {
  std::vector<tool::Category> all;
  for (const auto& category : catalog::categories()) {
    if (!category.opt_in) all.push_back(category);
  }
  return all;
}

TEST(Contract, HasTwelveCategoriesOfTheRightSize) {
  const std::vector<std::pair<std::string, std::size_t>> want = {
      {"nodes", 8}, {"qemu", 20},   {"lxc", 18},     {"storage", 8}, {"cluster", 9}, {"access", 10},
      {"pools", 5}, {"network", 5}, {"firewall", 8}, {"backup", 5},  {"tasks", 4},   {"ha", 5}};
  std::vector<std::pair<std::string, std::size_t>> have;
  for (const auto& category : usual()) {
    have.emplace_back(category.name, category.tools.size());
    EXPECT_FALSE(category.title.empty());
  }
  EXPECT_EQ(have, want);
}

TEST(Contract, OffersTheRightNumberOfToolsPerTier) {
  std::map<tool::Tier, std::size_t> count;
  for (const auto& category : usual()) {
    for (const auto& tool : category.tools) {
      for (const auto tier : {tool::Tier::ReadOnly, tool::Tier::ReadExecute, tool::Tier::Full}) {
        if (tool.tier <= tier) ++count[tier];
      }
    }
  }
  EXPECT_EQ(count[tool::Tier::Full], 105U);
  EXPECT_EQ(count[tool::Tier::ReadExecute], 68U);
  EXPECT_EQ(count[tool::Tier::ReadOnly], 51U);
}

TEST(Contract, EveryToolKeepsItsNameCategoryAndTier) {
  std::map<std::string, std::string, std::less<>> have;
  for (const auto& category : usual()) {
    for (const auto& tool : category.tools) {
      have[std::string(tool.name)] = std::string(category.name) + " " + std::string(tool::name(tool.tier));
    }
  }
  std::map<std::string, std::string, std::less<>> want;
  for (const auto& line : contract()) want[line.name] = line.category + " " + line.tier;
  EXPECT_EQ(want.size(), 105U);
  EXPECT_EQ(have, want);
}

TEST(Contract, EveryToolCallsTheSameEndpoint) {
  for (const auto& line : contract()) {
    const auto* tool = find(line.name);
    ASSERT_NE(tool, nullptr) << line.name;
    EXPECT_EQ(base::name(tool->call.method), line.method) << line.name;
    // PVE's present form of the same calls: the pool's name in a parameter.
    const std::string path = line.path == "/pools/{poolid}" ? "/pools" : line.path;
    EXPECT_EQ(tool->call.path, path) << line.name;
  }
}

TEST(Contract, RequiresWhatWasRequiredAndNothingMore) {
  const facts::Facts facts;
  for (const auto& line : contract()) {
    const engine::Row row(*find(line.name), line.category, facts);
    std::set<std::string> have;
    for (const auto& field : row.fields()) {
      if (field.required) have.emplace(field.name);
    }
    std::set<std::string> want(line.required.begin(), line.required.end());
    // The guest or the task says where it is.
    if (row.finds_node()) want.erase("node");
    EXPECT_EQ(have, want) << line.name;
  }
}

TEST(Contract, AcceptsEveryOptionalParameter) {
  const facts::Facts facts;
  for (const auto& line : contract()) {
    const engine::Row row(*find(line.name), line.category, facts);
    for (const auto& name : line.optional) EXPECT_TRUE(row.field(name)) << line.name << " " << name;
  }
}

}  // namespace
}  // namespace catalog_test
