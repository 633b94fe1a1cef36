#include "config/command.h"

#include <gtest/gtest.h>

namespace {

using Words = std::vector<std::string>;

TEST(Command, IsSplitAtBlanksOutsideQuotes) {
  const std::vector<std::pair<std::string_view, Words>> cases = {
      {"", {}},
      {" \t\n ", {}},
      {"pass show pve", {"pass", "show", "pve"}},
      {"  pass\t show \n pve ", {"pass", "show", "pve"}},
      {"op read 'op://Home Lab/pve/secret'", {"op", "read", "op://Home Lab/pve/secret"}},
      {"op read \"op://Home Lab/pve\"", {"op", "read", "op://Home Lab/pve"}},
      {"a '' \"\" b", {"a", "", "", "b"}},
      {"''", {""}},
      {"a'b c'd\"e f\"", {"ab cde f"}},
      {"'say \"x\"' \"it's\"", {"say \"x\"", "it's"}},
      {R"(c:\dir\ x)", {R"(c:\dir\)", "x"}},
      {R"("a\" b)", {"a\\", "b"}},
      {"echo $HOME `id` ; rm | x > y & *",
       {"echo", "$HOME", "`id`", ";", "rm", "|", "x", ">", "y", "&", "*"}},
  };
  for (const auto& [text, words] : cases) {
    const auto split = config::split_command(text);
    ASSERT_TRUE(split) << text;
    EXPECT_EQ(*split, words) << text;
  }
}

TEST(Command, NeedsTheEndOfEachQuote) {
  for (const auto* text : {"'", "a 'b", "it's", "\"a'"}) EXPECT_FALSE(config::split_command(text)) << text;
  EXPECT_EQ(config::split_command("pass 'hunter2").error(), "has a quote (') without its end");
}

}  // namespace
