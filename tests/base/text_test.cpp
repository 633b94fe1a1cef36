#include "base/text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace {

using testing::ElementsAre;

TEST(Utf8, ValidAndNot) {
  for (const auto* good : {"", "a", "Ä", "€", "😀", "\xF4\x8F\xBF\xBF", "\xED\x9F\xBF"}) {
    EXPECT_TRUE(base::is_utf8(good)) << good;
  }
  for (const auto* bad : {"\x80", "\xC0\xAF", "\xC1\xBF", "\xE0\x80\x80", "\xED\xA0\x80", "\xF0\x80\x80\x80",
                          "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xC3", "a\xE2\x82", "\xFF"}) {
    EXPECT_FALSE(base::is_utf8(bad)) << testing::PrintToString(std::string(bad));
  }
}

TEST(Utf8, IsJudgedAtEveryPositionOfALongText) {
  for (std::size_t at = 0; at < 40; ++at) {
    std::string text(40, 'a');
    EXPECT_TRUE(base::is_utf8(text.insert(at, "\xE2\x82\xAC"))) << at;
    EXPECT_FALSE(base::is_utf8(text.insert(at, "\xAC"))) << at;
    EXPECT_FALSE(base::is_utf8(std::string(at, 'a') + "\xE2\x82")) << at;
  }
}

TEST(ListItems, AreSplitAsPveDoes) {
  using namespace std::string_view_literals;
  using Items = std::vector<std::string_view>;
  EXPECT_EQ(base::list_items("a,b;c d\te\nf\0g"sv), (Items{"a", "b", "c", "d", "e", "f", "g"}));
  EXPECT_EQ(base::list_items(" ,a,, ;b, "), (Items{"a", "b"}));
  EXPECT_EQ(base::list_items(""), Items{});
  EXPECT_EQ(base::list_items(" ,;"), Items{});
}

TEST(PlainText, IsWhatAnEditorWrites) {
  using namespace std::string_view_literals;
  for (const auto good : {""sv, "a\tb\r\nc\n"sv, "Ä€😀"sv}) EXPECT_TRUE(base::is_plain_text(good)) << good;
  for (const auto bad : {"\0"sv, "a = 1\n\0"sv, "\x1B[2J"sv, "\xFF\xFE"sv, "a\b"sv})
    EXPECT_FALSE(base::is_plain_text(bad)) << testing::PrintToString(bad);
}

TEST(Control, OfEveryKind) {
  using namespace std::string_view_literals;
  for (const auto bad : {"\0"sv, "a\n"sv, "\x7F"sv, "\xC2\x80"sv, "\xC2\x9F"sv, "\xFF\x01"sv}) {
    EXPECT_TRUE(base::has_control(bad)) << testing::PrintToString(bad);
  }
  for (const auto good : {""sv, "abc ~"sv, "\xC2\xA0"sv, "Ä😀"sv, "\xFF"sv})
    EXPECT_FALSE(base::has_control(good)) << good;
}

TEST(Printable, IsOneHarmlessLine) {
  EXPECT_EQ(base::printable("plain Ä"), "plain Ä");
  EXPECT_EQ(base::printable("a\nb\tc\rd"), "a b c d");
  EXPECT_EQ(base::printable("\x1b[31m"), "\xEF\xBF\xBD[31m");
  EXPECT_EQ(base::printable("a\xE2\x80\xAE"
                            "b"),
            "a\xEF\xBF\xBD"
            "b")
      << "right-to-left override";
  EXPECT_EQ(base::printable("a\xE2\x80\x8B"
                            "b"),
            "a\xEF\xBF\xBD"
            "b")
      << "zero-width space";
  EXPECT_EQ(base::printable("a\xFF"
                            "b"),
            "a\xEF\xBF\xBD"
            "b");
  EXPECT_EQ(base::printable("\xC2\x9B"
                            "31m"),
            "\xEF\xBF\xBD"
            "31m")
      << "C1";
}

TEST(Disarmed, ReplacesHiddenCharactersAndKeepsLines) {
  for (const auto* harmless : {"", "plain\n\tlines\r\n", "Ä€😀"}) EXPECT_FALSE(base::disarmed(harmless));
  EXPECT_EQ(base::disarmed("a\nÄ\xE2\x80\xAE\x1b[0m"), "a\nÄ\xEF\xBF\xBD\xEF\xBF\xBD[0m");
  EXPECT_EQ(base::disarmed("\xE2\x80\x8B\xE2\x80\xA8\x7F\xC2\x9B\xFF"),
            "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");
}

