#include "cli/setup/settings_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

using cli::SettingValues;
using cli::with_settings;
using testing::HasSubstr;

struct Row {
  const char* what;
  std::string before;
  SettingValues values;
  std::string after;
};

TEST(SettingsText, ChangesOnlyTheLinesOfItsKeys) {
  const Row rows[] = {
      {"an empty file",
       "",
       {{"scope", "tag:a"}, {"cluster.base_url", "https://a"}},
       "scope = \"tag:a\"\n\n[cluster]\nbase_url = \"https://a\"\n"},
      {"behind the comment that begins a file",
       "# mine\n",
       {{"scope", "tag:a"}},
       "# mine\nscope = \"tag:a\"\n"},
      {"a comment behind the value",
       "scope = 'tag:a' # why # so\n",
       {{"scope", "tag:b"}},
       "scope = \"tag:b\" # why # so\n"},
      {"a # in the value", "scope = \"tag:#\" # why\n", {{"scope", "tag:b"}}, "scope = \"tag:b\" # why\n"},
      {"before the first table",
       "output = \"json\"\n[http]\nlisten = \"1\"\n",
       {{"scope", "x"}},
       "output = \"json\"\nscope = \"x\"\n\n[http]\nlisten = \"1\"\n"},
      {"behind the last line of its table",
       "[cluster]\ntoken_id = \"a\"\n\n# http\n[http]\n",
       {{"cluster.base_url", "b"}},
       "[cluster]\ntoken_id = \"a\"\nbase_url = \"b\"\n\n# http\n[http]\n"},
      {"a dotted key",
       "cluster.base_url = \"a\"\n",
       {{"cluster.base_url", "b"}},
       "cluster.base_url = \"b\"\n"},
      {"a list on one line",
       "fingerprint = 1\n[cluster]\nfingerprint = [\"a\", \"b\"]\n",
       {{"cluster.fingerprint", "c"}},
       "fingerprint = 1\n[cluster]\nfingerprint = \"c\"\n"},
      {"a list with the same items",
       "scope = [\"a\", \"b\"]\n",
       {{"scope", "a,b"}},
       "scope = [\"a\", \"b\"]\n"},
      {"the same value in other quotes", "scope = 'a'\n", {{"scope", "a"}}, "scope = 'a'\n"},
      {"a removed key",
       "# s\nscope = \"a\"\noutput = \"json\"\n",
       {{"scope", std::nullopt}},
       "# s\noutput = \"json\"\n"},
      {"a key that is not there", "output = \"json\"\n", {{"scope", std::nullopt}}, "output = \"json\"\n"},
      {"quotes in a value", "", {{"scope", "a\"\\b"}}, "scope = \"a\\\"\\\\b\"\n"},
      {"CRLF stays",
       "scope = \"a\"\r\noutput = \"json\"\r\n",
       {{"scope", "b"}},
       "scope = \"b\"\r\noutput = \"json\"\r\n"},
  };
  for (const auto& row : rows) {
    const auto after = with_settings(row.before, row.values);
    ASSERT_TRUE(after) << row.what << ": " << after.error();
    EXPECT_EQ(*after, row.after) << row.what;
    EXPECT_EQ(with_settings(*after, row.values), *after) << row.what << ", twice";
  }
}

TEST(SettingsText, RefusesWhatItCannotEdit) {
  const std::pair<const char*, const char*> rows[] = {
      {"scope = [\n  \"a\",\n]\n", "spans several lines"},
      {"scope = \"\"\"\na\n\"\"\"\n", "spans several lines"},
      {"scope = \"a\n", "line 1"},
  };
  for (const auto& [text, why] : rows) {
    const auto after = with_settings(text, {{"scope", "b"}});
    ASSERT_FALSE(after) << *after;
    EXPECT_THAT(after.error(), HasSubstr(why)) << text;
  }
  EXPECT_FALSE(
      with_settings("cluster = {base_url = \"a\", token_id = \"b\"}\n", {{"cluster.base_url", "c"}}));
  EXPECT_FALSE(with_settings("", {{"scope", "a\nb"}}));
}

TEST(SettingsText, ReadsValues) {
  const std::string text = "scope = [\"a\", \"b\"]\n[cluster]\nverify_ssl = false\n";
  EXPECT_EQ(cli::setting_in(text, "scope"), "a,b");
  EXPECT_EQ(cli::setting_in(text, "cluster.verify_ssl"), "false");
  EXPECT_EQ(cli::setting_in(text, "protect"), std::nullopt);
  EXPECT_FALSE(cli::is_without_settings(text));
  EXPECT_TRUE(cli::is_without_settings("# nothing\n[cluster]\n"));
}

}  // namespace
