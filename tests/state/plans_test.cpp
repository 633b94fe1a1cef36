#include "state/plans.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <fstream>
#include <iterator>
#include <regex>

#include "state/state_folder.h"

namespace {

using guard::Plans;
using state::Decision;
using testing::HasSubstr;
using testing::Not;
using Needs = Plans::Needs;
using Verdict = Plans::Verdict;

/// A server process of the folder.
struct Server {
  explicit Server(const test::StateFolder& folder, const base::Clock& clock,
                  std::string cluster = "https://pve")
      : database(folder.finder()),
        key("", folder.finder()),
        own(clock),
        plans(database, key, clock, std::move(cluster), &own) {}
  state::Database database;
  state::RecordKey key;
  guard::PlansInProcess own;
  state::StoredPlans plans;
};

class StoredPlansTest : public testing::Test {
 protected:
  std::string issue() { return one_.plans.issue(planned_, text_).value_or("none"); }
  static Verdict spend(Server& server, const std::string& id, const guard::Planned& now,
                       Needs needs = Needs::Id) {
    const auto spent = server.plans.spend(id, now, needs);
    EXPECT_TRUE(spent) << spent.error();
    return spent ? spent->verdict : Verdict::Unknown;
  }
  std::int64_t now() const {
    return std::chrono::floor<std::chrono::seconds>(clock_.wall()).time_since_epoch().count();
  }
  std::vector<state::Plan> listed() { return *state::list_plans(two_.database, now()); }

