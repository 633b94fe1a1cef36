#include "setup/clients.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "base/json.h"
#include "setup/samples.h"

namespace {

using setup::Person;
using setup::Server;
using setup::System;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const setup::Client& client(std::string_view id) {
  const auto* found = setup::client_named(id);
  if (found == nullptr) throw std::invalid_argument(std::string(id));
  return *found;
}

TEST(Clients, FilesOfEach) {
  const Person linux_person{.home = "/home/ann", .config = {}};
  const Person moved{
      .home = "/home/ann", .config = "/cfg", .folders = {{"CODEX_HOME", "/c"}, {"CLAUDE_CONFIG_DIR", "/k"}}};
  const Person mac{.home = "/Users/ann", .config = "/cfg", .system = System::MacOs};
  struct Row {
    const char* id;
    const char* linux_file;
    const char* moved_file;
    const char* mac_file;
  };
  const Row rows[] = {
      {"claude-code", "/home/ann/.claude.json", "/k/.claude.json", "/Users/ann/.claude.json"},
      {"claude-desktop", "/home/ann/.config/Claude/claude_desktop_config.json",
       "/cfg/Claude/claude_desktop_config.json",
       "/Users/ann/Library/Application Support/Claude/claude_desktop_config.json"},
      {"cursor", "/home/ann/.cursor/mcp.json", "/home/ann/.cursor/mcp.json", "/Users/ann/.cursor/mcp.json"},
      {"vscode", "/home/ann/.config/Code/User/mcp.json", "/cfg/Code/User/mcp.json",
       "/Users/ann/Library/Application Support/Code/User/mcp.json"},
      {"codex", "/home/ann/.codex/config.toml", "/c/config.toml", "/Users/ann/.codex/config.toml"},
      {"gemini", "/home/ann/.gemini/settings.json", "/home/ann/.gemini/settings.json",
       "/Users/ann/.gemini/settings.json"},
  };
  ASSERT_EQ(std::size(rows), setup::clients().size());
  for (const auto& row : rows) {
    EXPECT_EQ(setup::file_of(client(row.id), linux_person), row.linux_file);
    EXPECT_EQ(setup::file_of(client(row.id), moved), row.moved_file);
    EXPECT_EQ(setup::file_of(client(row.id), mac), row.mac_file);
  }
  EXPECT_EQ(setup::client_named("emacs"), nullptr);
}

TEST(Clients, InstalledWhereFolderFileOrProgramIs) {
  const auto home = std::filesystem::path(testing::TempDir()) / "setup_clients_test";
  std::filesystem::remove_all(home);
  const Person person{.home = home, .config = {}};
  const auto nothing_on_path = [](std::string_view) { return false; };
  for (const auto& each : setup::clients()) {
    EXPECT_FALSE(setup::seems_installed(each, person, nothing_on_path)) << each.id;
    EXPECT_FALSE(setup::seems_installed(each, person, {})) << each.id;
    EXPECT_TRUE(
        setup::seems_installed(each, person, [&](std::string_view name) { return name == each.program; }));
    const auto file = setup::file_of(each, person);
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file) << "{}";
    EXPECT_TRUE(setup::seems_installed(each, person, nothing_on_path)) << each.id;
    std::filesystem::remove_all(home);
  }
  std::filesystem::create_directories(home / ".claude");
  EXPECT_TRUE(setup::seems_installed(client("claude-code"), person, nothing_on_path));
  std::filesystem::remove_all(home);
}

