#include "auth/token_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <set>

namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::MatchesRegex;
using testing::Not;

const auth::Words kWords{{"read-only", "read-execute", "full"},
                         {"nodes", "qemu", "lxc"},
                         [](std::span<const std::string> terms) -> std::optional<std::string> {
                           for (const auto& term : terms) {
                             if (!term.starts_with("tag:")) return "\"" + term + "\" is not a tag";
                           }
                           return std::nullopt;
                         }};

std::string entry(const std::string& name, const std::string& token, const std::string& more = "") {
  return "[[token]]\nname = \"" + name + "\"\nsha256 = \"" + base::to_hex(base::sha256(token)) + "\"\n" +
         more;
}

std::expected<auth::TokenSet, std::string> parse(const std::string& text) {
  return auth::parse_tokens(text, "tokens.toml", kWords);
}

std::string error(const std::string& text) {
  const auto tokens = parse(text);
  return tokens ? "no error" : tokens.error();
}

TEST(Tokens, AreFoundByTheirHash) {
  const auto tokens =
      parse(entry("laptop", "pve_one", "tier = \"read-only\"\ncategories = [\"nodes\", \"qemu\"]\n") +
            entry("phone", "pve_two"));
  ASSERT_TRUE(tokens) << tokens.error();
  EXPECT_EQ(tokens->size(), 2U);
  const auto* laptop = tokens->find("pve_one");
  ASSERT_NE(laptop, nullptr);
  EXPECT_EQ(laptop->name, "laptop");
  EXPECT_EQ(laptop->tier, "read-only");
  EXPECT_THAT(*laptop->categories, ElementsAre("nodes", "qemu"));
  const auto* phone = tokens->find("pve_two");
  ASSERT_NE(phone, nullptr);
  EXPECT_EQ(phone->tier, std::nullopt);
  EXPECT_EQ(phone->categories, std::nullopt);
  for (const auto* wrong : {"", "pve_on", "pve_onee", "PVE_ONE", "laptop"})
    EXPECT_EQ(tokens->find(wrong), nullptr) << wrong;
  EXPECT_EQ(tokens->find(base::to_hex(laptop->digest)), nullptr) << "the hash is not the token";
}

TEST(Tokens, MayHaveAScopeOfTheirOwn) {
  const auto made =
      auth::make_token("ci", {{}, {}, std::vector<std::string>{"tag:ci", "tag:\"a\\b\""}}, kWords);
  ASSERT_TRUE(made) << made.error();
  const auto tokens = parse(made->entry);
  ASSERT_TRUE(tokens) << tokens.error() << made->entry;
  EXPECT_THAT(tokens->find(made->token)->scope, testing::Optional(ElementsAre("tag:ci", "tag:\"a\\b\"")));
  EXPECT_EQ(parse(entry("a", "x"))->find("x")->scope, std::nullopt);
  EXPECT_THAT(error(entry("a", "x", "scope = []\n")), HasSubstr("scope is an empty list"));
  EXPECT_THAT(error(entry("a", "x", "scope = \"tag:a\"\n")), HasSubstr("scope must be a list of strings"));
  EXPECT_THAT(error(entry("a", "x", "scope = [\"tags:a\"]\n")), HasSubstr("scope: \"tags:a\" is not a tag"));
}