TEST(Printable, ReplacesEveryKindOfInvisibleCharacter) {
  for (const std::string_view hidden :
       {"\xC2\xAD", "\xCD\x8F", "\xD8\x9C", "\xE1\x85\x9F", "\xE1\xA0\x8E", "\xE2\x81\xAA", "\xE3\x85\xA4",
        "\xEF\xB8\x80", "\xEF\xBE\xA0", "\xEF\xBF\xB9", "\xF3\xA0\x81\x81", "\xF3\xA0\x84\x80",
        "\xF3\xA0\x87\xAF"})
    EXPECT_EQ(base::printable(hidden), "\xEF\xBF\xBD") << base::percent_encode(hidden);
  EXPECT_EQ(base::printable("\xE2\x9A\xA0\xEF\xB8\x8F"), "\xE2\x9A\xA0\xEF\xB8\x8F") << "an emoji";
}

TEST(Printable, KeepsTheLimitAndWholeLetters) {
  EXPECT_EQ(base::printable("abcdef", 3), "abc…");
  EXPECT_EQ(base::printable("abc", 3), "abc");
  EXPECT_EQ(base::printable("aÄb", 2), "a…") << "never half a letter";
  EXPECT_EQ(base::printable("", 0), "");
}

TEST(Percent, EncodesAllButTheUnreserved) {
  EXPECT_EQ(base::percent_encode("AZaz09-._~"), "AZaz09-._~");
  EXPECT_EQ(base::percent_encode("a/b?c#d%e+f g"), "a%2Fb%3Fc%23d%25e%2Bf%20g");
  EXPECT_EQ(base::percent_encode("Ä"), "%C3%84");
  EXPECT_EQ(base::percent_encode(std::string_view("\0", 1)), "%00");
}

TEST(Percent, DecodesOnce) {
  EXPECT_EQ(base::percent_decode("%252F"), "%2F");
  EXPECT_EQ(base::percent_decode("%2f%2F"), "//");
  EXPECT_EQ(base::percent_decode("%"), "%");
  EXPECT_EQ(base::percent_decode("%4"), "%4");
  EXPECT_EQ(base::percent_decode("%zz%41"), "%zzA");
  EXPECT_EQ(base::percent_decode("a+b"), "a+b");
  EXPECT_EQ(base::percent_decode("a+b%2B", true), "a b+");
}

TEST(Percent, EveryByteComesBack) {
  std::string all;
  for (int byte = 0; byte < 256; ++byte) all += static_cast<char>(byte);
  EXPECT_EQ(base::percent_decode(base::percent_encode(all)), all);
  EXPECT_EQ(base::percent_decode(base::percent_encode(all), true), all);
}

TEST(Split, KeepsEmptyParts) {
  EXPECT_THAT(base::split("", ','), ElementsAre(""));
  EXPECT_THAT(base::split("a", ','), ElementsAre("a"));
  EXPECT_THAT(base::split(",a,,b,", ','), ElementsAre("", "a", "", "b", ""));
}

TEST(Join, PutsTheSeparatorBetween) {
  const std::array<std::string_view, 3> parts = {"a", "b", "c"};
  EXPECT_EQ(base::join(parts, ", "), "a, b, c");
  EXPECT_EQ(base::join({}, ","), "");
}

TEST(Trim, TakesBlanksOffBothEnds) {
  EXPECT_EQ(base::trim(" \t\r\n a b \f\v"), "a b");
  EXPECT_EQ(base::trim("   "), "");
  EXPECT_EQ(base::trim(""), "");
}

TEST(Lower, TouchesAsciiOnly) { EXPECT_EQ(base::lower_ascii("AbZ0Ä"), "abz0Ä"); }

TEST(Nearest, FindsSlipsAndNothingElse) {
  const std::array<std::string_view, 4> words = {"read-only", "read-execute", "full", "qemu"};
  EXPECT_EQ(base::nearest("read-onyl", words), "read-only");
  EXPECT_EQ(base::nearest("FULL", words), "full");
  EXPECT_EQ(base::nearest("ful", words), "full");
  EXPECT_EQ(base::nearest("qemu-server", words), "qemu");
  EXPECT_EQ(base::nearest("administrator", words), "");
  EXPECT_EQ(base::nearest("", words), "");
  EXPECT_EQ(base::nearest("x", {}), "");
  // No typing mistake is that long, and the distance costs the product of the lengths.
  EXPECT_EQ(base::nearest("qemu" + std::string(100, 'x'), words), "");
  const std::string longest(100'000, 'q');
  EXPECT_EQ(base::nearest(longest, std::vector<std::string_view>{longest}), "");
}

}  // namespace
