// SECURITY.md names the test that shows each promise.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>
#include <set>
#include <string>

#include "house/tree.h"

namespace {

using Names = std::set<std::string, std::less<>>;

/// "Suite.Name" of every test in the sources.
Names tests() {
  static const std::regex definition(R"(\nTEST(?:_F|_P)?\(\s*(\w+),\s*(\w+)\))");
  Names names;
  for (const auto& path : house::files_below("tests", {".cpp"})) {
    if (path.string().find("node_modules") != std::string::npos) continue;
    const auto text = house::read(path);
    for (std::sregex_iterator at(text.begin(), text.end(), definition), end; at != end; ++at)
      names.insert(at->str(1) + "." + at->str(2));
  }
  return names;
}

/// What stands between backquotes and looks like the name of a test.
Names named(const std::string& text) {
  static const std::regex name(R"(`([A-Z]\w+\.[A-Z]\w+)`)");
  Names names;
  for (std::sregex_iterator at(text.begin(), text.end(), name), end; at != end; ++at)
    names.insert(at->str(1));
  return names;
}

TEST(Security, EveryTestThatShowsAPromiseExists) {
  const auto all = tests();
  const auto promised = named(house::read(house::root() / "SECURITY.md"));
  for (const auto& name : promised) EXPECT_TRUE(all.contains(name)) << name;
  EXPECT_GE(promised.size(), 40U);
  EXPECT_FALSE(all.contains("Security.AMissingTestIsSeen"));
}

TEST(Security, EveryPointOfThePromisesNamesATest) {
  const auto text = house::read(house::root() / "SECURITY.md");
  const auto begin = text.find("\n## What the server promises");
  const auto end = text.find("\n## What it does not promise");
  ASSERT_LT(begin, end);
  ASSERT_NE(end, std::string::npos);
  std::string point;
  std::size_t points = 0;
  const auto check = [&] {
    if (point.starts_with("- ")) {
      ++points;
      EXPECT_FALSE(named(point).empty()) << point;
    }
    point.clear();
  };
  for (const auto& line : house::lines(text.substr(begin, end - begin))) {
    if (line.empty() || line.starts_with("- ")) check();
    point += line + "\n";
  }
  check();
  EXPECT_GT(points, 15U);
}

TEST(Security, TheThreatModelIsShortEnoughToRead) {
  EXPECT_LT(house::lines(house::read(house::root() / "SECURITY.md")).size(), 180U);
}

}  // namespace
