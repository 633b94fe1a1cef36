// The one table of Codex's config.toml: changed in place, or refused with a clause.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "setup/clients.h"
#include "setup/samples.h"
#include "setup/toml_text.h"

namespace {

using setup::Server;
using testing::HasSubstr;
using testing::Not;

const setup::Client& codex() { return *setup::client_named("codex"); }

Server plain(std::string command) { return {.name = "pve", .command = std::move(command)}; }

TEST(TomlEdit, ATableIsChangedInPlace) {
  const std::string before = R"(model = "o4"

# ours
[mcp_servers.pve] # here
enabled = false # for now
command = "old" # why
args = [
  "a", # one
]
startup_timeout_sec = 20
# behind

[mcp_servers.pve.env]
B = "2"

[mcp_servers.pve.tools.x]
approval_mode = "prompt"

[mcp_servers.other]
command = "y"
)";
  auto server = plain("new");
  server.args = {"b", "c"};
  server.env = {{"A", "1"}};
  EXPECT_EQ(setup::with_server(codex(), before, server).value(), R"(model = "o4"

# ours
[mcp_servers.pve] # here
enabled = false # for now
command = "new" # why
args = ["b", "c"]
startup_timeout_sec = 20
env = { A = "1" }
# behind

[mcp_servers.pve.tools.x]
approval_mode = "prompt"

[mcp_servers.other]
command = "y"
)");
  EXPECT_EQ(setup::without_server(codex(), before, "pve").value(), R"(model = "o4"

# ours

[mcp_servers.other]
command = "y"
)");
}

TEST(TomlEdit, EqualValuesStayAsTheyAreWritten) {
  auto server = plain("x");
  server.args = {"a"};
  server.env = {{"A", "1"}};
  for (const auto* text :
       {"[mcp_servers.pve]\ncommand = 'x'\nargs = [ \"a\", ]\n[mcp_servers.pve.env]\nA = \"\"\"1\"\"\"\n",
        "[mcp_servers.pve]\ncommand = 'x'\nargs = [ \"a\", ]\nenv.A = \"1\"\n",
        "[mcp_servers]\npve = { command = \"x\", args = [\"a\"], env = { A = \"1\" } }\n",
        "mcp_servers.pve.command = \"x\"\nmcp_servers.pve.args = ['a']\nmcp_servers.pve.env.A = '1'\n",
        "[\"mcp_servers\" . 'pve']\ncommand = \"x\"\nargs = [\"a\"]\nenv = { \"A\" = \"1\" }"}) {
    EXPECT_EQ(setup::with_server(codex(), text, server).value(), text);
    const auto removed = setup::without_server(codex(), text, "pve");
    ASSERT_TRUE(removed) << removed.error();
    EXPECT_FALSE(setup::has_server(codex(), *removed, "pve"));
  }
}

TEST(TomlEdit, AUrlTakesThePlaceOfACommandAndBack) {
  const std::string before =
      "[mcp_servers.pve]\ncommand = \"x\"\nargs = [\"a\"]\nenabled = true\n\n[mcp_servers.pve.env]\nA = "
      "\"1\"\n";
  const Server remote{.name = "pve", .url = "https://h/mcp", .bearer = "t"};
  const std::string after =
      "[mcp_servers.pve]\nenabled = true\nurl = \"https://h/mcp\"\nhttp_headers = { Authorization = \"Bearer "
      "t\" }\n";
  EXPECT_EQ(setup::with_server(codex(), before, remote).value(), after);
  EXPECT_EQ(setup::with_server(codex(), after, plain("x")).value(),
            "[mcp_servers.pve]\nenabled = true\ncommand = \"x\"\n");
}

TEST(TomlEdit, ABearerTokenReplacesItsVariable) {
  const std::string before = "[mcp_servers.pve]\nurl = \"https://h/mcp\"\nbearer_token_env_var = \"T\"\n";
  Server remote{.name = "pve", .url = "https://h/mcp"};
  EXPECT_EQ(setup::with_server(codex(), before, remote).value(), before);
  remote.bearer = "t";
  EXPECT_THAT(setup::with_server(codex(), before, remote).value(), Not(HasSubstr("bearer_token_env_var")));
}

TEST(TomlEdit, OnlyTablesBelow) {
  EXPECT_EQ(setup::with_server(codex(), "[mcp_servers.pve.tools.x]\na = 1\n", plain("x")).value(),
            "[mcp_servers.pve]\ncommand = \"x\"\n\n[mcp_servers.pve.tools.x]\na = 1\n");
}

