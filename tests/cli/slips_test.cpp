// Natural mistakes at the command line, and what the built binary says to them.
#include "cli/slips.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/process.h"

namespace {

using test::run;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

using Texts = std::vector<std::string>;

struct Mistake {
  Texts typed;
  std::string said;
};

TEST(Slips, AnswerEveryCommonMistake) {
  const std::string tool = "pve_get_qemu_config";
  const std::vector<Mistake> mistakes = {
      {{"cal"}, "did you mean call?"},
      {{"call", "pve_lst_nodes"}, "did you mean pve_list_nodes?"},
      {{"call", "list_nodes"}, "did you mean pve_list_nodes?"},
      {{"tools", "list_nodes"}, "did you mean pve_list_nodes?"},
      {{"call", tool, "vmid", "=", "100"}, "Write vmid=100 without blanks around the = sign."},
      {{"call", tool, "vmid=", "100"}, "Write vmid=100 without blanks around the = sign."},
      {{"call", tool, "vmid", "=100"}, "Write vmid=100 without blanks around the = sign."},
      {{"call", tool, "node", "=", "pve1"}, "Write node=VALUE without blanks around the = sign."},
      {{"call", tool, "100"}, "\"100\" must have the form key=value, such as vmid=100."},
      {{"call", tool, "--vmid", "100"},
       "--vmid is not an option here; a tool's arguments are key=value: vmid=100."},
      {{"call", tool, "--vmid=100"},
       "--vmid is not an option here; a tool's arguments are key=value: vmid=100."},
      {{"call", tool, "--node", "pve1"},
       "--node is not an option here; a tool's arguments are key=value: node=VALUE."},
      {{"call", tool, "--nodes"}, "a tool's arguments are key=value: nodes=VALUE."},
      {{"call", tool, "--jsn", "{}"}, "--jsn is not an option here; did you mean --json?"},
      {{"call", tool, "--json", "{'vmid': 100}"},
       "--json is not valid JSON: at character 2 (') JSON needs double quotes."},
      {{"call", tool, "--json", "{vmid:100}"},
       "at character 2 (v) a name or a string must begin with a double quote."},
      {{"call", tool, "--json", R"({"vmid":100,})"},
       "at character 13 (}) there is a comma before the closing bracket."},
      {{"call", tool, "--json", R"({"vmid":100)"}, "--json is not valid JSON: it ends too early."},
      {{"call", tool, "{vmid:100}"}, "The argument is not valid JSON: at character 2 (v) "},
      {{"call", tool, "--json"}, "--json has no value; write an object, such as --json '{\"vmid\":100}'"},
      {{"call", tool, "--json", "[1]"}, "--json must be one JSON object."},
      {{"call", "pve_get_qemu_rrddata", "vmid=100", "timeframe=day", "--chart"},
       "--chart has no value; write a file, such as --chart web01.png."},
      {{"--timeout"}, "--timeout has no value; write --timeout SECONDS."},
      {{"--tier", "full"}, "--tier is not an option here; it belongs to token; did you mean --access-tier?"},
      {{"doctor", "--chart", "x"},
       "--chart is not an option here; it belongs to call; did you mean --chart-theme?"},
      {{"doctor", "--plain"},
       "--plain is not an option here; it belongs to simulate; see mcp-pve help simulate."},
      {{"--url", "https://pve"}, "--url is not an option here; did you mean --base-url?"},
      {{"--host", "pve"}, "--host is not an option here; it belongs to setup; did you mean --base-url?"},
      {{"--token-secret", "hunter2"}, "--token-secret does not exist, because every user"},
  };
  for (const auto& [typed, said] : mistakes) {
    auto words = typed;
    words.insert(words.begin(), "--simulate");
    const auto result = run(words);
    EXPECT_EQ(result.code, 2) << said << result.output;
    EXPECT_THAT(result.output, IsEmpty());
    EXPECT_THAT(result.errors, AllOf(HasSubstr(said), Not(HasSubstr("hunter2"))));
  }
}

TEST(Slips, AcceptOtherSpellings) {
  // Its answer has no time in it.
  const auto plain = run({"--simulate", "call", "pve_get_storage_config", "storage=local"});
  ASSERT_EQ(plain.code, 0) << plain.errors;
  const auto object = run({"--simulate", "call", "pve_get_storage_config", R"({"storage":"local"})"});
  EXPECT_EQ(object.code, 0) << object.errors;
  EXPECT_EQ(object.output, plain.output);
  EXPECT_EQ(run({"call", "pve_get_storage_config", "storage=local", "--simulate"}).output, plain.output);
  EXPECT_EQ(run({"version"}).output, run({"--version"}).output);
  EXPECT_EQ(run({"help"}).output, run({"--help"}).output);
  EXPECT_EQ(run({"help", "call"}).output, run({"call", "--help"}).output);
  const auto page = run({"tools", "pve_get_qemu_config"}).output;
  EXPECT_THAT(page, StartsWith("pve_get_qemu_config: "));
  EXPECT_EQ(run({"call", "pve_get_qemu_config", "--help"}).output, page);
}

TEST(Slips, HelpOfACommandIsAboutIt) {
  for (const auto& [command, own] :
       std::vector<std::pair<std::string, std::string>>{{"call", "--chart FILE"},
                                                        {"tools", "tools [TOOL]"},
                                                        {"doctor", "step by step"},
                                                        {"simulate", "--listen ADDRESS:PORT"},
                                                        {"token", ">> tokens.toml"}}) {
    const auto help = run({command, "--help"});
    EXPECT_EQ(help.code, 0);
    EXPECT_THAT(help.output,
                AllOf(StartsWith("Usage: mcp-pve "), HasSubstr(own), Not(HasSubstr("PVE_BASE_URL"))));
    EXPECT_LT(std::ranges::count(help.output, '\n'), 15);
  }
}

TEST(Slips, ToolsShowsTheArgumentsOfOne) {
  const auto page = run({"tools", "pve_get_qemu_rrddata"}).output;
  EXPECT_THAT(page, AllOf(HasSubstr("timeframe  one of hour, day, week, month, year, required\n"),
                          HasSubstr("chart      boolean\n"),
                          HasSubstr("\nmcp-pve call pve_get_qemu_rrddata vmid=… timeframe=…\n")));
  EXPECT_THAT(run({"tools", "pve_list_nodes", "--json"}).output,
              StartsWith("{\"tools\":[{\"name\":\"pve_list_nodes\""));
  const auto hidden = run({"tools", "pve_delete_qemu_vm", "--access-tier", "read-only"});
  EXPECT_EQ(hidden.code, 2);
  EXPECT_THAT(hidden.errors, HasSubstr("PVE_ACCESS_TIER is read-only"));
  const auto off = run({"tools", "pve_cluster_health"});
  EXPECT_THAT(off.errors,
              AllOf(HasSubstr("belongs to the category insight, which is off; set PVE_CATEGORIES=nodes,"),
                    HasSubstr(",insight to offer it too.")));
}

TEST(Slips, NoValueThatMayBeSecretIsRepeated) {
  EXPECT_THAT(cli::no_json("--json", R"({"password":'hunter2'})"), Not(HasSubstr("hunter2")));
  EXPECT_EQ(cli::as_pair("password", "hunter2"), "password=VALUE");
  EXPECT_THAT(cli::unexpected_word("--password", "hunter2", "pve_create_user"), Not(HasSubstr("hunter2")));
}

}  // namespace
