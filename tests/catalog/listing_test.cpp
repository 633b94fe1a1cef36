// What clients are told: golden files per category, and the budget of the whole. UPDATE_GOLDEN=1 rewrites the
// files.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "catalog/support.h"
#include "engine/schema.h"
#include "mcp/render.h"

namespace catalog_test {
namespace {

constexpr std::size_t kBudget = 44'000;

std::vector<mcp::ToolDescription> described(const tool::Category& category, const facts::Facts& facts) {
  std::vector<mcp::ToolDescription> tools;
  for (const auto& tool : category.tools) {
    tools.push_back(engine::describe(engine::Row(tool, category.name, facts)));
  }
  return tools;
}

std::string one_per_line(std::vector<mcp::ToolDescription> tools) {
  std::string out = "[\n";
  for (std::size_t i = 0; i < tools.size(); ++i) {
    std::string line;
    mcp::write_tools({std::move(tools[i])}, mcp::Revision::R2026_07_28, line);
    out += line.substr(1, line.size() - 2) + (i + 1 < tools.size() ? ",\n" : "\n");
  }
  return out + "]\n";
}

std::string read(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

class Listing : public testing::TestWithParam<std::size_t> {};

TEST_P(Listing, IsAsRecorded) {
  const facts::Facts facts;
  const auto& category = catalog::categories()[GetParam()];
  const auto file = std::string(TEST_SOURCE_DIR) + "/golden/tools-" + std::string(category.name) + ".json";
  const auto text = one_per_line(described(category, facts));
  ASSERT_TRUE(base::parse_json(text));
  if (std::getenv("UPDATE_GOLDEN") != nullptr) std::ofstream(file, std::ios::binary) << text;
  EXPECT_EQ(text, read(file)) << "UPDATE_GOLDEN=1 rewrites " << file;
}

INSTANTIATE_TEST_SUITE_P(EachCategory, Listing, testing::Range(std::size_t{0}, catalog::categories().size()),
                         [](const auto& each) {
                           return std::string(catalog::categories()[each.param].name);
                         });

TEST(ListingOfAll, StaysWithinItsBudget) {
  const facts::Facts facts;
  std::vector<mcp::ToolDescription> all;
  for (const auto& category : catalog::categories()) {
    if (category.opt_in) continue;
    for (auto& tool : described(category, facts)) all.push_back(std::move(tool));
  }
  std::string text;
  mcp::write_tools(std::move(all), mcp::Revision::R2026_07_28, text);
  RecordProperty("bytes", static_cast<int>(text.size()));
  EXPECT_LT(text.size(), kBudget);
}

}  // namespace
}  // namespace catalog_test
