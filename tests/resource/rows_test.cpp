// Rules over all rows of resources.
#include <gtest/gtest.h>

#include <set>

#include "resource/lab.h"

namespace {

using tool::Resource;

TEST(Rows, NoneHasAFault) {
  for (const auto& row : catalog::resources()) EXPECT_EQ(tool::fault(row), "") << row.uri;
}

TEST(Rows, TheirToolsReadAndNeedNothingButTheVariables) {
  lab::Lab lab;
  for (const auto& row : catalog::resources()) {
    for (const auto name : row.tools) {
      if (name.empty()) continue;
      const auto* tool = lab.toolbox.row(name);
      ASSERT_NE(tool, nullptr) << name;
      EXPECT_EQ(tool->tool().call.method, base::Method::Get);
      EXPECT_EQ(tool->tool().tier, tool::Tier::ReadOnly);
      for (const auto& field : tool->fields()) EXPECT_TRUE(!field.required || field.in_path) << field.name;
    }
  }
}

constexpr Resource kGood{.uri = "pve://nodes/{node}/x",
                         .name = "x",
                         .title = "X",
                         .description = "X.",
                         .tools = {"pve_get_node_status"}};

TEST(Rows, AFaultIsSeen) {
  EXPECT_EQ(tool::fault(kGood), "");
  const auto faulty = [](auto change) {
    auto row = kGood;
    change(row);
    return !tool::fault(row).empty();
  };
  EXPECT_TRUE(faulty([](Resource& row) { row.uri = "https://nodes"; }));
  EXPECT_TRUE(faulty([](Resource& row) { row.uri = "pve://a//b"; }));
  EXPECT_TRUE(faulty([](Resource& row) { row.uri = "pve://{who}"; }));
  EXPECT_TRUE(faulty([](Resource& row) { row.uri = "pve://guests/{vmid}/x"; }));
  EXPECT_TRUE(faulty([](Resource& row) { row.name = "X y"; }));
  EXPECT_TRUE(faulty([](Resource& row) { row.title = ""; }));
  EXPECT_TRUE(faulty([](Resource& row) { row.description = "No stop"; }));
  EXPECT_TRUE(faulty([](Resource& row) { row.tools = {}; }));
  EXPECT_TRUE(faulty([](Resource& row) { row.kind = Resource::Kind::Log; }));
  EXPECT_TRUE(faulty([](Resource& row) { row.kind = Resource::Kind::PerNode; }));
  const Resource twice[] = {kGood, kGood};
  EXPECT_FALSE(tool::valid(twice));
}

}  // namespace
