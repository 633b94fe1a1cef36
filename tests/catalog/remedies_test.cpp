// Rules for all remedies: their tools exist, and no sentence names a tool that its reader may not call.
#include "engine/words/remedies.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <regex>
#include <string>

#include "catalog/support.h"

namespace catalog_test {
namespace {

using testing::HasSubstr;
using testing::Not;

const tool::Tool* making(const tool::Endpoint& call, const tool::Category& category) {
  for (const auto& tool : category.tools) {
    if (tool.report == nullptr && tool.call.method == call.method && tool.call.path == call.path)
      return &tool;
  }
  return nullptr;
}

TEST(Remedies, NeedToolsThatExist) {
  std::size_t with_tool = 0;
  for (const auto& remedy : engine::remedies()) {
    if (remedy.tool.path.empty()) continue;
    const auto& all = catalog::categories();
    EXPECT_EQ(std::ranges::count_if(
                  all, [&](const auto& category) { return making(remedy.tool, category) != nullptr; }),
              1)
        << remedy.with;
    ++with_tool;
  }
  EXPECT_GT(with_tool, 20U);
}

TEST(Remedies, NameToolsOnlyByTheirCall) {
  for (const auto& remedy : engine::remedies()) {
    EXPECT_THAT(std::string(remedy.with), Not(HasSubstr("pve_")));
    EXPECT_THAT(std::string(remedy.without), Not(HasSubstr("pve_")));
  }
}

TEST(Remedies, NameOnlyToolsOfTheCategoriesThatTheReaderMayUse) {
  const std::regex name(R"(\bpve_[a-z0-9_]+)");
  std::size_t named = 0;
  for (const auto& category : catalog::categories()) {
    const guard::MayUse may([&](const tool::Endpoint& call) {
      const auto* tool = making(call, category);
      return tool == nullptr ? std::string_view{} : tool->name;
    });
    for (const auto& remedy : engine::remedies()) {
      const auto text = engine::advise(remedy, may);
      EXPECT_THAT(text, Not(HasSubstr("{}")));
      for (std::sregex_iterator at(text.begin(), text.end(), name), end; at != end; ++at) {
        EXPECT_NE(std::ranges::find(category.tools, at->str(), &tool::Tool::name), category.tools.end())
            << text;
        ++named;
      }
    }
  }
  EXPECT_GT(named, 20U);
}

// Then the reader's rights do not depend on which of these tools the look-up by call finds.
TEST(Rules, ToolsWithTheSameCallHaveOneCategoryAndTier) {
  std::map<std::string, std::pair<std::string_view, tool::Tier>> calls;
  for (const auto& category : catalog::categories()) {
    for (const auto& tool : category.tools) {
      if (tool.report != nullptr) continue;
      const auto call = std::string(base::name(tool.call.method)) + " " + std::string(tool.call.path);
      const auto rights = std::pair{category.name, tool.tier};
      EXPECT_EQ(calls.try_emplace(call, rights).first->second, rights) << call;
    }
  }
  EXPECT_GE(calls.size(), 100U);
}

}  // namespace
}  // namespace catalog_test
