#include "base/json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

namespace {

using testing::HasSubstr;
using testing::Not;

std::string round_trip(std::string_view text) {
  const auto value = base::parse_json(text);
  return value ? base::write_json(*value) : "error: " + value.error();
}

TEST(Json, WritesWhatItRead) {
  for (const auto* text :
       {"null", "true", "false", "0", "-1", "9223372036854775807", "18446744073709551615", "0.42", "-0.5",
        "1e+300", "\"\"", "\"Ä€😀\"", "[]", "{}", R"([1,"a",null,[true],{"b":2}])",
        R"({"z":1,"a":{"y":2,"b":3}})", R"("\"\\\n\r\t")"}) {
    EXPECT_EQ(round_trip(text), text);
  }
}

TEST(Json, NumbersAreTheShortestThatReadBackEqual) {
  EXPECT_EQ(base::write_json(0.1), "0.1");
  EXPECT_EQ(base::write_json(0.0313), "0.0313");
  EXPECT_EQ(base::write_json(1.0 / 3), "0.3333333333333333");
  EXPECT_EQ(base::write_json(std::numeric_limits<double>::infinity()), "null");
  EXPECT_EQ(base::write_json(std::numeric_limits<double>::quiet_NaN()), "null");
  EXPECT_EQ(round_trip("1e400"), "null");
}

TEST(Json, EscapesControlCharactersOnly) {
  EXPECT_EQ(base::write_json(base::Json(std::string_view("\0\x1f\x7f\b", 4))),
            "\"\\u0000\\u001f\x7f\\u0008\"");
  EXPECT_EQ(round_trip(R"("\u00e4\ud83d\ude00")"), "\"ä😀\"");
}

TEST(Json, SortedTextIsTheSameForEqualValues) {
  const auto a = base::parse_json(R"({"b":1,"a":{"d":[{"y":1,"x":2}],"c":3}})");
  const auto b = base::parse_json(R"({"a":{"c":3,"d":[{"x":2,"y":1}]},"b":1})");
  EXPECT_EQ(base::write_json_sorted(*a), R"({"a":{"c":3,"d":[{"x":2,"y":1}]},"b":1})");
  EXPECT_EQ(base::write_json_sorted(*a), base::write_json_sorted(*b));
  EXPECT_NE(base::write_json(*a), base::write_json(*b));
}

TEST(Json, RefusesWhatIsNone) {
  for (const auto* bad : {"", " ", "{", "[1,]", "{\"a\":}", "tru", "'a'", "1 2", "{a:1}", "\"\n\"", "01",
                          "+1", "\"\xFF\"", "\"\xC0\xAF\"", "\"\\ud800\"", "NaN", "[1] x"}) {
    EXPECT_FALSE(base::parse_json(bad)) << bad;
  }
}

TEST(Json, ErrorsDoNotRepeatTheInput) {
  const auto value = base::parse_json(R"({"password":"hunter2",})");
  ASSERT_FALSE(value);
  EXPECT_THAT(value.error(), Not(HasSubstr("hunter2")));
}

TEST(Json, DepthIsLimited) {
  const auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
  EXPECT_TRUE(base::parse_json(nested(base::kJsonDepth)));
  EXPECT_FALSE(base::parse_json(nested(base::kJsonDepth + 1)));
  EXPECT_FALSE(base::parse_json(nested(1'000'000)));
  EXPECT_TRUE(base::parse_json(nested(3), 3));
  EXPECT_FALSE(base::parse_json(nested(4), 3));
}

TEST(Json, OfMembersGivenTwiceTheLastCounts) { EXPECT_EQ(round_trip(R"({"a":1,"a":2})"), R"({"a":2})"); }

TEST(Json, WireTexts) {
  for (const auto& [json, text] : {std::pair{"true", "1"},
                                   {"false", "0"},
                                   {"7", "7"},
                                   {"0.42", "0.42"},
                                   {R"("a b")", "a b"},
                                   {R"("")", ""}}) {
    EXPECT_EQ(base::wire_text(*base::parse_json(json)), text);
  }
}

}  // namespace
