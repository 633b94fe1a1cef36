// Every read of a log or a report that is not one guest's or one task's is known as free text.
#include "facts/free_text.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>

#include "facts/facts.h"

namespace {

TEST(FreeText, IsWhatPveHasInWordsForAllGuestsTogether) {
  const facts::Facts facts;
  constexpr std::array<std::string_view, 4> kLogs = {"/log", "/syslog", "/journal", "/report"};
  std::size_t rows = 0;
  for (const auto& listed : facts.list()) {
    if (listed.method != base::Method::Get) continue;
    const bool is_log = std::ranges::any_of(kLogs, [&](auto end) { return listed.path.ends_with(end); });
    const bool of_one = listed.path.find("{vmid}") != std::string_view::npos ||
                        listed.path.find("{upid}") != std::string_view::npos ||
                        listed.path.find("/replication/{id}") != std::string_view::npos;
    const auto about = facts::free_text_about(listed.path);
    EXPECT_TRUE(!is_log || of_one || !about.empty()) << listed.path;
    EXPECT_TRUE(!of_one || about.empty()) << listed.path << " is refused by its guest or task";
    if (!about.empty()) ++rows;
  }
  EXPECT_EQ(rows, facts::free_texts().size()) << "a row names no GET of PVE";
}

}  // namespace
