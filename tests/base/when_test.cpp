#include "base/when.h"

#include <gtest/gtest.h>

namespace {

std::int64_t date(std::string_view text) {
  const auto read = base::parse_date(text);
  return read ? read->epoch : -1;
}

TEST(When, DatesAreUtcUnlessTheyNameAZone) {
  EXPECT_EQ(date("1970-01-02"), 86400);
  EXPECT_EQ(date("2026-05-28 20:26:40"), 1780000000);
  EXPECT_EQ(date("2026-05-28T20:26:40Z"), 1780000000);
  EXPECT_EQ(date("2026-05-28 20:26:40 UTC"), 1780000000);
  EXPECT_EQ(date("2026-05-28 22:26:40+02:00"), 1780000000);
  EXPECT_EQ(date("2026-05-28 16:56:40 -0330"), 1780000000);
  EXPECT_TRUE(base::parse_date("2026-05-28 20:26Z")->zoned);
  EXPECT_FALSE(base::parse_date("2026-05-28 20:26")->zoned);
}

TEST(When, NothingElseIsADate) {
  for (const auto* text :
       {"", "2026", "2026-02-30", "2026-13-01", "1969-12-31", "2026-05-28 24:00", "2026-05-28 2",
        "2026-05-28 20:60", "2026-05-28 20:26:40 CET", "2026-05-28 20:26:40+15:00", "26-05-28",
        "2026-05-28 20:26 +", "2026-05-28x", "+026-05-28"})
    EXPECT_EQ(date(text), -1) << text;
}

TEST(When, AgesHaveAUnit) {
  EXPECT_EQ(base::parse_age("90s"), 90);
  EXPECT_EQ(base::parse_age("1.5h"), 5400);
  EXPECT_EQ(base::parse_age("7d"), 604800);
  EXPECT_EQ(base::parse_age("2W"), 1209600);
  for (const auto* text : {"", "7", "d", "-1d", "7dd", "7 d", "1e99d", "4G"})
    EXPECT_FALSE(base::parse_age(text)) << text;
}

TEST(When, ATimeIsAnEpochADateOrAnAge) {
  EXPECT_EQ(base::parse_time("1780000000", 5), 1780000000);
  EXPECT_EQ(base::parse_time("2h", 10000), 2800);
  EXPECT_EQ(base::parse_time(" 1970-01-02 ", 0), 86400);
  EXPECT_FALSE(base::parse_time("yesterday", 0));
  EXPECT_FALSE(base::parse_time("99999999999999999999", 0));
}

TEST(When, TextIsUtc) {
  EXPECT_EQ(base::date_text(1780000000), "2026-05-28 20:26:40");
  EXPECT_EQ(base::date_text(0), "0");
  EXPECT_EQ(base::date_text(253402300800), "253402300800");
}

}  // namespace
