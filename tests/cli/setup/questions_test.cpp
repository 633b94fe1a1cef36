// Rules that hold for each question of setup.
#include "cli/setup/questions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "cli/arguments.h"
#include "config/table.h"

namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;

TEST(Questions, HaveAFlagThatTheCommandTakes) {
  std::set<std::string_view> flags;
  for (const auto& question : cli::questions()) {
    EXPECT_TRUE(flags.insert(question.flag).second) << question.flag;
    const std::string flag(question.flag);
    const auto arguments = question.argument.empty()
                               ? cli::parse(std::vector<const char*>{"setup", flag.c_str()})
                               : cli::parse(std::vector<const char*>{"setup", flag.c_str(), "value"});
    ASSERT_TRUE(arguments) << arguments.error();
    EXPECT_EQ(arguments->command, cli::Command::Setup);
    if (question.setting) {
      EXPECT_THAT(arguments->flags, ElementsAre(Field(&config::Flag::name, flag)));
      EXPECT_THAT(config::table(), Contains(Field(&config::Setting::flag, question.flag)));
    } else {
      EXPECT_THAT(arguments->setup, testing::SizeIs(1)) << flag;
      EXPECT_TRUE(arguments->setup.contains(question.flag));
    }
    EXPECT_TRUE(question.example.starts_with(question.flag)) << question.example;
  }
}

TEST(Questions, AreInTheHelp) {
  const auto text = cli::usage(cli::Command::Setup);
  for (const auto& question : cli::questions()) {
    EXPECT_THAT(text, HasSubstr("\n" + std::string(question.flag)));
    EXPECT_TRUE(question.help.ends_with('.')) << question.help;
    EXPECT_EQ(cli::question(question.topic).flag, question.flag);
  }
}

TEST(Questions, AFlagWithoutItsValueIsExplained) {
  const auto missing = cli::parse(std::vector<const char*>{"setup", "--host"});
  ASSERT_FALSE(missing);
  EXPECT_THAT(missing.error(), HasSubstr("--host pve.example.com"));
  const auto unknown = cli::parse(std::vector<const char*>{"setup", "--hots", "x"});
  ASSERT_FALSE(unknown);
  EXPECT_THAT(unknown.error(), HasSubstr("did you mean --host?"));
}

}  // namespace
