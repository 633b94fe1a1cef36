#include "cli/arguments.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <initializer_list>

#include "config/table.h"

namespace {

using cli::Command;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

std::expected<cli::Arguments, std::string> parse(std::initializer_list<const char*> words) {
  const std::vector<const char*> all(words);
  return cli::parse(all);
}

std::string error(std::initializer_list<const char*> words) {
  const auto arguments = parse(words);
  return arguments ? "no error" : arguments.error();
}

std::vector<std::string> flags(const cli::Arguments& arguments) {
  std::vector<std::string> texts;
  for (const auto& flag : arguments.flags) texts.push_back(flag.name + "=" + flag.value);
  return texts;
}

TEST(Arguments, ChooseTheCommand) {
  EXPECT_EQ(parse({})->command, Command::Serve);
  EXPECT_EQ(parse({"--simulate"})->command, Command::Serve);
  EXPECT_EQ(parse({"tools"})->command, Command::Tools);
  EXPECT_EQ(parse({"doctor"})->command, Command::Doctor);
  EXPECT_EQ(parse({"simulate"})->command, Command::Simulate);
  EXPECT_EQ(parse({"call", "x"})->command, Command::Call);
  EXPECT_EQ(parse({"--help"})->command, Command::Help);
  EXPECT_EQ(parse({"-h"})->command, Command::Help);
  EXPECT_EQ(parse({"call", "--help"})->command, Command::Help);
  EXPECT_EQ(parse({"call", "--help"})->topic, Command::Call);
  EXPECT_EQ(parse({"help", "doctor"})->topic, Command::Doctor);
  EXPECT_EQ(parse({"help"})->topic, std::nullopt);
  EXPECT_EQ(parse({"call", "x", "--help"})->command, Command::Tools);
  EXPECT_EQ(parse({"tools", "x"})->tool, "x");
  EXPECT_EQ(parse({"freeze"})->command, Command::Freeze);
  EXPECT_EQ(parse({"freeze", "--reason", "a b"})->reason, "a b");
  EXPECT_EQ(parse({"--state-dir=/x", "thaw"})->command, Command::Thaw);
  EXPECT_EQ(parse({"help", "thaw"})->topic, Command::Thaw);
  EXPECT_EQ(parse({"version"})->command, Command::Version);
  EXPECT_EQ(parse({"--version"})->command, Command::Version);
}

TEST(Arguments, SettingsStandBeforeOrAfterTheCommand) {
  EXPECT_THAT(flags(*parse({"--simulate", "--access-tier", "full", "call", "x", "a=1"})),
              ElementsAre("--access-tier=full", "--simulate=true"));
  const auto after = parse({"call", "x", "a=1", "b=2", "--access-tier=full", "--simulate"});
  ASSERT_TRUE(after) << after.error();
  EXPECT_THAT(flags(*after), ElementsAre("--access-tier=full", "--simulate=true"));
  EXPECT_EQ(after->tool, "x");
  EXPECT_THAT(after->pairs, ElementsAre("a=1", "b=2"));
}

TEST(Arguments, RepeatedFlagsKeepTheirOrderAndTakeOneValueEach) {
  const auto arguments = parse({"--fault", "latency=200", "--fault", "drop", "tools", "--json"});
  ASSERT_TRUE(arguments) << arguments.error();
  EXPECT_THAT(flags(*arguments), ElementsAre("--fault=latency=200", "--fault=drop"));
  EXPECT_TRUE(arguments->as_json);
}

TEST(Arguments, ValuesArriveAsTheyAre) {
  const auto arguments =
      parse({"call", "x", "notes=a b;c&d\nÄ", "empty=", "list=[1,2]", "neg=-1", "d=--force"});
  ASSERT_TRUE(arguments) << arguments.error();
  EXPECT_THAT(arguments->pairs,
              ElementsAre("notes=a b;c&d\nÄ", "empty=", "list=[1,2]", "neg=-1", "d=--force"));
  EXPECT_EQ(parse({"call", "x", "--json", R"({"a":[1,2]})"})->json, R"({"a":[1,2]})");
}

TEST(Arguments, SimulateHasItsOwn) {
  const auto arguments = parse({"simulate", "--listen", "[::1]:0", "--token", "a@pve!t=s", "--guests", "5"});
  ASSERT_TRUE(arguments) << arguments.error();
  EXPECT_EQ(arguments->listen, "[::1]:0");
  EXPECT_EQ(arguments->token, "a@pve!t=s");
  EXPECT_THAT(flags(*arguments), ElementsAre("--guests=5"));
}

TEST(Arguments, TokenHasItsOwn) {
  const auto arguments = parse({"token", "laptop", "--tier", "read-only", "--categories", "nodes,qemu"});
  ASSERT_TRUE(arguments) << arguments.error();
  EXPECT_EQ(arguments->command, Command::Token);
  EXPECT_EQ(arguments->token_name, "laptop");
  EXPECT_EQ(arguments->token_tier, "read-only");
  EXPECT_THAT(*arguments->token_categories, ElementsAre("nodes", "qemu"));
  EXPECT_THAT(flags(*arguments), IsEmpty()) << "--categories is that of the token";
  EXPECT_EQ(parse({"token", "laptop"})->token_tier, std::nullopt);
  EXPECT_EQ(parse({"token", "laptop"})->token_categories, std::nullopt);
  EXPECT_THAT(error({"token"}), HasSubstr("mcp-pve token laptop"));
  EXPECT_THAT(error({"token", "laptop", "--tiers", "x"}), HasSubstr("--tiers is not an option"));
}

TEST(Arguments, EverySettingWithAFlagIsTaken) {
  for (const auto& row : config::table()) {
    if (row.flag.empty()) continue;
    const std::string flag(row.flag);
    const auto arguments = row.argument.empty() ? parse({flag.c_str()}) : parse({flag.c_str(), "value"});
    ASSERT_TRUE(arguments) << arguments.error();
    EXPECT_THAT(flags(*arguments), ElementsAre(flag + (row.argument.empty() ? "=true" : "=value")));
  }
}

TEST(Arguments, RefuseUnknownWords) {
  EXPECT_THAT(error({"tols"}), AllOf(HasSubstr("\"tols\""), HasSubstr("did you mean tools?")));
  EXPECT_THAT(error({"--acces-tier", "full"}), HasSubstr("did you mean --access-tier?"));
  EXPECT_THAT(error({"--timeout"}), HasSubstr("--timeout"));
  EXPECT_THAT(error({"call"}), HasSubstr("name of a tool"));
  EXPECT_THAT(error({"doctor", "extra"}), HasSubstr("extra"));
}

TEST(Arguments, NeverRepeatASecret) {
  for (const auto& sentence :
       {error({"--token-secret", "hunter2"}), error({"--token-secret=hunter2"}),
        error({"--api-token=root@pam!mcp=hunter2"}), error({"root@pam!mcp=hunter2"})}) {
    EXPECT_THAT(sentence, Not(HasSubstr("hunter2")));
    EXPECT_THAT(sentence, Not(HasSubstr("no error")));
  }
  EXPECT_THAT(error({"--token-secret", "hunter2"}), HasSubstr("--token-secret-file"));
}

TEST(Usage, NamesEveryCommandAndSetting) {
  const auto text = cli::usage();
  for (const auto* word : {"with --http over HTTP", "call", "tools", "doctor", "simulate", "token NAME",
                           "--help", "--version"}) {
    EXPECT_THAT(text, HasSubstr(word));
  }
  for (const auto& row : config::table()) EXPECT_THAT(text, HasSubstr(row.variable));
  std::size_t longest = 0;
  std::size_t begin = 0;
  for (auto end = text.find('\n'); end != std::string::npos; end = text.find('\n', begin)) {
    longest = std::max(longest, end - begin);
    begin = end + 1;
  }
  EXPECT_LE(longest, 110U);
}

}  // namespace
