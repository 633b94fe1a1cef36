#include "state/record_key.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <thread>
#include <vector>

#include "base/keyed.h"
#include "state/state_folder.h"

namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class RecordKeyTest : public testing::Test {
 protected:
  test::StateFolder folder_;
  state::RecordKey key_{"", folder_.finder()};
};

TEST_F(RecordKeyTest, IsTheSameForAllProcessesOfTheFolder) {
  const auto first = key_.derive("label", true);
  ASSERT_TRUE(first) << first.error();
  const state::RecordKey other("", folder_.finder());
  EXPECT_EQ(*other.derive("label", false), *first);
  EXPECT_NE(*other.derive("another label", false), *first);
  EXPECT_EQ(test::StateFolder::mode(folder_.file("audit.key")), 0600U);
}

TEST_F(RecordKeyTest, IsMadeOnlyIfAsked) {
  const auto none = key_.derive("label", false);
  ASSERT_FALSE(none);
  EXPECT_THAT(none.error(), HasSubstr("audit.key, is missing"));
}

TEST_F(RecordKeyTest, IsOneForManyThreadsThatAskAtOnce) {
  constexpr int kThreads = 8;
  std::vector<std::expected<base::Digest, std::string>> keys(kThreads);
  {
    std::vector<std::jthread> threads;
    for (auto& key : keys) threads.emplace_back([&] { key = key_.derive("label", true); });
  }
  for (const auto& key : keys) {
    ASSERT_TRUE(key) << key.error();
    EXPECT_EQ(*key, *keys.front());
  }
}

TEST_F(RecordKeyTest, ComesFromTheSettingAndIsNotTheKeyOfSeals) {
  const std::string setting(32, 's');
  const state::RecordKey key(setting, folder_.finder());
  const auto derived = key.derive("label", true);
  ASSERT_TRUE(derived);
  EXPECT_NE(base::bytes_of(*derived), setting);
  EXPECT_FALSE(fs::exists(folder_.path()));
}

TEST_F(RecordKeyTest, AFileThatOthersCanReadIsRefused) {
  ASSERT_TRUE(key_.derive("label", true));
  fs::permissions(folder_.file("audit.key"), fs::perms(0640));
  const auto refused = key_.derive("label", true);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error(), HasSubstr("may be used by other users"));
}

TEST_F(RecordKeyTest, ADamagedFileIsNotReplaced) {
  ASSERT_TRUE(key_.derive("label", true));
  std::ofstream(folder_.file("audit.key"), std::ios::trunc) << "short";
  EXPECT_FALSE(key_.derive("label", true));
}

}  // namespace
