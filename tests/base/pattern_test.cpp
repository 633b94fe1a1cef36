#include "base/pattern.h"

#include <gtest/gtest.h>

#include <string>

namespace {

struct Case {
  const char* pattern;
  const char* text;
  bool fits;
};

TEST(Pattern, StarsAndQuestionMarksStandForAnything) {
  for (const auto& [pattern, text, fits] : {Case{"web*", "web01", true},
                                            {"web*", "web", true},
                                            {"web*", "db-web", false},
                                            {"*web*", "db-web01", true},
                                            {"w?b", "wab", true},
                                            {"w?b", "wb", false},
                                            {"WEB01", "web01", true},
                                            {"a*b*c", "a-b-b-c", true},
                                            {"a*b*c", "a-c-b", false},
                                            {"", "", true},
                                            {"", "a", false},
                                            {"*", "", true},
                                            {"**", "", true},
                                            {"*a*b?", "xxaxxabc", true},
                                            {"web.1", "web-1", false}})
    EXPECT_EQ(base::fits_pattern(pattern, text), fits) << pattern << " " << text;
}

TEST(Pattern, ManyStarsEndSoon) {
  std::string pattern;
  for (int i = 0; i < 200; ++i) pattern += "*a";
  EXPECT_FALSE(base::fits_pattern(pattern + "b", std::string(2000, 'a')));
}

}  // namespace