TEST(Tokens, EveryMistakeStopsTheLoad) {
  const auto good = entry("a", "x");
  const std::vector<std::pair<std::string, std::string>> cases = {
      {entry("a", "x", "tier = \"root\"\n"),
       "Line 1 of tokens.toml, token 1: tier is \"root\", but must be one of read-only"},
      {good + entry("b", "y", "categories = [\"nodes\", \"cats\"]\n"),
       "token 2: categories is \"cats\", but must be one of nodes, qemu, lxc"},
      {entry("a", "x", "categories = []\n"), "empty list"},
      {entry("a", "x", "categories = \"nodes\"\n"), "must be a list of strings"},
      {entry("a", "x", "categories = [1]\n"), "must be a list of strings"},
      {entry("a", "x", "teir = \"full\"\n"),
       "\"teir\" is not a key; valid are name, sha256, tier, categories"},
      {entry("a", "x", "tier = 1\n"), "tier must be a string"},
      {good + entry("a", "y"), "Line 4 of tokens.toml, token 2: the name \"a\" appears twice"},
      {good + entry("b", "x"), "token 2: it has the same sha256 as \"a\""},
      {entry("", "x"), "name is \"\", but must be 1 to 64"},
      {entry("a b", "x"), "must be 1 to 64"},
      {entry("a@b", "x"), "must be 1 to 64"},
      {entry(std::string(65, 'a'), "x"), "must be 1 to 64"},
      {"[[token]]\nname = \"a\"\n", "sha256 is missing; \"mcp-pve token NAME\""},
      {"[[token]]\nsha256 = \"" + std::string(64, '0') + "\"\n", "name is missing"},
      {"[[token]]\nname = \"a\"\nsha256 = \"abc\"\n", "64 hexadecimal digits"},
      {"[token]\nname = \"a\"\n", "only [[token]] tables"},
      {"token = \"pve_secret\"\n", "only [[token]] tables"},
      {"tokens = 1\n", "has \"tokens\", but only [[token]]"},
      {good + "[other]\nx = 1\n", "has \"other\""},
      {"token = []\n", "only [[token]] tables"},
      {"[[token]\n", "Line 1 of tokens.toml is not valid TOML"},
      {"[[token]]\nname = \"a\"\nname = \"b\"\n",
       "Line 3 of tokens.toml is not valid TOML: this table or key is in the file twice."},
      {"[[token]]\nname = a\n", "Line 2 of tokens.toml is not valid TOML: strings need quotes."},
      {"[[/token]]\n", "a table needs a name"},
      {"[[token]]\nscope = [1, }]\n", "Line 2 of tokens.toml is not valid TOML: a bracket"},
      {"[[token]]\n\u00e4 = 1\n", "letters beyond ASCII need quotes"},
      {"[[token" + std::string(100'000, '.') + "x]]\n", "a key nests too deeply"},
      {"", "holds no token"},
      {"# nobody\n", "holds no token"},
      {"[[" + std::string(100, '\0') + "token]]", "is not a text file"},
      {"# \xFF\n", "is not a text file"},
  };
  for (const auto& [text, part] : cases) EXPECT_THAT(error(text), HasSubstr(part)) << text;
}

TEST(Tokens, NamesAreFoundHoweverTheyAreWritten) {
  const auto names = [](const std::string& text) { return auth::token_names(text, "tokens.toml"); };
  EXPECT_THAT(names("").value(), testing::IsEmpty());
  EXPECT_THAT(names("# name = \"no\"\nx = 1\n").value(), testing::IsEmpty());
  EXPECT_THAT(
      names("[[token]]\n  name='a'  # mine\n[[ token ]]\n\"name\"   =\t\"\\u0062\"\r\n[[token]]\nx = 1\n")
          .value(),
      ElementsAre("a", "b"));
  EXPECT_THAT(names("token = [{name = 'a', teir = 'x'}, 1]\n").value(), ElementsAre("a"));
  EXPECT_THAT(names("[[token]\n").error(), HasSubstr("Line 1 of tokens.toml is not valid TOML: "));
}

TEST(Tokens, ATokenPutThereByMistakeIsNotShown) {
  for (const auto* text : {"[[token]]\nname = \"a\"\nsha256 = \"pve_secret\"\n",
                           "[[token]]\nsha256 = pve_secret\n", "pve_secret\n", "token = \"pve_secret\"\n"})
    EXPECT_THAT(error(text), AllOf(Not(HasSubstr("pve_secret")), Not(HasSubstr("no error")))) << text;
}

TEST(Tokens, NewOnesAreRandomAndTheirLinesAreRead) {
  std::set<std::string> seen;
  for (int i = 0; i < 20; ++i) {
    const auto made = auth::make_token("laptop-2.x_y", {"full", std::vector<std::string>{"lxc"}, {}}, kWords);
    ASSERT_TRUE(made) << made.error();
    EXPECT_THAT(made->token, MatchesRegex("pve_[A-Za-z0-9_-]{43}"));
    EXPECT_THAT(made->entry, Not(HasSubstr(made->token)));
    EXPECT_TRUE(seen.insert(made->token).second);
    const auto tokens = parse(made->entry);
    ASSERT_TRUE(tokens) << tokens.error();
    const auto* found = tokens->find(made->token);
    ASSERT_NE(found, nullptr);
    EXPECT_EQ(found->name, "laptop-2.x_y");
    EXPECT_EQ(found->tier, "full");
    EXPECT_THAT(*found->categories, ElementsAre("lxc"));
  }
  EXPECT_TRUE(parse(auth::make_token("plain", {}, kWords)->entry));
}

TEST(Tokens, NewOnesFollowTheRulesOfTheFile) {
  const auto told = [](std::string_view name, std::optional<std::string> tier,
                       std::optional<std::vector<std::string>> categories) {
    const auto made = auth::make_token(name, {tier, categories, {}}, kWords);
    return made ? "no error" : made.error();
  };
  EXPECT_THAT(told("a\"b", {}, {}), HasSubstr("The token's name is"));
  EXPECT_THAT(told("a\nb", {}, {}), HasSubstr("must be 1 to 64"));
  EXPECT_THAT(told("a", "admin", {}), HasSubstr("The token's tier is \"admin\", but must be one of"));
  EXPECT_THAT(told("a", {}, {{"cats"}}), HasSubstr("categories is \"cats\""));
}

class TokenFile : public testing::Test {
 protected:
  void TearDown() override { std::filesystem::remove(path_); }
  std::string write(const std::string& text, mode_t mode) {
    std::ofstream(path_) << text;
    ::chmod(path_.c_str(), mode);
    return path_;
  }
  std::string load(mode_t mode) {
    const auto tokens = auth::load_tokens(write(entry("a", "x"), mode), kWords);
    return tokens ? "" : tokens.error();
  }
  const std::string path_ = testing::TempDir() + "tokens-" + std::to_string(::getpid()) + ".toml";
};

TEST_F(TokenFile, OneThatOthersCanWriteIsRefused) {
  for (const mode_t good : {0600U, 0400U, 0640U, 0644U, 0444U}) EXPECT_EQ(load(good), "") << std::oct << good;
  for (const mode_t bad : {0620U, 0602U, 0666U, 0660U, 0622U})
    EXPECT_THAT(load(bad), AllOf(HasSubstr("can be written by other users"), HasSubstr("chmod 600")))
        << std::oct << bad;
}

TEST_F(TokenFile, AnUnreadableFileIsNamed) {
  EXPECT_THAT(auth::load_tokens("/nonexistent/tokens", kWords).error(),
              AllOf(HasSubstr("\"/nonexistent/tokens\" cannot be opened"), HasSubstr("mcp-pve token NAME")));
  EXPECT_THAT(auth::load_tokens(testing::TempDir(), kWords).error(), HasSubstr("not a regular file"));
  EXPECT_THAT(auth::load_tokens("/dev/null", kWords).error(), HasSubstr("not a regular file"));
  EXPECT_THAT(auth::load_tokens(write(std::string(2 << 20, '#'), 0600), kWords).error(),
              HasSubstr("larger than 1 MiB"));
}

TEST_F(TokenFile, ANamedPipeDoesNotBlock) {
  ASSERT_EQ(::mkfifo(path_.c_str(), 0600), 0);
  EXPECT_THAT(auth::load_tokens(path_, kWords).error(), HasSubstr("not a regular file"));
}

}  // namespace
