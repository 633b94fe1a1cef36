#include "engine/guest_name.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

using testing::HasSubstr;

const std::vector<pve::Guest> kGuests{{100, "web01", "pve1", false},
                                      {101, "db", "pve1", false},
                                      {202, "DB", "pve2", true},
                                      {203, "", "pve2", true},
                                      {204, "999", "pve2", true}};

TEST(GuestName, FindsTheGuest) {
  for (const auto& [text, vmid] :
       std::initializer_list<std::pair<std::string_view, std::int64_t>>{{"100", 100},
                                                                        {"100 (web01)", 100},
                                                                        {"100 (WEB01)", 100},
                                                                        {"web01", 100},
                                                                        {"Web01", 100},
                                                                        {"203", 203},
                                                                        {"203 (any)", 203},
                                                                        {"999", 204}}) {
    const auto guest = engine::guest_named(text, kGuests);
    ASSERT_TRUE(guest) << text << ": " << guest.error();
    EXPECT_EQ(guest->vmid, vmid) << text;
  }
}

TEST(GuestName, SaysWhyThereIsNone) {
  const auto why = [](std::string_view text) {
    const auto guest = engine::guest_named(text, kGuests);
    return guest ? std::string("found") : guest.error();
  };
  EXPECT_EQ(why("300"), "There is no guest 300 among the 5 that this token may see.");
  EXPECT_EQ(why("300 (web02)"),
            "There is no guest 300 (web02) among the 5 that this token may see; did you mean web01?");
  EXPECT_EQ(why("web02"),
            "There is no guest named web02 among the 5 that this token may see; did you mean web01?");
  EXPECT_EQ(why("100 (db)"),
            "Guest 100 is called web01, not db: the number may have become another guest's. Give the number "
            "alone, or with the name it has.");
  EXPECT_EQ(why("db"), "Several guests are named db, 101 and 202 among them: give the number.");
  EXPECT_THAT(why("\x1b[31m"), HasSubstr("named \xEF\xBF\xBD[31m among"));
  EXPECT_THAT(why(""), HasSubstr("no guest named"));
}

}  // namespace