TEST(Clients, EntriesOfEach) {
  struct Row {
    const char* id;
    const char* local;
    const char* remote;
  };
  const Row rows[] = {
      {"claude-code", R"({"mcpServers":{"pve":{"type":"stdio","command":"mcp-pve"}}})",
       R"({"mcpServers":{"pve":{"type":"http","url":"https://h/mcp","headers":{"Authorization":"Bearer t"}}}})"},
      {"claude-desktop", R"({"mcpServers":{"pve":{"command":"mcp-pve"}}})", nullptr},
      {"cursor", R"({"mcpServers":{"pve":{"command":"mcp-pve"}}})",
       R"({"mcpServers":{"pve":{"url":"https://h/mcp","headers":{"Authorization":"Bearer t"}}}})"},
      {"vscode", R"({"servers":{"pve":{"type":"stdio","command":"mcp-pve"}}})",
       R"({"servers":{"pve":{"type":"http","url":"https://h/mcp","headers":{"Authorization":"Bearer t"}}}})"},
      {"codex", "[mcp_servers.pve]\ncommand = \"mcp-pve\"\n",
       "[mcp_servers.pve]\nurl = \"https://h/mcp\"\nhttp_headers = { Authorization = \"Bearer t\" }\n"},
      {"gemini", R"({"mcpServers":{"pve":{"command":"mcp-pve"}}})",
       R"({"mcpServers":{"pve":{"httpUrl":"https://h/mcp","headers":{"Authorization":"Bearer t"}}}})"},
  };
  const auto compact = [](const std::string& text) {
    const auto value = base::parse_json(text);
    return value ? base::write_json(*value) : text;
  };
  ASSERT_EQ(std::size(rows), setup::clients().size());
  for (const auto& row : rows) {
    const Server local{.name = "pve", .command = "mcp-pve", .args = {}, .env = {}, .url = {}, .bearer = {}};
    const Server remote{
        .name = "pve", .command = {}, .args = {}, .env = {}, .url = "https://h/mcp", .bearer = "t"};
    EXPECT_EQ(compact(setup::with_server(client(row.id), "", local).value()), row.local);
    if (row.remote == nullptr) continue;
    EXPECT_EQ(compact(setup::with_server(client(row.id), "", remote).value()), row.remote);
  }
}

TEST(Clients, OwnCommands) {
  Server local{.name = "pve", .command = "/b/mcp-pve", .args = {"--tier", "x"}, .env = {{"A", "1"}}};
  EXPECT_THAT(setup::own_command(client("claude-code"), local),
              ElementsAre("claude", "mcp", "add", "--env", "A=1", "--scope", "user", "--transport", "stdio",
                          "pve", "--", "/b/mcp-pve", "--tier", "x"));
  EXPECT_THAT(setup::own_command(client("codex"), local),
              ElementsAre("codex", "mcp", "add", "pve", "--env", "A=1", "--", "/b/mcp-pve", "--tier", "x"));
  EXPECT_THAT(setup::own_command(client("gemini"), local),
              ElementsAre("gemini", "mcp", "add", "--scope", "user", "--env", "A=1", "pve", "/b/mcp-pve",
                          "--", "--tier", "x"));
  EXPECT_THAT(setup::own_command(client("vscode"), local),
              ElementsAre("code", "--add-mcp",
                          R"({"name":"pve","command":"/b/mcp-pve","args":["--tier","x"],"env":{"A":"1"}})"));
  EXPECT_THAT(setup::own_command(client("cursor"), local), IsEmpty());
  EXPECT_THAT(setup::own_command(client("claude-desktop"), local), IsEmpty());
  local.args.clear();
  local.env = {{"A", "b=c"}};
  EXPECT_THAT(setup::own_command(client("gemini"), local), IsEmpty()) << "it would cut the value";
  local.env.clear();
  EXPECT_THAT(setup::own_command(client("gemini"), local),
              ElementsAre("gemini", "mcp", "add", "--scope", "user", "pve", "/b/mcp-pve"));
}

TEST(Clients, OwnCommandsForAUrl) {
  Server remote{.name = "lab", .command = {}, .args = {}, .env = {}, .url = "https://h:3000/mcp"};
  EXPECT_THAT(setup::own_command(client("claude-code"), remote),
              ElementsAre("claude", "mcp", "add", "--scope", "user", "--transport", "http", "lab",
                          "https://h:3000/mcp"));
  EXPECT_THAT(setup::own_command(client("codex"), remote),
              ElementsAre("codex", "mcp", "add", "lab", "--url", "https://h:3000/mcp"));
  EXPECT_THAT(setup::own_command(client("gemini"), remote),
              ElementsAre("gemini", "mcp", "add", "--scope", "user", "--transport", "http", "lab",
                          "https://h:3000/mcp"));
  EXPECT_THAT(setup::own_command(client("vscode"), remote),
              ElementsAre("code", "--add-mcp", R"({"name":"lab","type":"http","url":"https://h:3000/mcp"})"));
}

TEST(Clients, NoCommandHoldsASecret) {
  auto with_bearer = samples::remote();
  auto with_secret = samples::local();
  with_secret.env = {{"PVE_TOKEN_SECRET", "0b7d1f6e"}};
  for (const auto& each : setup::clients()) {
    EXPECT_THAT(setup::own_command(each, with_bearer), IsEmpty()) << each.id;
    EXPECT_THAT(setup::own_command(each, with_secret), IsEmpty()) << each.id;
  }
  auto with_file = samples::local();
  with_file.env = {{"PVE_TOKEN_SECRET_FILE", "/home/x/secret"}, {"PVE_TOKEN_ID", "mcp@pve!ai"}};
  EXPECT_THAT(setup::own_command(client("codex"), with_file), Not(IsEmpty()));
}

TEST(Clients, OwnRemovals) {
  EXPECT_THAT(setup::own_removal(client("claude-code"), "pve"),
              ElementsAre("claude", "mcp", "remove", "--scope", "user", "pve"));
  EXPECT_THAT(setup::own_removal(client("codex"), "pve"), ElementsAre("codex", "mcp", "remove", "pve"));
  EXPECT_THAT(setup::own_removal(client("gemini"), "pve"),
              ElementsAre("gemini", "mcp", "remove", "--scope", "user", "pve"));
  for (const auto* id : {"claude-desktop", "cursor", "vscode"})
    EXPECT_THAT(setup::own_removal(client(id), "pve"), IsEmpty()) << id;
}

TEST(Clients, WhatToPasteElsewhere) {
  EXPECT_EQ(setup::to_paste({.name = "pve", .command = "mcp-pve", .args = {"a", "b"}, .env = {{"K", "v"}}}),
            R"({
  "mcpServers": {
    "pve": {
      "command": "mcp-pve",
      "args": ["a", "b"],
      "env": {
        "K": "v"
      }
    }
  }
}
)");
  EXPECT_EQ(setup::to_paste({.name = "pve", .url = "https://h/mcp", .bearer = "t"}), R"({
  "mcpServers": {
    "pve": {
      "type": "http",
      "url": "https://h/mcp",
      "headers": {
        "Authorization": "Bearer t"
      }
    }
  }
}
)");
}

TEST(Clients, ServersThatNoFileCanHold) {
  const struct {
    Server server;
    const char* clause;
  } rows[] = {
      {{.name = "", .command = "x"}, "name"},
      {{.name = "a b", .command = "x"}, "\"a b\""},
      {{.name = "-a", .command = "x"}, "begin with a letter"},
      {{.name = std::string(65, 'a'), .command = "x"}, "at most 64"},
      {{.name = "a]\nb", .command = "x"}, "name"},
      {{.name = "pve"}, "a command or a URL"},
      {{.name = "pve", .command = "x", .url = "https://h"}, "either"},
      {{.name = "pve", .command = "-x"}, "must not begin"},
      {{.name = "pve", .command = "x", .bearer = "t"}, "needs a URL"},
      {{.name = "pve", .command = "x", .args = {"a\x01"}}, "control characters"},
      {{.name = "pve", .command = "\xFF"}, "UTF-8"},
      {{.name = "pve", .command = "x", .env = {{"A=B", "c"}}}, "\"A=B\""},
      {{.name = "pve", .command = "x", .env = {{"A", "b"}, {"A", "c"}}}, "twice"},
      {{.name = "pve", .args = {"a"}, .url = "https://h"}, "need a command"},
      {{.name = "pve", .url = "ftp://h"}, "https://"},
      {{.name = "pve", .url = "https://h\n"}, "control characters"},
  };
  for (const auto& row : rows) {
    for (const auto* id : {"cursor", "codex"}) {
      const auto edited = setup::with_server(client(id), "", row.server);
      ASSERT_FALSE(edited) << row.clause;
      EXPECT_THAT(edited.error(), HasSubstr(row.clause));
    }
    EXPECT_THAT(setup::own_command(client("codex"), row.server), IsEmpty());
  }
}

TEST(Clients, ClaudeDesktopIsToldHowToReachAUrl) {
  const auto edited = setup::with_server(client("claude-desktop"), "{}", samples::remote());
  ASSERT_FALSE(edited);
  EXPECT_THAT(edited.error(), HasSubstr("mcp-remote"));
}

}  // namespace
