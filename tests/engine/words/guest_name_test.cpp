#include "engine/words/guest_name.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const std::vector<pve::Guest> kGuests{{100, "web01", "pve1", false},
                                      {101, "db", "pve1", false},
                                      {202, "DB", "pve2", true},
                                      {203, "", "pve2", true},
                                      {204, "db", "pve2", true}};

std::vector<std::int64_t> numbers(std::string_view name) {
  std::vector<std::int64_t> all;
  for (const auto* guest : engine::named(name, kGuests)) all.push_back(guest->vmid);
  return all;
}

TEST(GuestName, PrefersTheExactCase) {
  EXPECT_THAT(numbers("web01"), ElementsAre(100));
  EXPECT_THAT(numbers("WEB01"), ElementsAre(100));
  EXPECT_THAT(numbers("db"), ElementsAre(101, 204));
  EXPECT_THAT(numbers("DB"), ElementsAre(202));
  EXPECT_THAT(numbers("Db"), ElementsAre(101, 202, 204));
  EXPECT_THAT(numbers("web"), IsEmpty());
  EXPECT_THAT(numbers(""), IsEmpty()) << "an empty name matches no guest";
}

TEST(GuestName, IsReadInTheFormThatCompletionOffers) {
  for (const auto* text : {"100", "100 (web01)", "100 (a (b))"}) {
    const auto written = engine::written_guest(text);
    ASSERT_TRUE(written) << text;
    EXPECT_EQ(written->vmid, 100);
    EXPECT_EQ(engine::shown_guest(written->vmid, written->name), text);
  }
  for (const auto* text : {"", "web01", "100 ()", "100 (web01", "100(web01)", "100 web01", " (web01)", "-1",
                           "99999999999999999999"})
    EXPECT_FALSE(engine::written_guest(text)) << text;
}

TEST(GuestName, OfAnotherGuestIsReported) {
  EXPECT_FALSE(engine::misnamed({100, ""}, kGuests[0]));
  EXPECT_FALSE(engine::misnamed({100, "Web01"}, kGuests[0]));
  EXPECT_FALSE(engine::misnamed({203, "any"}, kGuests[3])) << "PVE does not tell its name";
  EXPECT_EQ(engine::misnamed({100, "db"}, kGuests[0]),
            "guest 100 is named web01, not db; another guest may have got this number. Give the number "
            "alone, or with its present name.");
}

TEST(GuestName, IsShownWithoutControlCharacters) {
  EXPECT_EQ(engine::kind_and_name({100, "a\x1b[31m", "pve1", false}), "VM 100 (a\xEF\xBF\xBD[31m)");
  EXPECT_EQ(engine::kind_and_name({200, "", "pve1", true}), "container 200");
}

}  // namespace
