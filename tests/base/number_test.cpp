#include "base/number.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <string_view>

#include "base/ascii.h"

namespace {

using base::parse_hex;
using base::parse_number;
using base::take_number;

TEST(ParseNumber, ReadsTheWholeText) {
  EXPECT_EQ(parse_number<std::int64_t>("100"), 100);
  EXPECT_EQ(parse_number<std::int64_t>("-7"), -7);
  EXPECT_EQ(parse_number<std::int64_t>("007"), 7);
  EXPECT_EQ(parse_number<double>("1.5"), 1.5);
  EXPECT_EQ(parse_number<double>("-2e3"), -2000);
}

TEST(ParseNumber, RefusesBlanksPlusAndWhatFollows) {
  for (const auto* text : {"", " ", " 1", "1 ", "+1", "1x", "0x10", "1.0", "1e3", "--1", "-", "\t1", "1\n"})
    EXPECT_FALSE(parse_number<std::int64_t>(text)) << '"' << text << '"';
  for (const auto* text : {"", " 1.5", "1.5 ", "+1.5", "1.5x", "0x1p3", "1,5", "-", "."})
    EXPECT_FALSE(parse_number<double>(text)) << '"' << text << '"';
}

TEST(ParseNumber, RefusesWhatTheTypeCannotHold) {
  EXPECT_EQ(parse_number<std::int64_t>("9223372036854775807"), std::numeric_limits<std::int64_t>::max());
  EXPECT_FALSE(parse_number<std::int64_t>("9223372036854775808"));
  EXPECT_EQ(parse_number<std::uint16_t>("65535"), 65535);
  EXPECT_FALSE(parse_number<std::uint16_t>("65536"));
  EXPECT_FALSE(parse_number<unsigned>("-1"));
  EXPECT_FALSE(parse_number<unsigned>("-0"));
  EXPECT_FALSE(parse_number<double>("1e999"));
}

TEST(ParseNumber, RefusesWhatIsNotFinite) {
  for (const auto* text : {"inf", "-inf", "infinity", "nan", "-nan", "NaN", "nan(1)"})
    EXPECT_FALSE(parse_number<double>(text)) << text;
}

TEST(TakeNumber, LeavesWhatFollows) {
  std::string_view text = "32G,format=raw";
  EXPECT_EQ(take_number<unsigned>(text), 32U);
  EXPECT_EQ(text, "G,format=raw");
  text = "1.5G";
  EXPECT_EQ(take_number<double>(text), 1.5);
  EXPECT_EQ(text, "G");
}

TEST(TakeNumber, LeavesTheTextAsItWasWhenThereIsNone) {
  for (const std::string_view given : {"", "G32", "+1", "99999999999", " 1"}) {
    auto text = given;
    EXPECT_FALSE(take_number<unsigned>(text)) << given;
    EXPECT_EQ(text, given);
  }
}

TEST(ParseHex, ReadsDigitsOfEitherCaseWithoutAPrefix) {
  EXPECT_EQ(parse_hex<std::uint32_t>("6A3f"), 0x6A3FU);
  EXPECT_EQ(parse_hex<std::uint32_t>("FFFFFFFF"), 0xFFFFFFFFU);
  for (const auto* text : {"", "0x10", "1FFFFFFFF", "-1", " 1", "1g"})
    EXPECT_FALSE(parse_hex<std::uint32_t>(text)) << '"' << text << '"';
}

TEST(Ascii, ClassesHoldTheirCharactersOnly) {
  int digits = 0;
  int hex = 0;
  int letters = 0;
  for (int code = 0; code < 256; ++code) {
    const char c = static_cast<char>(code);
    digits += base::is_digit(c) ? 1 : 0;
    hex += base::is_hex(c) ? 1 : 0;
    letters += base::is_letter(c) ? 1 : 0;
    EXPECT_EQ(base::is_alnum(c), base::is_digit(c) || base::is_letter(c)) << code;
  }
  EXPECT_EQ(digits, 10);
  EXPECT_EQ(hex, 22);
  EXPECT_EQ(letters, 52);
}

TEST(Ascii, HexValueIsZeroToFifteen) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  for (std::size_t i = 0; i < kDigits.size(); ++i)
    EXPECT_EQ(base::hex_value(kDigits[i]), static_cast<int>(i)) << kDigits[i];
  EXPECT_EQ(base::hex_value('A'), 10);
  EXPECT_EQ(base::hex_value('F'), 15);
  for (const char c : {'g', 'G', '/', ':', '@', '`', ' ', '\xE4'}) EXPECT_EQ(base::hex_value(c), -1) << c;
}

TEST(Ascii, DigitsAreAtLeastOne) {
  EXPECT_TRUE(base::is_digits("100"));
  EXPECT_FALSE(base::is_digits(""));
  EXPECT_FALSE(base::is_digits("-1"));
  EXPECT_TRUE(base::is_hex_digits("0aF"));
  EXPECT_FALSE(base::is_hex_digits(""));
  EXPECT_FALSE(base::is_hex_digits("0x1"));
}

}  // namespace
