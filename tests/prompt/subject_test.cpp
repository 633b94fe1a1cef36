// Values that are the name of nothing, with lists of names that are made up.
#include "prompt/subject.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <condition_variable>
#include <functional>
#include <mutex>

#include "base/text.h"

namespace {

using testing::HasSubstr;
using testing::Not;

constexpr tool::Prompt kRow = {.name = "look",
                               .title = "Look",
                               .description = "Look.",
                               .arguments = {{"node", "Node", "A node.", tool::Completes::Node, "any"},
                                             {"pool", "Pool", "A pool.", tool::Completes::Pool, "any"},
                                             {"guest", "Guest", "A guest.", tool::Completes::Guest, "any"}},
                               .instructions = "Look."};

constexpr tool::Prompt kDrill = {
    .name = "drill",
    .title = "Drill",
    .description = "Drill.",
    .arguments = {{"storage", "Storage", "A storage.", tool::Completes::BackupStorage, "any"}},
    .instructions = "Drill."};

class FakeNames final : public engine::Names {
 public:
  std::optional<std::vector<std::string>> names_if_unknown(tool::Completes kind, std::string_view value,
                                                           const mcp::Caller& /*caller*/,
                                                           const std::stop_token& stop) override {
    {
      const std::scoped_lock lock(mutex_);
      asked.emplace_back(value);
    }
    return answer(kind, stop);
  }

  std::optional<std::string> content(std::string_view /*storage*/, const mcp::Caller& /*caller*/,
                                     const std::stop_token& /*stop*/) override {
    return holds;
  }

  std::function<std::optional<std::vector<std::string>>(tool::Completes, const std::stop_token&)> answer;
  std::optional<std::string> holds;
  std::vector<std::string> asked;

 private:
  std::mutex mutex_;
};

std::optional<std::string> unknown(FakeNames& names, const prompt::Values& values,
                                   const tool::Prompt& row = kRow) {
  return prompt::unknown_name(row, values, names, {}, {}, std::chrono::seconds(1));
}

TEST(UnknownName, OnlyWhatIsGivenAndHasAListIsAskedFor) {
  FakeNames names;
  names.answer = [](auto, const auto&) { return std::nullopt; };
  EXPECT_FALSE(unknown(names, {}));
  EXPECT_FALSE(unknown(names, {{"guest", "100"}}));
  EXPECT_TRUE(names.asked.empty());
  EXPECT_FALSE(unknown(names, {{"node", "pve1"}, {"pool", "a"}, {"guest", "100"}}));
  EXPECT_EQ(names.asked.size(), 2U);
}

TEST(UnknownName, AListThatHangsHidesNoOther) {
  FakeNames names;
  names.answer = [](tool::Completes kind,
                    const std::stop_token& stop) -> std::optional<std::vector<std::string>> {
    if (kind == tool::Completes::Pool) return std::vector<std::string>{"lab"};
    std::mutex mutex;
    std::condition_variable_any changed;
    std::unique_lock lock(mutex);
    changed.wait(lock, stop, [] { return false; });
    return std::nullopt;
  };
  EXPECT_FALSE(unknown(names, {{"node", "x"}}));
  EXPECT_EQ(unknown(names, {{"node", "x"}, {"pool", "y"}}),
            "pool: no pool 'y' among the 1 that the API token may see: lab.");
}

TEST(UnknownName, ManyNamesAreCutAndHostileOnesAreHarmless) {
  FakeNames names;
  names.answer = [](auto, const auto&) {
    std::vector<std::string> all = {"a\x1b[31m\n" + std::string(500, 'a')};
    for (int i = 10; i < 60; ++i) all.push_back(fmt::format("n{}", i));
    return all;
  };
  const auto text = unknown(names, {{"node", "n5x"}}).value_or("");
  EXPECT_THAT(text, HasSubstr("node: no node 'n5x' among the 51 "));
  EXPECT_THAT(text, HasSubstr(", n28 and 31 more."));
  EXPECT_THAT(text, Not(HasSubstr("n29")));
  EXPECT_FALSE(base::has_control(text));
  EXPECT_LT(text.size(), 500U);
}

TEST(UnknownName, AStorageWithoutBackupsIsToldFromNone) {
  FakeNames names;
  names.answer = [](auto, const auto&) { return std::vector<std::string>{"local", "nas"}; };
  EXPECT_EQ(
      unknown(names, {{"storage", "nass"}}, kDrill),
      "storage: no enabled backup storage 'nass' among the 2 that the API token may see (did you mean nas?): "
      "local, nas.");
  names.holds = "images,rootdir";
  EXPECT_EQ(unknown(names, {{"storage", "local-lvm"}}, kDrill),
            "storage: local-lvm holds no backups (content images,rootdir); these do: local, nas.");
  names.answer = [](auto, const auto&) { return std::vector<std::string>{}; };
  EXPECT_EQ(unknown(names, {{"storage", "local-lvm"}}, kDrill),
            "storage: local-lvm holds no backups (content images,rootdir); no other storage that the API "
            "token may see holds any.");
}

}  // namespace
