#include "tool/columns.h"

#include <gtest/gtest.h>

namespace {

constexpr tool::Columns kColumns = "vmid mem/maxmem lock";

static_assert(kColumns.size() == 3 && kColumns[1].label == "mem/maxmem");

TEST(Columns, HaveAKeyAndItsLimit) {
  EXPECT_EQ(kColumns[0].key, "vmid");
  EXPECT_EQ(kColumns[0].whole, "");
  EXPECT_EQ(kColumns[1].key, "mem");
  EXPECT_EQ(kColumns[1].whole, "maxmem");
  EXPECT_EQ(kColumns[2].label, "lock");
  EXPECT_TRUE(tool::Columns("").empty());
}

TEST(Columns, RefuseWhatTheCompilerWouldRefuse) {
  EXPECT_THROW(tool::Columns("a  b"), std::invalid_argument);
  EXPECT_THROW(tool::Columns("a "), std::invalid_argument);
  EXPECT_THROW(tool::Columns(std::string(300, 'x').c_str()), std::length_error);
}

}  // namespace
