#include "pve/version.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/scripted_pve.h"

namespace {

using testing::IsEmpty;
using testing::Optional;
using testing::SizeIs;

class ConnectedVersionTest : public testing::Test {
 protected:
  void says(const std::string& version) {
    http_.answer("GET /version", R"({"version":")" + version + R"("})");
  }
  std::optional<std::string> get() { return version_.get({}); }

  test::ScriptedPve http_;
  base::ManualClock clock_;
  pve::Client client_{http_, {"root@pam!t", "secret", ""}, {"https://pve:8006", std::chrono::seconds{1}, {}}};
  pve::ConnectedVersion version_{client_, clock_};
};

TEST_F(ConnectedVersionTest, IsAskedWhenItIsNeededAndRemembered) {
  EXPECT_THAT(http_.asked(), IsEmpty());
  says("8.4.14");
  EXPECT_THAT(get(), Optional(std::string("8.4.14")));
  EXPECT_THAT(get(), Optional(std::string("8.4.14")));
  EXPECT_THAT(http_.asked(), SizeIs(1));
}

TEST_F(ConnectedVersionTest, FollowsAnUpgrade) {
  says("8.4.14");
  get();
  says("9.2.11");
  clock_.advance(std::chrono::minutes{4});
  EXPECT_THAT(get(), Optional(std::string("8.4.14")));
  clock_.advance(std::chrono::minutes{1});
  EXPECT_THAT(get(), Optional(std::string("9.2.11")));
}

TEST_F(ConnectedVersionTest, IsUnknownWhenPveDoesNotSayAndAskedAgain) {
  http_.refuse("GET /version", 500, "no quorum", "");
  EXPECT_EQ(get(), std::nullopt);
  says("9.2.11");
  EXPECT_THAT(get(), Optional(std::string("9.2.11")));
}

}  // namespace
