// The one entry of a JSON or JSONC file: changed in place, or refused with a clause.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "setup/clients.h"
#include "setup/samples.h"

namespace {

using setup::Server;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

const setup::Client& client(std::string_view id) { return *setup::client_named(id); }

Server plain(std::string command) { return {.name = "pve", .command = std::move(command)}; }

TEST(JsonEdit, AnEntryIsChangedInPlace) {
  const std::string before = R"({
  "mcpServers": {
    // ours
    "pve": {
      "disabled": true, // for now
      "command": "old", /* why */
      "args": [
        "a"
      ],
      "autoApprove": ["x"],
      "env": {"B": "2"}
    },
    "other": {"command": "y"}
  }
}
)";
  auto server = plain("new");
  server.args = {"b", "c"};
  server.env = {{"A", "1"}};
  EXPECT_EQ(setup::with_server(client("cursor"), before, server).value(), R"({
  "mcpServers": {
    // ours
    "pve": {
      "disabled": true, // for now
      "command": "new", /* why */
      "args": ["b", "c"],
      "autoApprove": ["x"],
      "env": {
        "A": "1"
      }
    },
    "other": {"command": "y"}
  }
}
)");
  EXPECT_EQ(setup::with_server(client("cursor"), before, plain("old")).value(), R"({
  "mcpServers": {
    // ours
    "pve": {
      "disabled": true, // for now
      "command": "old", /* why */
      "autoApprove": ["x"]
    },
    "other": {"command": "y"}
  }
}
)");
}

