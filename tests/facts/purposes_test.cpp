#include "facts/purposes.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "base/text.h"
#include "facts/facts.h"

namespace {

TEST(Purposes, EachEndpointHasOneThatIsShortAndPlain) {
  const facts::Facts facts;
  for (const auto& listed : facts.list()) {
    const auto purpose = facts::purpose(listed.method, listed.path);
    SCOPED_TRACE(std::string(base::name(listed.method)) + " " + std::string(listed.path));
    EXPECT_GE(purpose.size(), 10U);
    EXPECT_LE(purpose.size(), 80U);
    EXPECT_FALSE(purpose.ends_with('.'));
    EXPECT_TRUE(std::ranges::all_of(purpose, [](char c) { return c >= ' ' && c <= '~'; }));
    EXPECT_EQ(purpose.find_first_of("{}"), std::string_view::npos);
    EXPECT_TRUE(purpose.front() >= 'A' && purpose.front() <= 'Z');
  }
  EXPECT_EQ(facts::purpose(base::Method::Get, "/nowhere"), "");
}

TEST(Synonyms, AreWordsInLowerCase) {
  EXPECT_GE(facts::synonyms().size(), 100U);
  for (const auto& [word, others] : facts::synonyms()) {
    EXPECT_EQ(word.find(' '), std::string_view::npos) << word;
    EXPECT_EQ(base::lower_ascii(std::string(word) + std::string(others)),
              std::string(word) + std::string(others));
    EXPECT_FALSE(others.empty()) << word;
  }
}

}  // namespace
