#include "base/plural.h"

#include <gtest/gtest.h>

namespace {

TEST(Plural, OneIsSingular) {
  EXPECT_EQ(base::count_of(1, "entries"), "1 entry");
  EXPECT_EQ(base::count_of(1, "aliases"), "1 alias");
  EXPECT_EQ(base::count_of(1, "services"), "1 service");
  EXPECT_EQ(base::count_of(1, "VMs"), "1 VM");
  EXPECT_EQ(base::count_of(1, "guests without a backup job"), "1 guest without a backup job");
  EXPECT_EQ(base::count_of(0, "entries"), "0 entries");
  EXPECT_EQ(base::count_of(2, "aliases"), "2 aliases");
}

}  // namespace
