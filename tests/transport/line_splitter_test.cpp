#include "transport/line_splitter.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace transport {
namespace {

struct Row {
  std::string input;
  std::vector<std::string> lines;
  int too_long = 0;
};

const std::size_t kLimit = 8;

const std::vector<Row>& rows() {
  static const std::vector<Row> table{
      {"", {}},
      {"a\n", {"a"}},
      {"a\r\n", {"a"}},
      {"a\r\r\n", {"a\r"}},
      {"a\nb\n", {"a", "b"}},
      {"\n\r\n \t\n a \n", {" a "}},
      {"a\nb", {"a", "b"}},
      {"a\nb\r", {"a", "b"}},
      {"\r", {}},
      {std::string("a\0b\n", 4), {std::string("a\0b", 3)}},
      {"12345678\nb\n", {"12345678", "b"}},
      {"12345678\r\nb\n", {"12345678", "b"}},
      {"123456789\nb\n", {"b"}, 1},
      {"123456789\r\nb\n", {"b"}, 1},
      {std::string(100, 'x') + "\nb\n", {"b"}, 1},
      {std::string(100, 'x') + "\n" + std::string(100, 'y') + "\nb\n", {"b"}, 2},
      {std::string(100, 'x'), {}, 1},
      {"a\n" + std::string(100, '\r') + "\nb", {"a", "b"}, 1},
  };
  return table;
}

struct Collected {
  std::vector<std::string> lines;
  int too_long = 0;
};

Collected split(const std::string& input, std::size_t step) {
  LineSplitter splitter(kLimit);
  Collected out;
  const auto line = [&](std::string_view text) { out.lines.emplace_back(text); };
  for (std::size_t i = 0; i < input.size(); i += step) {
    splitter.feed(std::string_view(input).substr(i, step), line, [&] { ++out.too_long; });
  }
  splitter.finish(line);
  return out;
}

TEST(LineSplitter, SplitsTheSameHoweverTheBytesArrive) {
  for (const auto& row : rows()) {
    for (const std::size_t step : {std::size_t{1}, std::size_t{2}, std::size_t{3}, std::size_t{7},
                                   std::size_t{9}, std::size_t{1000}}) {
      SCOPED_TRACE(row.input + " in steps of " + std::to_string(step));
      const auto got = split(row.input, step);
      EXPECT_EQ(got.too_long, row.too_long);
      EXPECT_EQ(got.lines, row.lines);
    }
  }
}

TEST(LineSplitter, SaysThatALineIsTooLongBeforeItEnds) {
  LineSplitter splitter(kLimit);
  int too_long = 0;
  splitter.feed(std::string(20, 'x'), [](std::string_view) { FAIL(); }, [&] { ++too_long; });
  EXPECT_EQ(too_long, 1);
}

}  // namespace
}  // namespace transport
