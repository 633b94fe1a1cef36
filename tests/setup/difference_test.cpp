#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "setup/clients.h"
#include "setup/samples.h"
#include "setup/secrets.h"

namespace {

using testing::HasSubstr;
using testing::Not;

TEST(Difference, IsAUnifiedDiff) {
  const struct {
    const char* before;
    const char* after;
    const char* shown;
  } rows[] = {
      {"", "", ""},
      {"a\n", "a\n", ""},
      {"", "a\nb\n", "--- /dev/null\n+++ f\n@@ -0,0 +1,2 @@\n+a\n+b\n"},
      {"a\n", "", "--- f\n+++ /dev/null\n@@ -1 +0,0 @@\n-a\n"},
      {"a", "a\n", "--- f\n+++ f\n@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+a\n"},
      {"1\n2\n3\n4\n5\n6\n7\n8\n9\n", "1\n2\n3\n4\nx\n6\n7\n8\n9\n",
       "--- f\n+++ f\n@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+x\n 6\n 7\n 8\n"},
      {"1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n", "x\n1\n2\n3\n4\n5\n6\n7\n8\n9\n",
       "--- f\n+++ f\n@@ -1,3 +1,4 @@\n+x\n 1\n 2\n 3\n@@ -7,4 +8,3 @@\n 7\n 8\n 9\n-10\n"},
      {"a\n2\n3\n4\n5\n6\n7\nb\n", "A\n2\n3\n4\n5\n6\n7\nB\n",
       "--- f\n+++ f\n@@ -1,8 +1,8 @@\n-a\n+A\n 2\n 3\n 4\n 5\n 6\n 7\n-b\n+B\n"},
      {"a\r\n\tb\r\n", "a\r\n", "--- f\n+++ f\n@@ -1,2 +1 @@\n a\n-    b\n"},
  };
  for (const auto& row : rows) EXPECT_EQ(setup::difference("f", row.before, row.after), row.shown);
}

TEST(Difference, MasksSecretsAroundTheChange) {
  const std::string before = R"({
  "mcpServers": {
    "x": {
      "headers": {"Authorization": "Bearer abc"},
      "env": {"X_SECRET": "hunter2", "X_SECRET_FILE": "/x"}
    }
  }
}
)";
  const auto shown = setup::difference(
      "f", before, *setup::with_server(*setup::client_named("cursor"), before, samples::local()));
  EXPECT_THAT(shown, HasSubstr(R"("X_SECRET": "********", "X_SECRET_FILE": "/x")"));
  EXPECT_THAT(shown, Not(HasSubstr("hunter2")));
  const auto remote =
      setup::difference("f", "", *setup::with_server(*setup::client_named("cursor"), "", samples::remote()));
  EXPECT_THAT(remote, HasSubstr("\"Authorization\": \"********\""));
  EXPECT_THAT(remote, Not(HasSubstr(samples::remote().bearer)));
}

TEST(Difference, MasksSecretsOfSeveralLines) {
  const std::string json = R"({
  "mcpServers": {
    "x": {
      "env": {"A": "1", "API_KEY":
        "hunter2"},
      "password": [

        "hunter2",
        "hunter2"
      ],
      "args": [
        "--token",
        "hunter2"
      ],
      "command": "npx"
    }
  }
}
)";
  const std::string toml = R"(note = """
hunter2 \""" hunter2
secret = hunter2""" # end
text = '''hunter2

hunter2'''
one = '''hunter2''' # """
api_key = "hunter2"
[mcp_servers."x"]
command = "npx"
)";
  for (const auto& text : {json, toml}) {
    for (const auto& shown : {setup::difference("f", text, ""), setup::difference("f", "", text)}) {
      EXPECT_THAT(shown, Not(HasSubstr("hunter2")));
      EXPECT_THAT(shown, HasSubstr("npx"));
      EXPECT_THAT(shown, HasSubstr("\"x\""));
    }
  }
  EXPECT_THAT(setup::difference("f", "", toml), HasSubstr("\n+********\"\"\" # end\n"));
}

TEST(Difference, HarmlessToATerminal) {
  const auto shown = setup::difference("f\x1B", "\x1B[2J\n", std::string(5000, 'x') + "\n");
  EXPECT_THAT(shown, Not(HasSubstr("\x1B")));
  EXPECT_LT(shown.size(), 1000U);
}

TEST(Difference, FilesWithoutACommonLine) {
  std::string before;
  std::string after;
  for (int i = 0; i < 5000; ++i) {
    before += "a" + std::to_string(i) + "\n";
    after += "b" + std::to_string(i) + "\n";
  }
  EXPECT_THAT(setup::difference("f", before, after), HasSubstr("@@ -1,5000 +1,5000 @@\n-a0\n"));
}

TEST(Secrets, NamesOfSecrets) {
  for (const auto* name :
       {"PVE_TOKEN_SECRET", "apiKey", "API_KEY", "api-key", "--password", "Authorization", "X-Auth-Token",
        "primaryApiKey", "Cookie", "GITHUB_PERSONAL_ACCESS_TOKEN", "client_secret"})
    EXPECT_TRUE(setup::names_secret(name)) << name;
  for (const auto* name : {"PVE_TOKEN_SECRET_FILE", "PVE_TOKEN_ID", "bearer_token_env_var", "command", "args",
                           "url", "maxTokens", "tokenLimit", "", "PVE_TIER"})
    EXPECT_FALSE(setup::names_secret(name)) << name;
}

TEST(Secrets, MaskedLines) {
  const struct {
    const char* line;
    const char* masked;
  } rows[] = {
      {R"(  "command": "npx",)", R"(  "command": "npx",)"},
      {R"(  "args": ["-y", "@scope/name-of-some-package", "--port", "3000"])",
       R"(  "args": ["-y", "@scope/name-of-some-package", "--port", "3000"])"},
      {R"("args": ["--api-key", "abc", "next"])", R"("args": ["--api-key", "********", "********"])"},
      {R"("args": ["--token=abc", "--verbose", "x"])", R"("args": ["--token=********", "--verbose", "x"])"},
      {R"("args": ["--header", "Authorization: Bearer abc"])",
       R"("args": ["--header", "Authorization: Bearer ********"])"},
      {R"("args": ["--header", "X-Api-Key: abc"])", R"("args": ["--header", "X-Api-Key:********"])"},
      {R"({"API_KEY": "a\"b", "OTHER": "c"})", R"({"API_KEY": "********", "OTHER": "c"})"},
      {R"("url": "https://user:pw@h:1/mcp?key=abc",)", R"("url": "https://********@h:1/mcp?********",)"},
      {R"("url": "https://h/mcp")", R"("url": "https://h/mcp")"},
      {R"("SOME": "12345678-9abc-def0-1234-56789abcdef0")", R"("SOME": "********")"},
      {R"("SOME": "ghp_0123456789")", R"("SOME": "********")"},
      {R"(api_key = "abc" # "x")", R"(api_key = "********" # "********")"},
      {R"(env = { "A_TOKEN" = 'abc', B = "d" })", R"(env = { "A_TOKEN" = '********', B = "********" })"},
      {R"(bearer_token_env_var = "MY_TOKEN")", R"(bearer_token_env_var = "MY_TOKEN")"},
      {R"("API_KEY": "open)", R"("API_KEY": "********)"},
      {R"("secret": "")", R"("secret": "")"},
      {R"(/* don't */ "API_KEY": "abc")", R"(/* don't */ "API_KEY": "********")"},
      {R"(")", R"(")"},
  };
  for (const auto& row : rows) EXPECT_EQ(setup::masked_line(row.line), row.masked);
}

}  // namespace
