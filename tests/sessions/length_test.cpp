// What a change answers is short: two lines and under 400 bytes in every recorded session, but for those that
// have more to tell.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>

#include "catalog/catalog.h"
#include "sessions/examples.h"
#include "sessions/session.h"

namespace {

constexpr std::size_t kBytes = 400;
constexpr std::ptrdiff_t kLines = 2;

/// What makes an answer longer, and why it may.
constexpr std::array<std::string_view, 7> kReasons = {
    "the call was sent to",  // a line before it: the call went to another node
    "The call covers ",      // a line before it: the guests of the scope
    "task log has complaints:",
    "With warnings (",
    "Last in its log:",
    "\ntype: ",                    // PVE answered with the object
    "Dry run, nothing was sent.",  // a plan
};

/// Without what was reported while the call waited.
std::string_view answer(std::string_view text) {
  while (text.starts_with('[')) text.remove_prefix(std::min(text.find('\n'), text.size() - 1) + 1);
  return text;
}

bool may_be_long(std::string_view text) {
  return std::ranges::any_of(
      kReasons, [&](std::string_view reason) { return text.find(reason) != std::string_view::npos; });
}

TEST(Length, OfAnAnswerToAChangeIsTwoLines) {
  std::map<std::string_view, bool> changes;
  for (const auto& category : catalog::categories()) {
    for (const auto& tool : category.tools) changes[tool.name] = tool.effect != tool::Effect::None;
  }
  std::size_t seen = 0;
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(std::filesystem::path(TEST_SOURCE_DIR) / "sessions")) {
    if (entry.path().extension() != ".session") continue;
    for (const auto& step : sessions::parse(sessions::read_file(entry.path().string()))) {
      if (step.kind != sessions::Step::Kind::Call || step.is_error || !changes[step.text]) continue;
      ++seen;
      if (may_be_long(step.outcome)) continue;
      SCOPED_TRACE(entry.path().string() + ": " + step.text + " " + step.arguments + "\n" + step.outcome);
      const auto told = answer(step.outcome);
      EXPECT_LE(told.size(), kBytes);
      EXPECT_LT(std::ranges::count(told, '\n'), kLines);
    }
  }
  EXPECT_GT(seen, 100U);
}

}  // namespace