TEST(JsonEdit, AUrlTakesThePlaceOfACommand) {
  const std::string before =
      R"({"mcpServers": {"pve": {"type": "stdio", "command": "x", "cwd": "/", "trust": true}}})";
  const Server remote{.name = "pve", .url = "https://h/mcp"};
  EXPECT_EQ(setup::with_server(client("gemini"), before, remote).value(),
            R"({"mcpServers": {"pve": {"trust": true, "httpUrl": "https://h/mcp"}}})");
  EXPECT_EQ(setup::with_server(client("claude-code"), before, remote).value(),
            R"({"mcpServers": {"pve": {"type": "http", "trust": true, "url": "https://h/mcp"}}})");
}

TEST(JsonEdit, HeadersStayWhileTheUrlDoes) {
  const std::string before =
      R"({"servers": {"pve": {"type": "http", "url": "https://h/mcp", "headers": {"X": "1", "Authorization": "Bearer a"}}}})";
  Server remote{.name = "pve", .url = "https://h/mcp"};
  EXPECT_EQ(setup::with_server(client("vscode"), before, remote).value(), before);
  remote.bearer = "b";
  const auto renewed = setup::with_server(client("vscode"), before, remote).value();
  EXPECT_THAT(renewed, HasSubstr(R"("X": "1")"));
  EXPECT_EQ(setup::has_server(client("vscode"), renewed, "pve")->bearer, "b");
  remote.url = "https://elsewhere/mcp";
  remote.bearer.clear();
  EXPECT_EQ(setup::with_server(client("vscode"), before, remote).value(),
            R"({"servers": {"pve": {"type": "http", "url": "https://elsewhere/mcp"}}})");
}

TEST(JsonEdit, EmptyMembersOfThePersonStay) {
  const std::string before =
      R"({"mcpServers": {"pve": {"command": "x", "args": [], "env": {}, "type": "stdio"}}})";
  EXPECT_EQ(setup::with_server(client("cursor"), before, plain("x")).value(), before);
}

TEST(JsonEdit, TheFirstOfSeveralGoes) {
  EXPECT_EQ(
      setup::without_server(client("cursor"), "{\"mcpServers\": {\n  \"pve\": {},\n  \"b\": {}\n}}", "pve")
          .value(),
      "{\"mcpServers\": {\n  \"b\": {}\n}}");
  EXPECT_EQ(setup::without_server(client("cursor"), R"({"mcpServers": {"pve": {}, "b": {}}})", "pve").value(),
            R"({"mcpServers": {"b": {}}})");
  EXPECT_EQ(
      setup::without_server(client("cursor"), "{\"mcpServers\": {\"b\": {}, // b\n\"pve\": {} }}", "pve")
          .value(),
      "{\"mcpServers\": {\"b\": {} // b\n }}")
      << "the line break ends the comment";
}

struct Refusal {
  std::string text;
  std::string_view clause;
};

TEST(JsonEdit, RefusesWithALine) {
  const Refusal rows[] = {
      {"[]", "line 1: the file must hold one object"},
      {"\n\n3", "line 3: the file must hold one object"},
      {"{\n\"mcpServers\": []}", "line 2: the member \"mcpServers\" must be an object"},
      {"{\"mcpServers\": null}", "line 1: the member \"mcpServers\" must be an object"},
      {"{\"mcpServers\": {\n\"pve\": \"x\"}}", "line 2: the member \"pve\" must be an object"},
      {"{\"mcpServers\": {},\n\"mcpServers\": {}}", "line 2: the member \"mcpServers\" is there twice"},
      {"{\"mcpServers\": {},\n\"mcp\\u0053ervers\": {}}", "line 2: the member \"mcpServers\" is there twice"},
      {"{\"mcpServers\": {\"pve\": {},\n\n\"pve\": {}}}", "line 3: the member \"pve\" is there twice"},
      {"{\"mcpServers\": {\"pve\": {\"x\": 1,\n\"x\": 2}}}", "line 2: the member \"x\" is there twice"},
      {"{\n\"a\": 1\n\"b\": 2\n}", "line 3: this is not valid JSON"},
      {"{\n\"a\": \"secret\n}", "line 2: a string has no closing quote"},
      {"{\n\"a\": 1 /* secret\n}", "line 2: a comment has no end"},
      {"{\n/ }", "line 2: this is not valid JSON"},
      {"{\"a\": 1", "line 1: this is not valid JSON"},
      {"{,}", "line 1: this is not valid JSON"},
      {"{\"a\": 1,,}", "line 1: this is not valid JSON"},
      {"{\"a\":,}", "line 1: this is not valid JSON"},
      {"// x\r{}\n", "line 1: lines must end with LF or CRLF"},
      {"{} {}", "line 1: this is not valid JSON"},
      {"{'a': 1}", "line 1: this is not valid JSON"},
      {"{a: 1}", "line 1: this is not valid JSON"},
      {"{\"a\": \"\\ud800\"}", "this is not valid JSON"},
      {std::string("{\"a\": \"\0\"}", 10), "not a text file"},
      {"{\"a\": \"\xFF\"}", "not a text file"},
      {"{\"a\": \"\x1B[2J\"}", "not a text file"},
      {std::string(100'000, '['), "line 1: this is not valid JSON, or nests too deeply"},
      {"{\"a\": " + std::string(200, '[') + std::string(200, ']') + "}", "or nests too deeply"},
  };
  for (const auto& row : rows) {
    for (const bool adds : {true, false}) {
      const auto edited = adds ? setup::with_server(client("cursor"), row.text, plain("x"))
                               : setup::without_server(client("cursor"), row.text, "pve");
      ASSERT_FALSE(edited) << row.text.substr(0, 200);
      EXPECT_THAT(edited.error(), HasSubstr(row.clause)) << row.text.substr(0, 200);
      EXPECT_THAT(edited.error(), Not(HasSubstr("secret")));
    }
    EXPECT_FALSE(setup::has_server(client("cursor"), row.text, "pve") &&
                 row.clause.find("twice") == std::string::npos);
  }
}

TEST(JsonEdit, StrictClientsTakeNoComments) {
  for (const auto* id : {"claude-code", "claude-desktop"}) {
    const auto comment = setup::with_server(client(id), "{\n// x\n}", plain("x"));
    ASSERT_FALSE(comment);
    EXPECT_THAT(comment.error(), StartsWith("line 2: "));
    EXPECT_THAT(comment.error(), HasSubstr("comments"));
    const auto comma = setup::with_server(client(id), "{\n\"a\": 1,\n}", plain("x"));
    ASSERT_FALSE(comma);
    EXPECT_THAT(comma.error(), StartsWith("line 2: "));
    EXPECT_THAT(comma.error(), HasSubstr("comma"));
  }
}

TEST(JsonEdit, TenMegabytes) {
  std::string text = "{\n  \"projects\": {\n";
  while (text.size() < 10'000'000) {
    text += "    \"/home/x/" + std::to_string(text.size()) + "\": {\"history\": [\"" + std::string(900, 'x') +
            "\", 1, {\"a\": null}]},\n";
  }
  text += "    \"last\": {}\n  }\n}\n";
  const auto edited = setup::with_server(client("claude-code"), text, samples::local());
  ASSERT_TRUE(edited) << edited.error();
  EXPECT_EQ(setup::with_server(client("claude-code"), *edited, samples::local()), edited);
  EXPECT_EQ(setup::without_server(client("claude-code"), *edited, "pve").value(), text);
}

TEST(JsonEdit, AHundredThousandMembersOfOneEntry) {
  std::string text = "{\"mcpServers\": {\"pve\": {\"command\": \"x\"";
  for (int i = 0; i < 100'000; ++i) text += ",\"m" + std::to_string(i) + "\":0";
  text += "}}}";
  EXPECT_EQ(setup::with_server(client("cursor"), text, plain("x")).value(), text);
}

}  // namespace
