// Checks the contract of the original server, line by line (tests/catalog/contract.tsv). It never grows:
// later tools belong to categories that are off by default.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/text.h"
#include "catalog/support.h"
#include "engine/row/row.h"

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
  // An empty list would let every test over its lines pass.
  if (lines.empty()) ADD_FAILURE() << "the contract could not be read";
  return lines;
}

/// By the tool's name: "category tier".
using Offer = std::map<std::string, std::string, std::less<>>;

std::string offered_as(std::string_view category, std::string_view tier) {
  return fmt::format("{} {}", category, tier);
}

Offer promised() {
  Offer offer;
  for (const auto& line : contract()) offer[line.name] = offered_as(line.category, line.tier);
  return offer;
}

/// Returns what the rows offer: with all categories on, or by default.
Offer offered(bool with_opt_in) {
  Offer offer;
  for (const auto& category : catalog::categories()) {
    if (category.opt_in && !with_opt_in) continue;
    for (const auto& tool : category.tools)
      offer[std::string(tool.name)] = offered_as(category.name, tool::name(tool.tier));
  }
  return offer;
}

/// The number of the original's tools appears only here; all other code counts rows.
TEST(Contract, HasTheToolsOfTheOriginal) {
  std::map<std::string, std::size_t, std::less<>> by_tier;
  std::set<std::string> categories;
  for (const auto& line : contract()) {
    ++by_tier[line.tier];
    categories.insert(line.category);
  }
  EXPECT_EQ(promised().size(), 105U);
  EXPECT_EQ(by_tier["read-only"], 51U);
  EXPECT_EQ(by_tier["read-execute"], 17U);
  EXPECT_EQ(by_tier["full"], 37U);
  EXPECT_EQ(categories.size(), 12U);
}

TEST(Contract, EveryToolIsStillOfferedAtItsTier) {
  const auto have = offered(true);
  for (const auto& [name, as] : promised()) {
    const auto found = have.find(name);
    EXPECT_EQ(found == have.end() ? "nowhere" : found->second, as) << name;
  }
}

TEST(Contract, OffersNothingElseByDefault) { EXPECT_EQ(offered(false), promised()); }

TEST(Contract, EveryToolCallsTheSameEndpoint) {
  for (const auto& line : contract()) {
    const auto* tool = find(line.name);
    ASSERT_NE(tool, nullptr) << line.name;
    EXPECT_EQ(base::name(tool->call.method), line.method) << line.name;
    // PVE's present form of the same calls has the pool's name in a parameter.
    const std::string path = line.path == "/pools/{poolid}" ? "/pools" : line.path;
    EXPECT_EQ(tool->call.path, path) << line.name;
  }
}

TEST(Contract, RequiresWhatWasRequiredAndNothingMore) {
  const facts::Facts facts;
  for (const auto& line : contract()) {
    const auto* tool = find(line.name);
    ASSERT_NE(tool, nullptr) << line.name;
    const engine::Row row(*tool, line.category, facts);
    std::set<std::string> have;
    for (const auto& field : row.fields()) {
      if (field.required) have.emplace(field.name);
    }
    std::set<std::string> want(line.required.begin(), line.required.end());
    // The server finds the node from the guest or the task.
    if (row.finds_node()) want.erase("node");
    EXPECT_EQ(have, want) << line.name;
  }
}

TEST(Contract, AcceptsEveryOptionalParameter) {
  const facts::Facts facts;
  for (const auto& line : contract()) {
    const auto* tool = find(line.name);
    ASSERT_NE(tool, nullptr) << line.name;
    const engine::Row row(*tool, line.category, facts);
    for (const auto& name : line.optional) EXPECT_TRUE(row.field(name)) << line.name << " " << name;
  }
}

}  // namespace
}  // namespace catalog_test