  test::StateFolder folder_;
  base::ManualClock clock_;
  Server one_{folder_, clock_};
  Server two_{folder_, clock_};
  guard::Planned planned_{"laptop", R"(pve_set_password {"password":"a secret"})", R"({"vmid":"118"})",
                          "as it is"};
  guard::PlanText text_{"pve_delete_qemu_vm", "VM 118 (web01) on pve1", "Plan: …"};
};

TEST_F(StoredPlansTest, AreAcceptedOnceByAnyServerOfTheFolder) {
  const auto id = issue();
  EXPECT_TRUE(std::regex_match(id, std::regex("[0-9a-f]{12}"))) << id;
  EXPECT_EQ(spend(two_, id, planned_), Verdict::Fits);
  EXPECT_EQ(spend(one_, id, planned_), Verdict::Unknown);
  EXPECT_EQ(spend(two_, id, planned_), Verdict::Unknown);
  EXPECT_THAT(one_.plans.reach(),
              HasSubstr("Every server that uses the state folder " + folder_.path().string()));
}

TEST_F(StoredPlansTest, AreNotAcceptedAfterTenMinutes) {
  const auto id = issue();
  clock_.advance(Plans::kGoodFor);
  EXPECT_EQ(spend(two_, id, planned_), Verdict::Unknown);
  EXPECT_TRUE(listed().empty());
}

TEST_F(StoredPlansTest, AreBoundToCallerCallObjectAndCluster) {
  auto other = planned_;
  other.caller = "phone";
  const auto id = issue();
  EXPECT_EQ(spend(two_, id, other), Verdict::Unknown);
  other = planned_;
  other.call = "another call";
  EXPECT_EQ(spend(two_, id, other), Verdict::OtherCall);
  Server elsewhere(folder_, clock_, "https://other");
  EXPECT_EQ(spend(elsewhere, id, planned_), Verdict::OtherCall);
  other = planned_;
  other.object = R"({"vmid":"118","uuid":"x"})";
  const auto spent = *two_.plans.spend(id, other, Needs::Id);
  EXPECT_EQ(spent.verdict, Verdict::OtherObject);
  EXPECT_EQ(spent.object, planned_.object);
  EXPECT_EQ(spend(two_, id, planned_), Verdict::Unknown) << "the id is used up";
  other = planned_;
  other.state = "with one disk more";
  EXPECT_EQ(spend(two_, issue(), other), Verdict::Changed);
}

TEST_F(StoredPlansTest, NeedAPersonWhereThatIsSet) {
  const auto id = issue();
  EXPECT_EQ(spend(one_, id, planned_, Needs::Person), Verdict::Undecided);
  ASSERT_TRUE(*state::decide_plan(two_.database, id, Decision::Approved, "ann", now()));
  const auto spent = *one_.plans.spend(id, planned_, Needs::Person);
  EXPECT_EQ(spent.verdict, Verdict::Fits);
  EXPECT_EQ(spent.by, "ann");
  EXPECT_EQ(spend(one_, id, planned_, Needs::Person), Verdict::Unknown);
}

TEST_F(StoredPlansTest, ARejectedOneLetsNoCallThrough) {
  const auto id = issue();
  ASSERT_TRUE(*state::decide_plan(two_.database, id, Decision::Approved, "ann", now()));
  ASSERT_TRUE(*state::decide_plan(two_.database, id, Decision::Rejected, "bob", now()));
  const auto spent = *one_.plans.spend(id, planned_, Needs::Id);
  EXPECT_EQ(spent.verdict, Verdict::Rejected);
  EXPECT_EQ(spent.by, "bob");
  const auto before = *state::decide_plan(two_.database, id, Decision::Approved, "ann", now());
  EXPECT_EQ(before->decision, Decision::Rejected);
  EXPECT_EQ(spend(one_, id, planned_), Verdict::Rejected) << "a rejection is final";
}

TEST_F(StoredPlansTest, AreListedWithWhatAPersonMustKnow) {
  const auto id = issue();
  const auto plans = listed();
  ASSERT_EQ(plans.size(), 1U);
  const auto& plan = plans.front();
  EXPECT_EQ(plan.id, id);
  EXPECT_EQ(plan.caller, "laptop");
  EXPECT_EQ(plan.tool, "pve_delete_qemu_vm");
  EXPECT_EQ(plan.object, "VM 118 (web01) on pve1");
  EXPECT_EQ(plan.text, "Plan: …");
  EXPECT_EQ(plan.issued, now());
  EXPECT_EQ(plan.until, now() + 600);
  EXPECT_EQ(plan.decision, Decision::Open);
  EXPECT_EQ(spend(one_, id, planned_), Verdict::Fits);
  EXPECT_TRUE(listed().empty());
  EXPECT_EQ((*state::find_plan(two_.database, id, now()))->decision, Decision::Spent);
}

TEST_F(StoredPlansTest, ListingMakesNoDatabase) {
  EXPECT_TRUE(listed().empty());
  EXPECT_FALSE(*state::find_plan(two_.database, "000000000000", now()));
  EXPECT_FALSE(std::filesystem::exists(folder_.path()));
}

TEST_F(StoredPlansTest, NoSecretOfTheCallReachesTheDisk) {
  issue();
  for (const auto& entry : std::filesystem::directory_iterator(folder_.path())) {
    std::ifstream in(entry.path(), std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(in), {}};
    EXPECT_THAT(bytes, Not(HasSubstr("a secret"))) << entry.path();
  }
}

TEST_F(StoredPlansTest, LiveInTheProcessWhereTheFolderCannotBeMade) {
  std::ofstream(folder_.path()) << "a file in its place";
  const auto id = issue();
  EXPECT_FALSE(one_.plans.are_shared());
  EXPECT_EQ(one_.plans.reach(), "No other server process accepts it, and it is lost when this one stops.");
  EXPECT_EQ(spend(two_, id, planned_), Verdict::Unknown);
  EXPECT_EQ(spend(one_, id, planned_), Verdict::Fits);
}

TEST_F(StoredPlansTest, AnIdFromBeforeTheDatabaseStaysValid) {
  std::ofstream(folder_.path()) << "a file in its place";
  const auto id = issue();
  std::filesystem::remove(folder_.path());
  issue();
  EXPECT_EQ(spend(one_, id, planned_), Verdict::Fits);
}

TEST_F(StoredPlansTest, NoneIsIssuedWhereTheDatabaseIsRequired) {
  std::ofstream(folder_.path()) << "a file in its place";
  state::StoredPlans strict(one_.database, one_.key, clock_, "https://pve", nullptr);
  const auto none = strict.issue(planned_, text_);
  ASSERT_FALSE(none);
  EXPECT_THAT(none.error(), HasSubstr("Set PVE_STATE_DIR"));
}

TEST_F(StoredPlansTest, NoneIsIssuedWhenTheDatabaseIsDamaged) {
  issue();
  std::ofstream(folder_.file("state.db"), std::ios::trunc) << "no database at all, but with some bytes";
  Server other(folder_, clock_);
  EXPECT_FALSE(other.plans.issue(planned_, text_));
  EXPECT_FALSE(other.plans.spend("000000000000", planned_, Needs::Id));
}

TEST_F(StoredPlansTest, TheOldestOfACallerWithManyIsForgotten) {
  const auto first = issue();
  const auto second = issue();
  for (std::size_t i = 2; i < Plans::kMostOfOne; ++i) issue();
  const auto last = issue();
  EXPECT_EQ(spend(one_, first, planned_), Verdict::Unknown);
  EXPECT_EQ(spend(one_, second, planned_), Verdict::Fits);
  EXPECT_EQ(spend(one_, last, planned_), Verdict::Fits);
}

TEST_F(StoredPlansTest, OfManyProcessesWithTheSameIdOneIsLetThrough) {
  constexpr int kRounds = 10;
  constexpr int kProcesses = 4;
  std::vector<std::string> ids;
  {
    // SQLite's files must not be open across a fork.
    Server first(folder_, clock_);
    for (int round = 0; round < kRounds; ++round) ids.push_back(*first.plans.issue(planned_, text_));
  }
  std::vector<pid_t> children;
  for (int process = 0; process < kProcesses; ++process) {
    const auto child = ::fork();
    if (child == 0) {
      Server own(folder_, clock_);
      int fits = 0;
      for (const auto& id : ids) {
        const auto spent = own.plans.spend(id, planned_, Needs::Id);
        if (!spent) ::_exit(99);
        fits += spent->verdict == Verdict::Fits ? 1 : 0;
      }
      ::_exit(fits);
    }
    children.push_back(child);
  }
  int together = 0;
  for (const auto child : children) {
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFEXITED(status));
    together += WEXITSTATUS(status);
  }
  EXPECT_EQ(together, kRounds);
}

}  // namespace
