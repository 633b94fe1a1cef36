// How facts that are too long are cut.
#include "prompt/text.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

std::string text_of(std::vector<prompt::Fact> facts, std::size_t limit) {
  const auto text = prompt::whole_text("Look.", facts, {}, "", {}, limit);
  EXPECT_LE(text.size(), limit);
  return text;
}

std::string table(int rows, std::string_view below) {
  std::string text = fmt::format("{} guests\nvmid|name", rows);
  for (int i = 0; i < rows; ++i) text += fmt::format("\n{}|guest-with-a-long-name-{}", 100 + i, i);
  return text + std::string(below);
}

TEST(PromptText, WhatStandsBelowATableStaysWhenItsRowsAreCut) {
  const auto text = text_of(
      {{.what = "Guests", .tool = "pve_list", .text = table(100, "\npve3 is offline: all is old.")}}, 1200);
  EXPECT_THAT(text, HasSubstr("\n| 101|guest-with-a-long-name-1\n"));
  EXPECT_THAT(text, Not(HasSubstr("long-name-99")));
  EXPECT_THAT(text, EndsWith("\n| pve3 is offline: all is old.\nCut here: pve_list gives the rest of this "
                             "answer.\n"));
}

TEST(PromptText, OfAnAnswerThatIsOnePageItsCursorIsNotThatOfTheCut) {
  const auto text =
      text_of({{.what = "Guests",
                .tool = "pve_list",
                .text = table(100,
                              "\n203 more: continue with cursor=462; narrow with filter and fields\n"
                              "pve3 is offline: all is old.")}},
              1200);
  EXPECT_THAT(text, Not(HasSubstr("cursor=462")));
  EXPECT_THAT(text, EndsWith("\n| pve3 is offline: all is old.\nCut here: pve_list gives the rest of this "
                             "answer, and says how to continue.\n"));
}

TEST(PromptText, WhatIsWholeHasItsCursor) {
  EXPECT_THAT(
      text_of({{.what = "Guests", .tool = "pve_list", .text = table(3, "\n2 more: continue with cursor=3")}},
              1200),
      EndsWith("\n| 2 more: continue with cursor=3\n"));
}

TEST(PromptText, LinesThatAreNoTableAreCutAtTheirEnd) {
  std::string log = "1000 lines";
  for (int i = 0; i < 1000; ++i) log += fmt::format("\nline number {}", i);
  const auto text = text_of({{.what = "Log", .tool = "pve_log", .text = log}}, 1200);
  EXPECT_THAT(text, Not(HasSubstr("line number 999")));
  EXPECT_THAT(text, EndsWith("\nCut here: pve_log gives the rest of this answer.\n"));
}

TEST(PromptText, JsonOfAPageSaysSo) {
  const auto json = R"({"data":[)" + std::string(5000, '1') + R"(],"total":900,"cursor":"462"})";
  EXPECT_THAT(text_of({{.what = "Guests", .tool = "pve_list", .text = json}}, 1200),
              EndsWith("…\nCut here: pve_list gives the rest of this answer, and says how to continue.\n"));
}

const std::string kForbidden =
    "Permission check failed (/nodes/pve1, Sys.Syslog) (PVE's answer to GET /nodes/pve1/syslog, status "
    "403). " +
    std::string(300, 'x') +
    " is long. On a node as root: pveum acl modify /nodes/pve1 --users 'auditor@pve' --roles PVESysAdmin "
    "(with privilege separation its token needs it too).";

TEST(PromptText, ARemedyIsWhole) {
  EXPECT_THAT(text_of({{.what = "Log", .tool = "pve_log", .text = kForbidden, .failed = true}}, 4000),
              EndsWith("--roles PVESysAdmin (with privilege separation its token needs it too).\n"));
}

TEST(PromptText, AReasonThatIsTooLongEndsWithASentence) {
  const auto text = kForbidden + " " + kForbidden;
  EXPECT_THAT(text_of({{.what = "Log", .tool = "pve_log", .text = text, .failed = true}}, 4000),
              EndsWith(" (PVE's answer to GET /nodes/pve1/syslog, status 403). …\n"));
  // If there is no room for it either.
  EXPECT_THAT(text_of({{.what = "Log", .tool = "pve_log", .text = kForbidden, .failed = true}}, 850),
              AllOf(EndsWith(" is long. …\n"), Not(HasSubstr("pveum")), Not(HasSubstr("Cut here"))));
  EXPECT_THAT(
      text_of({{.what = "Log", .tool = "pve_log", .text = std::string(2000, 'x'), .failed = true}}, 4000),
      EndsWith("x…\n"));
}

TEST(PromptText, OurOwnWordsStandOutsideOfTheFence) {
  EXPECT_THAT(text_of({{.what = "One", .tool = "pve_one", .text = "a", .note = "pve3 is offline."}}, 4000),
              EndsWith("\n## One: pve_one\npve3 is offline.\n| a\n"));
  EXPECT_THAT(
      text_of(
          {{.what = "One", .tool = "pve_one", .text = "Not read: a.\nNor b.", .failed = true, .told = true}},
          4000),
      EndsWith("\n## One: pve_one\n| Not read: a.\n| Nor b.\n"));
}

}  // namespace
