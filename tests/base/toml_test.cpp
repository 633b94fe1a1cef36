#include "base/toml.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace {

using testing::HasSubstr;
using testing::Not;

std::string repeated(std::string_view part, std::size_t count) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) text += part;
  return text;
}

std::string fault(std::string_view text) {
  const auto parsed = base::parse_toml(text);
  return parsed ? "no fault" : std::to_string(parsed.error().line) + ": " + parsed.error().reason;
}

TEST(Toml, FaultsNameTheLineAndWhatIsWrong) {
  const struct {
    std::string text;
    std::string_view clause;
  } rows[] = {
      {"a = 1\n[/b]\n", "2: a table needs a name between its brackets"},
      {"a = 1\n  [ /b]\n", "2: a table needs a name"},
      {"a = 1\n[[[b]\n", "2: a table needs a name"},
      {"[", "1: a table needs a name"},
      {"[ \t]", "1: a table needs a name"},
      {"[[ ]]", "1: a table needs a name"},
      {"[b c]", "1: a table's name needs its closing bracket, and quotes"},
      {"a = 1\nä = 2\n", "2: strings and names with letters beyond ASCII need quotes"},
      {"a = 1\n\uFEC3.c = 1\n", "2: strings and names with letters beyond ASCII"},
      {"\n\nname = Büro\n", "3: strings and names with letters beyond ASCII"},
      {"a = [\n1, }]\n", "2: a bracket is closed that was not opened"},
      {"a = { b = [1 }\n", "1: a bracket is closed that was not opened"},
      {"a = 1\nb = 2\"\u00e2\" = 3\n", "2: a quote stands within a value or a name"},
      {"b = 2.\"\u00e2\"\n", "1: a quote stands within"},
      {"b = [{}, 2.'\u00e2']\n", "1: a quote stands within"},
      {"a = secret\n", "1: strings need quotes"},
      {"a = 12345-678\n", "1: strings need quotes"},
      {"a = 1\n[b\n", "2: a table's name needs its closing bracket"},
      {"a = 1\na = 2\n", "2: this table or key is in the file twice"},
      {"[a]\nb = 1\n[c]\n[a]\n", "4: this table or key is in the file twice"},
      {"a = { b = 1 }\n[a.c]\n", "2: this table is in the file twice"},
      {"a.b = 1\na = 2\n", "2: this table or key is in the file twice"},
      {"a = \"secret\nb = 1\n", "1: a string has no end in its line"},
      {"a = 'secret\n", "1: a string has no end in its line"},
      {"a = '''secret", "a bracket, a string or a value has no end"},
      {"a = [1,\n", "a bracket, a string or a value has no end"},
      {"a = \"C:\\secret\"\n", "1: a backslash in double quotes begins an escape"},
      {"secret\n", "1: a key needs \"=\" and a value"},
      {"a = " + repeated("[", 100'000), "1: brackets nest too deeply"},
      {std::string("a = \"\0\"\n", 8), "0: "},
      {"a = \"\xFF\"", "0: "},
      {"# \x1B[2J", "0: "},
  };
  for (const auto& row : rows) {
    EXPECT_THAT(fault(row.text), HasSubstr(row.clause)) << row.text.substr(0, 100);
    EXPECT_THAT(fault(row.text), Not(HasSubstr("secret")));
  }
}

TEST(Toml, WhatLooksLikeAFaultIsNone) {
  for (const auto* text :
       {"", "\xEF\xBB\xBF[a]\n", "\xEF\xBB\xBF\"ä\" = 1", "# [/x] ä }\r\na = 1\r\n", "a = \"[/x] ä }\"\n",
        "a = '''\n[/x]\n}\n'''\n", "a = [\n  [1],\n  [2, 3], # ]\n]\n", "[ a . \"ä.b\" ]\n", "[[a]]\n[[a]]\n",
        "a.'ä' = { b = [{}], c.\"d\" = 1.5 }\n", "  [a]\n", "-1 = 1\n[-]\n", "a = \"\"\"x\"\"\"\"\"\n"})
    EXPECT_EQ(fault(text), "no fault") << text;
}

// As deep as it may be, the text is parsed, and its table destroyed, within the stack.
TEST(Toml, NestsToALimit) {
  const auto deep = repeated("a.", base::kTomlKeyParts - 1) + "a";
  const auto nested = [&](std::size_t tables) {
    return "[" + deep + "]\n" + repeated(deep + " = {", tables) + deep + " = 1" + repeated("}", tables) +
           "\n";
  };
  EXPECT_EQ(fault(nested(base::kTomlBrackets)), "no fault");
  EXPECT_EQ(fault(nested(base::kTomlBrackets + 1)), "2: brackets nest too deeply");
  const auto arrays = [](std::size_t count) { return "a = " + repeated("[", count) + repeated("]", count); };
  EXPECT_EQ(fault(arrays(base::kTomlBrackets)), "no fault");
  EXPECT_EQ(fault(arrays(base::kTomlBrackets + 1)), "1: brackets nest too deeply");
  const auto long_key = repeated("a.", 1'000'000) + "a";
  for (const auto& text : {long_key + " = 1\n", "[" + long_key + "]\n", "x = { " + long_key + " = 1 }\n"})
    EXPECT_EQ(fault(text), "1: a key nests too deeply");
}

}  // namespace
