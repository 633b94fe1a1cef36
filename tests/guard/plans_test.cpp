#include "guard/plans.h"

#include <gtest/gtest.h>

#include <regex>
#include <set>
#include <string>

namespace {

using Verdict = guard::Plans::Verdict;

constexpr std::chrono::minutes kGoodFor = guard::Plans::kGoodFor;

class PlansTest : public testing::Test {
 protected:
  std::string issue(const guard::Planned& planned) { return plans_.issue(planned, {}).value_or("none"); }
  Verdict spend(const std::string& id, const guard::Planned& now) {
    return plans_.spend(id, now, guard::Plans::Needs::Id)->verdict;
  }

  base::ManualClock clock_;
  guard::PlansInProcess plans_{clock_};
  guard::Planned planned_{"laptop", R"(pve_delete_qemu_vm {"vmid":118})", "VM 118", "as it is"};
};

TEST_F(PlansTest, AcceptAnIdOnce) {
  const auto id = issue(planned_);
  EXPECT_TRUE(std::regex_match(id, std::regex("[0-9a-f]{12}"))) << id;
  EXPECT_EQ(spend(id, planned_), Verdict::Fits);
  EXPECT_EQ(spend(id, planned_), Verdict::Unknown);
}

TEST_F(PlansTest, IssueANewIdEachTime) {
  std::set<std::string> ids;
  for (int i = 0; i < 100; ++i) ids.insert(issue(planned_));
  EXPECT_EQ(ids.size(), 100U);
  for (const auto* const no : {"", "0", "000000000000", "nonsense"})
    EXPECT_EQ(spend(no, planned_), Verdict::Unknown);
}

TEST_F(PlansTest, ForgetAnIdAfterTenMinutes) {
  const auto first = issue(planned_);
  clock_.advance(kGoodFor - std::chrono::milliseconds(1));
  const auto second = issue(planned_);
  EXPECT_EQ(spend(first, planned_), Verdict::Fits);
  clock_.advance(kGoodFor);
  EXPECT_EQ(spend(second, planned_), Verdict::Unknown);
}

TEST_F(PlansTest, DoNotAcceptTheIdOfAnotherCaller) {
  const auto id = issue(planned_);
  auto other = planned_;
  other.caller = "phone";
  EXPECT_EQ(spend(id, other), Verdict::Unknown);
  EXPECT_EQ(spend(id, planned_), Verdict::Fits) << "the other caller must not use it up";
}

TEST_F(PlansTest, KeepAnIdThatCameWithAnotherCall) {
  const auto id = issue(planned_);
  auto other = planned_;
  other.call = R"(pve_delete_qemu_vm {"vmid":119})";
  EXPECT_EQ(spend(id, other), Verdict::OtherCall);
  EXPECT_EQ(spend(id, planned_), Verdict::Fits);
}

TEST_F(PlansTest, UseUpAnIdForAnotherObjectAndReturnTheOldOne) {
  const auto id = issue(planned_);
  auto other = planned_;
  other.object = "another VM 118";
  const auto spent = *plans_.spend(id, other, guard::Plans::Needs::Id);
  EXPECT_EQ(spent.verdict, Verdict::OtherObject);
  EXPECT_EQ(spent.object, "VM 118");
  EXPECT_EQ(spend(id, planned_), Verdict::Unknown);
}

TEST_F(PlansTest, UseUpAnIdForAChangedObject) {
  const auto id = issue(planned_);
  auto other = planned_;
  other.state = "with one disk more";
  EXPECT_EQ(spend(id, other), Verdict::Changed);
  EXPECT_EQ(spend(id, planned_), Verdict::Unknown);
}

TEST_F(PlansTest, LetNoCallThroughThatAPersonMustApprove) {
  const auto id = issue(planned_);
  EXPECT_EQ(plans_.spend(id, planned_, guard::Plans::Needs::Person)->verdict, Verdict::Undecided);
  EXPECT_FALSE(plans_.are_shared()) << "no other process can approve it";
  EXPECT_EQ(spend(id, planned_), Verdict::Fits);
}

TEST_F(PlansTest, ForgetTheOldestPlanOfACallerWithMany) {
  auto other = planned_;
  other.caller = "phone";
  const auto of_other = issue(other);
  const auto first = issue(planned_);
  const auto second = issue(planned_);
  for (std::size_t i = 2; i < guard::Plans::kMostOfOne; ++i) issue(planned_);
  const auto last = issue(planned_);
  EXPECT_EQ(spend(first, planned_), Verdict::Unknown);
  EXPECT_EQ(spend(second, planned_), Verdict::Fits);
  EXPECT_EQ(spend(last, planned_), Verdict::Fits);
  EXPECT_EQ(spend(of_other, other), Verdict::Fits);
}

}  // namespace
