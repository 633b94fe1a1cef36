#include "base/json_blocks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <thread>
#include <vector>

namespace {

/// A list of objects with short and long texts, numbers and lists, over several blocks of memory.
std::string large_text() {
  std::string text = "[";
  for (int i = 0; i < 3000; ++i) {
    text +=
        (i == 0 ? "" : ",") + std::string(R"({"vmid":)") + std::to_string(i) +
        R"(,"name":"a name that is longer than the text inside of a value","cpu":0.5,"tags":["a",null,true]})";
  }
  return text + "]";
}

TEST(JsonBlocks, ReadWhatTheHeapReads) {
  for (const auto& text :
       {large_text(), std::string("null"), std::string("[]"), std::string(R"({"a":1,"a":{"b":2}})"),
        std::string("[1e400,18446744073709551615,-0.5]"), std::string(R"("\u00e4")")}) {
    const auto blocks = base::parse_json_in_blocks(text);
    ASSERT_TRUE(blocks);
    EXPECT_EQ(base::write_json(*blocks), base::write_json(*base::parse_json(text)));
  }
}

TEST(JsonBlocks, RefuseWhatTheHeapRefuses) {
  for (const auto& text : {large_text() + "]", large_text().substr(0, 100'000), std::string("\"\xFF\""),
                           std::string(65, '[') + std::string(65, ']'), std::string()}) {
    const auto blocks = base::parse_json_in_blocks(text);
    ASSERT_FALSE(blocks);
    EXPECT_EQ(blocks.error(), base::parse_json(text).error());
  }
  EXPECT_TRUE(base::parse_json_in_blocks("[[[]]]", 3));
  EXPECT_FALSE(base::parse_json_in_blocks("[[[[]]]]", 3));
}

TEST(JsonBlocks, StayWhileAPartIsThere) {
  std::optional<base::Json> moved;
  std::optional<base::Json> copied;
  {
    auto value = base::parse_json_in_blocks(large_text());
    ASSERT_TRUE(value);
    moved.emplace(std::move(value->get_array()[7]));
    copied.emplace(value->get_array()[2999]);
  }
  EXPECT_EQ(moved->at("vmid"), 7);
  EXPECT_EQ(copied->at("vmid"), 2999);
  EXPECT_EQ(copied->at("name").get_string().size(), 53U);
}

TEST(JsonBlocks, CanBeChanged) {
  auto value = base::parse_json_in_blocks(large_text());
  ASSERT_TRUE(value);
  auto& items = value->get_array();
  for (auto& item : items) {
    item.get_object()["name"] = std::string(200, 'n');
    item.get_object()["added"] = base::JsonArray{1, 2, 3};
    item.get_object().erase("tags");
  }
  items.erase(items.begin(), items.begin() + 2990);
  items.emplace_back("last");
  ASSERT_EQ(items.size(), 11U);
  EXPECT_EQ(items[0].at("added"), base::Json(base::JsonArray{1, 2, 3}));
  EXPECT_EQ(items[0].at("name").get_string().size(), 200U);
}

TEST(JsonBlocks, CanBeCopiedFromManyThreads) {
  const auto value = base::parse_json_in_blocks(large_text());
  ASSERT_TRUE(value);
  std::vector<std::size_t> sizes(4);
  {
    std::vector<std::jthread> threads;
    for (auto& size : sizes) {
      threads.emplace_back([&] {
        for (const auto& item : value->get_array()) size += base::Json(item).get_object().size();
      });
    }
  }
  EXPECT_THAT(sizes, testing::Each(12'000U));
}

}  // namespace
