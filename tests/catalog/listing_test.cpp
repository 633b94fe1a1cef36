// Compares the descriptions that clients get with a golden file per category (UPDATE_GOLDEN=1 rewrites them),
// and checks their length.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "catalog/listing.h"
#include "catalog/support.h"

namespace catalog_test {
namespace {

constexpr auto kRevision = mcp::Revision::R2026_07_28;

/// The maximum of bytes of {"tools":[…]} by default, for a client of 2025-11-25.
constexpr std::size_t kBudget = 44'500;

/// The maximum of bytes of each category's entries. To raise a figure, give the reason in the commit.
const std::map<std::string_view, std::size_t> kBudgets = {
    {"nodes", 2'450},    {"qemu", 9'000},       {"lxc", 8'300},   {"storage", 4'000},
    {"cluster", 2'750},  {"access", 3'600},     {"pools", 1'600}, {"network", 3'500},
    {"firewall", 3'650}, {"backup", 2'450},     {"tasks", 1'800}, {"ha", 2'000},
    {"insight", 4'000},  {"network-plus", 800}, {"api", 4'000},   {"exec", 0},
};

std::string one_per_line(const std::vector<mcp::ToolDescription>& tools) {
  std::string out = "[\n";
  for (std::size_t i = 0; i < tools.size(); ++i)
    out += entries({tools[i]}, kRevision) + (i + 1 < tools.size() ? ",\n" : "\n");
  return out + "]\n";
}

std::string file_of(std::string_view category) {
  return std::string(TEST_SOURCE_DIR) + "/golden/tools-" + std::string(category) + ".json";
}

std::string read(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

class Listing : public testing::TestWithParam<std::size_t> {};

TEST_P(Listing, IsAsRecorded) {
  const facts::Facts facts;
  const auto& category = catalog::categories()[GetParam()];
  const auto file = file_of(category.name);
  const auto text = one_per_line(described(category, facts));
  ASSERT_TRUE(base::parse_json(text));
  if (std::getenv("UPDATE_GOLDEN") != nullptr) std::ofstream(file, std::ios::binary) << text;
  EXPECT_EQ(text, read(file)) << "UPDATE_GOLDEN=1 rewrites " << file;
}

TEST_P(Listing, StaysWithinItsBudget) {
  const facts::Facts facts;
  const auto& category = catalog::categories()[GetParam()];
  const auto bytes = entries(described(category, facts), kRevision).size();
  const auto budget = kBudgets.find(category.name);
  ASSERT_NE(budget, kBudgets.end()) << "give " << category.name << " a budget; it has " << bytes << " bytes";
  std::cout << category.name << ": " << bytes << " of " << budget->second << " bytes\n";
  EXPECT_LE(bytes, budget->second);
}

INSTANTIATE_TEST_SUITE_P(EachCategory, Listing, testing::Range(std::size_t{0}, catalog::categories().size()),
                         [](const auto& each) {
                           std::string name(catalog::categories()[each.param].name);
                           std::ranges::replace(name, '-', '_');
                           return name;
                         });

TEST(ListingOfAll, StaysWithinItsBudget) {
  const facts::Facts facts;
  std::vector<mcp::ToolDescription> all;
  for (const auto& category : catalog::categories()) {
    if (category.opt_in) continue;
    for (auto& tool : described(category, facts)) all.push_back(std::move(tool));
  }
  const auto list = R"({"tools":[)" + entries(all, mcp::Revision::R2025_11_25) + "]}";
  std::cout << "without settings: " << list.size() << " of " << kBudget << " bytes\n";
  EXPECT_LE(list.size(), kBudget);
}

TEST(ListingOfAll, NoGoldenFileOrBudgetWithoutACategory) {
  std::set<std::string> files;
  std::set<std::string_view> names;
  for (const auto& category : catalog::categories()) {
    files.insert(file_of(category.name));
    names.insert(category.name);
  }
  std::size_t seen = 0;
  for (const auto& entry : std::filesystem::directory_iterator(std::string(TEST_SOURCE_DIR) + "/golden")) {
    if (!entry.path().filename().string().starts_with("tools-")) continue;
    EXPECT_TRUE(files.contains(entry.path().string())) << entry.path() << " belongs to no category";
    ++seen;
  }
  EXPECT_GT(seen, 0U);
  for (const auto& [name, bytes] : kBudgets) EXPECT_TRUE(names.contains(name)) << name << " " << bytes;
}

}  // namespace
}  // namespace catalog_test
