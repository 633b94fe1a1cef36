#include "view/free_text.h"

#include <gtest/gtest.h>

namespace {

const std::string kProse =
    "Please read this whole sentence, which is longer than the eighty bytes of a short line.";

TEST(FreeText, IsProseOrHasSeveralLines) {
  EXPECT_TRUE(view::is_free_text("a\nb"));
  EXPECT_TRUE(view::is_free_text(kProse));
  EXPECT_FALSE(view::is_free_text("a\n"));
  EXPECT_FALSE(view::is_free_text("a short comment"));
  EXPECT_FALSE(view::is_free_text(
      "virtio=BC:24:11:00:00:64,bridge=vmbr0,firewall=1,link_down=0,mtu=1500,queues=4,rate=100,tag=20"));
}

TEST(FreeText, OfAReportIsOnlyInTheMembersThatItNames) {
  const tool::View answer;
  const tool::View report{.quoted = "description result"};
  EXPECT_TRUE(view::is_free_text(answer, "remedy", kProse));
  EXPECT_FALSE(view::is_free_text(report, "remedy", kProse));
  EXPECT_TRUE(view::is_free_text(report, "result", kProse));
  EXPECT_FALSE(view::is_free_text(report, "result", "OK"));
}

TEST(FreeText, StandsInMarkedLines) {
  EXPECT_EQ(view::marked_lines("a\r\n| b\n\nc\n", "\n  ", 100), "\n  | a\n  | | b\n  | \n  | c");
  EXPECT_EQ(view::marked_lines("a\x1b[31m\nb\xE2\x80\xAE", "\n", 100),
            "\n| a\xEF\xBF\xBD[31m\n| b\xEF\xBF\xBD");
}

TEST(FreeText, CountsWhatIsCut) {
  EXPECT_EQ(view::marked_lines("first\nsecond\nthird", "\n", 10), "\n| first\n… 12 more bytes");
  EXPECT_EQ(view::shortened("abcdef", 4), "abcd… (+2 bytes)");
  EXPECT_EQ(view::shortened("ab\xC3\xA4"
                            "f",
                            3),
            "ab… (+3 bytes)");
  EXPECT_EQ(view::shortened("a\nb"), "a b");
}

}  // namespace
