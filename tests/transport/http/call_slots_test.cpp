#include "transport/http/call_slots.h"

#include <gtest/gtest.h>

#include <vector>

namespace transport {
namespace {

TEST(CallSlots, AreOfEachCaller) {
  CallSlots slots(2);
  auto one = slots.enter("alice");
  const auto two = slots.enter("alice");
  EXPECT_TRUE(one && two);
  EXPECT_FALSE(slots.enter("alice"));
  EXPECT_TRUE(slots.enter("bob"));
  one.reset();
  EXPECT_TRUE(slots.enter("alice"));
}

TEST(CallSlots, CallersWithoutANameAreNotCounted) {
  CallSlots slots(1);
  std::vector<std::shared_ptr<const void>> held;
  for (int i = 0; i < 10; ++i) held.push_back(slots.enter(""));
  for (const auto& slot : held) EXPECT_TRUE(slot);
}

}  // namespace
}  // namespace transport
