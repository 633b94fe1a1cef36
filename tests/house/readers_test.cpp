// Members of JSON, numbers in text and classes of characters are read by base/ alone: a private copy forgets
// that what PVE says is shown printable only.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include "house/tree.h"

namespace {

using testing::IsEmpty;

/// What a line must hold to be worth the regular expression, and that.
struct Pattern {
  std::vector<std::string> words;  ///< one of them
  std::regex regex;

  bool fits(const std::string& line) const {
    const bool likely =
        std::ranges::any_of(words, [&](const auto& word) { return line.find(word) != std::string::npos; });
    return likely && std::regex_search(line, regex);
  }
};

/// The lines of src/ outside of base/ that fit, as "folder/file.cpp: line", but for those files.
std::vector<std::string> lines_with(const Pattern& pattern, const std::set<std::string>& allowed = {}) {
  std::vector<std::string> found;
  std::size_t looked_at = 0;
  for (const auto& path : house::files_below("src", {".h", ".cpp"})) {
    const auto folder = path.parent_path().filename().string();
    const auto name = folder + "/" + path.filename().string();
    if (folder == "base" || allowed.contains(name)) continue;
    ++looked_at;
    for (const auto& line : house::lines(house::read(path))) {
      if (pattern.fits(line)) found.push_back(name + ": " + line);
    }
  }
  EXPECT_GT(looked_at, 100U);
  return found;
}

// A function that looks for a member by its key and gives its text, number or flag.
const Pattern kMemberReader{
    {"std::string_view key) {", "std::string_view name) {"},
    std::regex(R"(\b(text|string|number|integer|whole|real|flag|member|is_set)\w*\()"
               R"((const )?base::Json(Object)?[ &*]+\w+, std::string_view (key|name)\) \{)")};

// What one is made of: whether there is such a member, and whether it is a text.
const Pattern kTextByHand{{"->is_string() ?"}, std::regex(R"(!= nullptr && \w+->is_string\(\) \?)")};

const Pattern kNumberByHand{{"from_chars", "<charconv>", "strto", "sto", "ato"},
                            std::regex(R"(\bfrom_chars\b|<charconv>|\b(strto[a-z]+|sto[ild]+|ato[ilf])\()")};

const Pattern kCharacterClass{
    {"(char ", "digits(std::string_view ", "'0'", "'a'", "is"},
    std::regex(R"(\b(is_digit|is_hex|hex_value|is_letter|is_alnum|letter)\(char \w+\))"
               R"(|\b(all_)?digits\(std::string_view \w+\))"
               R"(|>= '0' && .* <= '9'|>= 'a' && .* <= '[fz]'|\bis(x?digit|alnum|alpha)\()")};

TEST(Readers, ThePatternsFindWhatTheyAreFor) {
  EXPECT_TRUE(
      kMemberReader.fits("std::string text_of(const base::JsonObject& object, std::string_view key) {"));
  EXPECT_TRUE(kMemberReader.fits("std::int64_t number(const base::Json* data, std::string_view name) {"));
  EXPECT_FALSE(kMemberReader.fits("  const auto name = base::text(row, \"name\");"));
  EXPECT_TRUE(kTextByHand.fits("return value != nullptr && value->is_string() ? value->get_string() : {};"));
  EXPECT_TRUE(kNumberByHand.fits("  std::from_chars(text.data(), end, value);"));
  EXPECT_TRUE(kNumberByHand.fits("  return std::stoll(text);"));
  EXPECT_FALSE(kNumberByHand.fits("  const auto found = find_stop(text);"));
  EXPECT_TRUE(kCharacterClass.fits("bool is_digit(char c) {"));
  EXPECT_TRUE(kCharacterClass.fits("[](char c) { return c >= '0' && c <= '9'; }"));
  EXPECT_TRUE(kCharacterClass.fits("std::isxdigit(c)"));
  EXPECT_FALSE(kCharacterClass.fits("std::ranges::all_of(text, base::is_digit)"));
}

TEST(Readers, OnlyBaseParsesNumbers) { EXPECT_THAT(lines_with(kNumberByHand), IsEmpty()); }

TEST(Readers, OnlyBaseReadsMembersByKey) { EXPECT_THAT(lines_with(kMemberReader), IsEmpty()); }

TEST(Readers, OnlyBaseTurnsAMemberIntoText) {
  const std::set<std::string> allowed = {
      "mcp/server.cpp",      // protocol: the type of the member decides the answer
      "mcp/request_meta.h",  // the same
      "mcp/legacy.cpp",      // the same
  };
  EXPECT_THAT(lines_with(kTextByHand, allowed), IsEmpty());
}

TEST(Readers, OnlyBaseHasClassesOfCharacters) { EXPECT_THAT(lines_with(kCharacterClass), IsEmpty()); }

}  // namespace