TEST(TomlEdit, RefusesWithALine) {
  const struct {
    std::string text;
    std::string_view clause;
    bool removable = false;
  } rows[] = {
      {"\nmcp_servers = 5\n", "line 2: \"mcp_servers\" must be a table"},
      {"[[mcp_servers]]\na = 1\n", "line 1: \"mcp_servers\" must be a table"},
      {"[mcp_servers]\npve = \"x\"\n", "line 2: \"pve\" must be a table"},
      {"\nmcp_servers = { pve = { command = \"y\" } }\n",
       "line 2: this writes mcp_servers.pve without a header"},
      {"mcp_servers = { other = { command = \"y\" } }\n", "line 1: this writes mcp_servers.pve", true},
      {"[mcp_servers]\npve = { command = \"y\" }\n", "line 2: this writes mcp_servers.pve", true},
      {"[mcp_servers]\n\npve.command = \"y\"\n", "line 3: this writes mcp_servers.pve", true},
      {"a = 1\n[/b]\n", "line 2: this is not valid TOML"},
      {"a = 1\n[[[b]\n", "line 2: this is not valid TOML"},
      {"a = 1\n\u00e4 = 2\n", "line 2: this is not valid TOML"},
      {"a = 1\n\uFEC3.c = 1\n", "line 2: this is not valid TOML"},
      {"a = [\n1, }]\n", "line 2: this is not valid TOML"},
      {"a = { b = [1 }\n", "line 1: this is not valid TOML"},
      {"a = 1\nb = 2\"\u00e2\" = 3\n", "line 2: this is not valid TOML"},
      {"b = 2.\"\u00e2\"\n", "line 1: this is not valid TOML"},
      {"b = [{}, 2.'\u00e2']\n", "line 1: this is not valid TOML"},
      {"[", "line 1: this is not valid TOML"},
      {"[ \t]", "line 1: this is not valid TOML"},
      {"a = secret\n", "line 1: this is not valid TOML"},
      {"a = 1\n[b\n", "line 2: this is not valid TOML"},
      {"a = 1\na = 2\n", "line 2: this is not valid TOML"},
      {"a = \"secret\n", "line 1: this is not valid TOML"},
      {"a = '''secret", "line 1: this is not valid TOML"},
      {"[mcp_servers.pve]\n[mcp_servers.pve]\n", "line 2: this is not valid TOML"},
      {std::string("a = \"\0\"\n", 8), "not a text file"},
      {"a = \"\xFF\"", "not a text file"},
      {"# \x1B[2J", "not a text file"},
      {"a = " + std::string(100'000, '['), "this is not valid TOML"},
  };
  for (const auto& row : rows) {
    const auto edited = setup::with_server(codex(), row.text, plain("x"));
    ASSERT_FALSE(edited) << row.text;
    EXPECT_THAT(edited.error(), HasSubstr(row.clause)) << row.text.substr(0, 100);
    EXPECT_THAT(edited.error(), Not(HasSubstr("secret")));
    EXPECT_EQ(setup::without_server(codex(), row.text, "pve").has_value(), row.removable)
        << row.text.substr(0, 100);
  }
}

TEST(TomlEdit, DeepKeysAreRefused) {
  std::string key = "a";
  for (int i = 0; i < 1'000'000; ++i) key += ".a";
  for (const auto& text : {key + " = 1\n", "[" + key + "]\n", "x = { " + key + " = 1 }\n"}) {
    const auto edited = setup::with_server(codex(), text, plain("x"));
    ASSERT_FALSE(edited);
    EXPECT_EQ(edited.error(), "line 1: this is not valid TOML: a key nests too deeply");
  }
  const std::string dots = "a = \"" + std::string(1000, '.') + "\" # " + std::string(1000, '.') + "\nb = [" +
                           std::string(200, ' ') + "1.5, 2.5]\n";
  EXPECT_TRUE(setup::with_server(codex(), dots, plain("x")));
}

TEST(TomlEdit, TenMegabytes) {
  std::string text;
  while (text.size() < 10'000'000) {
    text += "[projects.\"/home/x/" + std::to_string(text.size()) + "\"]\nnotes = \"" +
            std::string(3000, 'x') + "\"\n";
  }
  const auto edited = setup::with_server(codex(), text, samples::local());
  ASSERT_TRUE(edited) << edited.error();
  EXPECT_EQ(setup::without_server(codex(), *edited, "pve").value(), text);
}

}  // namespace
