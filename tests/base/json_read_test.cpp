#include "base/json_read.h"

#include <gtest/gtest.h>

#include <cmath>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

namespace {

base::Json json(std::string_view text) {
  auto value = base::parse_json(text);
  EXPECT_TRUE(value) << text;
  return value.value_or(nullptr);
}

TEST(JsonRead, TextIsPrintable) {
  const auto row = json(R"({"name":"web\u001b[31m\u202e\n1","none":null,"flag":true,"list":["a"]})");
  EXPECT_EQ(base::text(row, "name"), "web\uFFFD[31m\uFFFD 1");
  for (const auto* key : {"none", "flag", "list", "missing"}) EXPECT_EQ(base::text(row, key), "") << key;
}

TEST(JsonRead, TextIsCutAtTheLimit) {
  const base::JsonObject row{{"note", std::string(400, 'a')}};
  EXPECT_EQ(base::text(row, "note"), std::string(300, 'a') + "…");
  EXPECT_EQ(base::text(row, "note", 3), "aaa…");
}

TEST(JsonRead, TextOfANumberIsAsJsonWritesIt) {
  const auto row = json(R"({"whole":100,"part":1.5})");
  EXPECT_EQ(base::text(row, "whole"), "100");
  EXPECT_EQ(base::text(row, "part"), "1.5");
  EXPECT_EQ(base::raw_word(row, "whole"), "100");
  EXPECT_EQ(base::raw_text(row, "whole"), "");
}

TEST(JsonRead, RawTextIsWhatStandsThere) {
  const auto row = json(R"({"name":"web\u001b\u202e\n1","none":null})");
  EXPECT_EQ(base::raw_text(row, "name"), "web\x1B\u202E\n1");
  EXPECT_EQ(base::raw_word(row, "name"), "web\x1B\u202E\n1");
  EXPECT_EQ(base::raw_text(row, "none"), "");
  EXPECT_EQ(base::raw_text(row, "missing"), "");
}

TEST(JsonRead, NumberIsWholeAndMayBeAText) {
  const auto row =
      json(R"({"a":100,"b":"100","c":-3,"d":4.0,"e":4.5,"f":"4.0","g":1e300,"h":18446744073709551615,
                            "i":"","j":null,"k":true,"l":" 1","m":9007199254740993.0})");
  EXPECT_EQ(base::number(row, "a"), 100);
  EXPECT_EQ(base::number(row, "b"), 100);
  EXPECT_EQ(base::number(row, "c"), -3);
  EXPECT_EQ(base::number(row, "d"), 4);
  for (const auto* key : {"e", "f", "g", "h", "i", "j", "k", "l", "missing"})
    EXPECT_FALSE(base::number(row, key)) << key;
  EXPECT_EQ(base::number(row, "m"), 9007199254740992);
  EXPECT_EQ(base::number(row, "b", 7), 100);
  EXPECT_EQ(base::number(row, "e", 7), 7);
}

TEST(JsonRead, RealIsFiniteAndMayBeAText) {
  auto row =
      json(R"({"a":0.25,"b":"0.25","c":3,"d":18446744073709551615,"e":"nan","f":"","g":true,"h":"1.5G"})");
  EXPECT_EQ(base::real(row, "a"), 0.25);
  EXPECT_EQ(base::real(row, "b"), 0.25);
  EXPECT_EQ(base::real(row, "c"), 3);
  EXPECT_EQ(base::real(row, "d"), 18446744073709551615.0);
  for (const auto* key : {"e", "f", "g", "h", "missing"}) EXPECT_FALSE(base::real(row, key)) << key;
  EXPECT_EQ(base::real(row, "b", 7), 0.25);
  EXPECT_EQ(base::real(row, "h", 7), 7);
  row.as_object()["a"] = HUGE_VAL;
  EXPECT_FALSE(base::real(row, "a"));
}

TEST(JsonRead, FlagIsOneOfPvesBooleans) {
  const auto row =
      json(R"({"a":1,"b":"1","c":true,"d":0,"e":"0","f":false,"g":"","h":2,"i":"yes","j":null})");
  for (const auto* key : {"a", "b", "c"}) EXPECT_TRUE(base::flag(row, key)) << key;
  for (const auto* key : {"d", "e", "f", "g"}) EXPECT_FALSE(base::flag(row, key, true)) << key;
  for (const auto* key : {"h", "i", "j", "missing"}) {
    EXPECT_FALSE(base::flag(row, key)) << key;
    EXPECT_TRUE(base::flag(row, key, true)) << key;
  }
}

TEST(JsonRead, WhatIsNoObjectHasNoMembers) {
  const base::Json* no_value = nullptr;
  const base::JsonObject* no_object = nullptr;
  for (const auto& value : {json("null"), json("[{\"a\":1}]"), json("\"a\""), json("1")}) {
    EXPECT_EQ(base::text(value, "a"), "");
    EXPECT_FALSE(base::number(&value, "a"));
  }
  EXPECT_EQ(base::raw_text(no_value, "a"), "");
  EXPECT_EQ(base::raw_text(no_object, "a"), "");
  EXPECT_FALSE(base::real(no_object, "a"));
  EXPECT_TRUE(base::list(no_value, "a").empty());
}

TEST(JsonRead, ObjectsAndListsAreReadByKey) {
  const auto row = json(R"({"inner":{"deep":{"a":"x"}},"items":[1,"2"],"text":"[]"})");
  EXPECT_EQ(base::raw_text(base::object(base::object(row, "inner"), "deep"), "a"), "x");
  EXPECT_EQ(base::object(row, "items"), nullptr);
  EXPECT_EQ(base::list(row, "items").size(), 2U);
  for (const auto* key : {"inner", "text", "missing"}) EXPECT_TRUE(base::list(row, key).empty()) << key;
}

static_assert(std::forward_iterator<base::Objects::Iterator>);

TEST(JsonRead, ObjectsAreTheItemsThatAreObjects) {
  const auto names = [](base::Objects rows) {
    std::vector<std::string> read;
    for (const auto& row : rows) read.push_back(base::text(row, "n"));
    return read;
  };
  const auto rows = json(R"([null,{"n":"a"},1,[],{"n":"b"},"c"])");
  EXPECT_EQ(names(base::objects(rows)), (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(names(base::objects(base::JsonObject{{"rows", rows}}, "rows")),
            (std::vector<std::string>{"a", "b"}));
  const auto one = json(R"([{"n":"a"}])");
  EXPECT_EQ(names(base::objects(one)), (std::vector<std::string>{"a"}));
  for (const auto* text : {"[]", "[1]", "{}", "null"}) {
    const auto none = json(text);
    EXPECT_TRUE(names(base::objects(none)).empty()) << text;
  }
}

}  // namespace
