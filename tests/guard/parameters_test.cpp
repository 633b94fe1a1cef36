#include "guard/parameters.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

using guard::PassedParameter;
using guard::TierLimit;
using testing::ElementsAre;
using testing::IsEmpty;
using tool::Tier;

const TierLimit kFull{};
const TierLimit kExecute{.tier = Tier::ReadExecute};

std::vector<std::string> refused(std::vector<PassedParameter> passed, const TierLimit& limit) {
  return guard::refused_parameters(passed, limit);
}

TEST(Parameters, MarkedWithTheTierFullAreRefusedBelowIt) {
  const PassedParameter prune{.name = "remove", .marks = facts::kFullTier};
  EXPECT_THAT(
      refused({prune}, kExecute),
      ElementsAre("remove: needs the access tier full, but PVE_ACCESS_TIER is read-execute; leave it out"));
  EXPECT_THAT(
      refused({prune}, {.tier = Tier::ReadExecute, .reason = "the bearer token ci allows read-execute only"}),
      ElementsAre(
          "remove: needs the access tier full, but the bearer token ci allows read-execute only; leave it "
          "out"));
  EXPECT_THAT(refused({prune}, kFull), IsEmpty());
}

TEST(Parameters, OfRootAreRefusedOnEveryTier) {
  const PassedParameter args{.name = "args", .marks = facts::kRootOnly};
  for (const auto& limit : {kFull, kExecute})
    EXPECT_THAT(
        refused({args}, limit),
        ElementsAre("args: PVE accepts it only from root@pam itself, never from an API token; leave it "
                    "out"));
}

TEST(Parameters, ThatAreSwitchedOffMayBePassed) {
  EXPECT_THAT(refused({{.name = "remove", .marks = facts::kFullTier, .set = false},
                       {.name = "skiplock", .marks = facts::kRootOnly, .set = false}},
                      kExecute),
              IsEmpty());
}

TEST(Parameters, ThatAreUnknownNeedTheTierFullWithAnyValue) {
  const PassedParameter brand_new{.name = "new0", .set = false, .known = false};
  EXPECT_THAT(refused({brand_new}, kExecute),
              ElementsAre("new0: unknown to this server, so it needs the access tier full, but "
                          "PVE_ACCESS_TIER is read-execute; leave it out"));
  EXPECT_THAT(refused({brand_new}, kFull), IsEmpty());
}

}  // namespace
