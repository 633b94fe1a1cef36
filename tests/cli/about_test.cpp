// What the program prints about itself, and for shells and packages.
#include "cli/about/about.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>
#include <set>

#include "base/program.h"
#include "base/text.h"
#include "base/toml.h"
#include "cli/arguments.h"
#include "cli/known.h"
#include "cli/process.h"
#include "cli/setup/questions.h"
#include "cli/slips.h"
#include "config/table.h"

namespace {

using test::run;
using testing::HasSubstr;

TEST(About, TheVersionNamesCommitAndLibraries) {
  const auto version = run({"--version"});
  EXPECT_EQ(version.code, 0);
  EXPECT_TRUE(std::regex_search(
      version.output,
      std::regex(R"(^mcp-pve \d+\.\d+\.\d+ \(commit ([0-9a-f]{12}( with changes)?|unknown)\)\n)")))
      << version.output;
  for (const auto* name :
       {"Boost 1.", "fmt ", "CLI11 ", "toml++ ", "OpenSSL 3", "zlib 1.", "SQLite 3.", "cairo 1."})
    EXPECT_THAT(version.output, HasSubstr(name));
}

TEST(About, TheNoticesOfWhatIsInsideArePrinted) {
  const auto licences = run({"licences"});
  EXPECT_EQ(licences.code, 0);
  for (const auto* text :
       {"mcp-pve\n=======", "Inter\n=====", "Boost\n=====", "Permission is hereby granted, free of charge",
        "fmt\n===", "CLI11\n=====", "toml++\n======", "libstdc++\n=========", "Open Font License"})
    EXPECT_THAT(licences.output, HasSubstr(text));
}

TEST(About, EachCommandIsInTheManualAndInEachCompletion) {
  for (const auto& text : cli::command_texts()) {
    auto synopsis = std::string(text.synopsis);
    if (synopsis.starts_with("[settings]")) synopsis = synopsis.substr(synopsis.find(']') + 1);
    const auto name = std::string(base::trim(synopsis).substr(0, base::trim(synopsis).find(' ')));
    for (const auto what : {"man", "bash", "zsh", "fish"})
      EXPECT_TRUE(std::regex_search(cli::printed(what), std::regex("\\b" + name + "\\b")))
          << name << " in " << what;
  }
}

TEST(About, EachFlagIsInTheManualAndInEachCompletion) {
  std::vector<std::string> names;
  for (const auto& row : config::table()) {
    if (!row.flag.empty()) names.emplace_back(row.flag);
  }
  for (const auto& option : cli::options()) names.emplace_back(option.name);
  for (const auto& row : cli::questions()) names.emplace_back(row.flag);
  for (const auto& name : names) {
    for (const auto what : {"bash", "zsh"}) EXPECT_THAT(cli::printed(what), HasSubstr(name)) << what;
    EXPECT_THAT(cli::printed("fish"), HasSubstr("-l " + name.substr(2)));
  }
  for (const auto& row : cli::questions())
    EXPECT_THAT(cli::printed("man"),
                HasSubstr(std::regex_replace(std::string(row.flag), std::regex("-"), "\\-")));
  for (const auto& row : config::table())
    EXPECT_THAT(cli::printed("man"),
                HasSubstr(std::regex_replace(std::string(row.flag), std::regex("-"), "\\-")));
}

TEST(About, NoTextOfTheManualIsARequestOfRoff) {
  static const std::set<std::string, std::less<>> kRequests = {".TH", ".SH", ".TP", ".B",
                                                               ".I",  ".br", ".nf", ".fi"};
  const auto manual = cli::printed("man");
  for (const auto line : base::split(manual, '\n')) {
    EXPECT_FALSE(line.starts_with('\'')) << line;
    if (!line.starts_with('.')) continue;
    EXPECT_TRUE(kRequests.contains(line.substr(0, line.find(' ')))) << line;
  }
}

// What bash offers behind the words.
std::string completed(const std::string& words) {
  const auto script = cli::printed("bash") + "COMP_WORDS=(mcp-pve " + words +
                      "); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _mcp_pve; echo \"${COMPREPLY[*]}\"";
  const auto end = base::run_program({"bash", "-c", script}, {.output = 65536});
  EXPECT_TRUE(end.succeeded());
  return end.output;
}

TEST(About, BashCompletesCommandsOptionsAndSettings) {
  EXPECT_EQ(completed("doc"), "doctor\n");
  EXPECT_EQ(completed("audit --since"), "--since\n");
  EXPECT_EQ(completed("doctor --si"), "--simulate\n");
  EXPECT_EQ(completed("--access-tier full call --ch"), "--chart --chart-theme\n");
  EXPECT_EQ(completed("print f"), "fish\n");
  EXPECT_EQ(completed("setup --dry"), "--dry-run\n");
}

TEST(About, BashCompletesTheValuesOfSettings) {
  EXPECT_EQ(completed("--access-tier read-"), "read-only read-execute\n");
  EXPECT_EQ(completed("call --output s"), "structured\n");
  EXPECT_EQ(completed("--ca-file /etc/host"), completed("--world /etc/host"));
  EXPECT_THAT(completed("--ca-file /etc/host"), HasSubstr("/etc/hosts"));
  EXPECT_EQ(completed("--timeout /etc/host"), "\n") << "a number does not name a file";
  EXPECT_EQ(completed("setup --host /etc/host"), "\n");
}

TEST(About, ZshAndFishCompleteTheValuesOfSettings) {
  const auto zsh = cli::printed("zsh");
  EXPECT_THAT(zsh, testing::ContainsRegex("--access-tier\\[[^\n]*:TIER:\\(read-only read-execute full\\)'"));
  EXPECT_THAT(zsh, testing::ContainsRegex("--categories\\[[^\n]*:LIST:_values -s , LIST [a-z]"));
  EXPECT_THAT(zsh, testing::ContainsRegex("--ca-file\\[[^\n]*:FILE:_files'"));
  EXPECT_THAT(zsh, testing::ContainsRegex("--state-dir\\[[^\n]*:FOLDER:_files -/'"));
  EXPECT_THAT(zsh, testing::ContainsRegex("--timeout\\[[^\n]*:SECONDS: '"));
  EXPECT_THAT(zsh, HasSubstr(":ADDRESS\\:PORT: '"));
  const auto fish = cli::printed("fish");
  EXPECT_THAT(fish, HasSubstr("-l access-tier -x -a 'read-only read-execute full'"));
  EXPECT_THAT(fish, HasSubstr("-l ca-file -r -F"));
  EXPECT_THAT(fish, HasSubstr("-l timeout -x -d"));
}

TEST(About, TheSettingsFileExplainsEveryKeyAndSetsNone) {
  const auto text = cli::printed("config");
  const auto as_it_is = base::parse_toml(text);
  ASSERT_TRUE(as_it_is) << as_it_is.error().reason;
  for (const auto& [name, table] : *as_it_is) {
    ASSERT_TRUE(table.is_table()) << name;
    EXPECT_TRUE(table.as_table()->empty()) << name;
  }
  const auto all = base::parse_toml(std::regex_replace(text, std::regex("\n#([a-z_]+ = )"), "\n$1"));
  ASSERT_TRUE(all) << all.error().reason;
  const auto& set = *all;
  std::size_t keys = 0;
  for (const auto& row : config::table()) {
    if (row.key.empty()) continue;
    EXPECT_TRUE(set.at_path(row.key)) << row.key;
    ++keys;
  }
  std::size_t found = 0;
  for (const auto& [name, value] : set) found += value.is_table() ? value.as_table()->size() : 1;
  EXPECT_EQ(found, keys);
}

TEST(About, PrintRefusesWhatItDoesNotKnow) {
  EXPECT_THAT(run({"print"}).errors,
              HasSubstr("print needs to know what: man, bash, zsh, fish, config, service."));
  const auto other = run({"print", "ksh"});
  EXPECT_EQ(other.code, 2);
  EXPECT_THAT(other.errors,
              HasSubstr("print ksh is not a command; it prints man, bash, zsh, fish, config, service."));
}

}  // namespace
