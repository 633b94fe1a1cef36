// Which kinds of guest a number or a name had lately.
#include "engine/cluster/seen_guests.h"

#include <gtest/gtest.h>

#include <memory>

namespace {

using std::chrono::minutes;

class SeenGuestsTest : public testing::Test {
 protected:
  void see(std::vector<pve::Guest> guests) {
    seen_.see(std::make_shared<const pve::Inventory>(pve::Inventory{std::move(guests)}));
  }
  /// "v" for a VM, "c" for a container, both or none.
  std::string lately(std::string_view wanted) {
    const auto kinds = seen_.recent_kinds(wanted);
    return std::string(kinds.vms ? "v" : "") + (kinds.containers ? "c" : "");
  }

  base::ManualClock clock_;
  engine::SeenGuests seen_{clock_};
};

TEST_F(SeenGuestsTest, TellsTheKindsOfANumberAndAName) {
  EXPECT_EQ(lately("100"), "") << "no list was read yet";
  see({{100, "web", "pve1", false}, {200, "dns", "pve1", true}, {201, "Web", "pve1", true}});
  EXPECT_EQ(lately("100"), "v");
  EXPECT_EQ(lately("200 (dns)"), "c");
  EXPECT_EQ(lately("DNS"), "c");
  EXPECT_EQ(lately("web"), "vc");
  EXPECT_EQ(lately("300"), "");
  EXPECT_EQ(lately(""), "");
  seen_.see(nullptr);
}

TEST_F(SeenGuestsTest, RemembersGuestsThatAreGone) {
  see({{100, "web", "pve1", false}});
  see({{100, "db", "pve1", false}});
  EXPECT_EQ(lately("web"), "v") << "the name that it had before";
  see({});
  EXPECT_EQ(lately("100"), "v");
  clock_.advance(minutes{9});
  EXPECT_EQ(lately("db"), "v");
  clock_.advance(minutes{2});
  EXPECT_EQ(lately("100") + lately("web") + lately("db"), "");
}

TEST_F(SeenGuestsTest, TellsTheLastKindOfANumber) {
  see({{100, "web", "pve1", false}});
  see({{100, "dns", "pve1", true}});
  EXPECT_EQ(lately("100"), "c");
}

TEST_F(SeenGuestsTest, RefreshesAListThatItHasSeen) {
  const auto list = std::make_shared<const pve::Inventory>(pve::Inventory{{{100, "web", "pve1", false}}});
  for (int i = 0; i < 20; ++i) {
    seen_.see(list);
    clock_.advance(minutes{1});
  }
  EXPECT_EQ(lately("100"), "v");
}

}  // namespace
