// The end of setup: what is shown before the last question, and what is taken back after a failure.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/setup/setup_pve.h"

namespace {

using test::admin_answers;
using test::files_below;
using test::ScriptedPerson;
using test::SetupPve;
using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

using SetupApply = test::SetupTest;

TEST_F(SetupApply, WhatWasMadeInPveIsTakenBackWhenAFileCannotBeWritten) {
  SetupPve pve;
  // A file where the folder of the settings should be.
  test::write_file(home() / ".config/mcp-pve", "in the way\n");
  const auto before = files_below(home());
  ScriptedPerson person(admin_answers(pve));
  EXPECT_EQ(hold(&person, {}), 1) << person.screen;
  EXPECT_THAT(errors_, HasSubstr("What had been changed in PVE was taken back"));
  EXPECT_EQ(files_below(home()), before);
  const auto changes = pve.take_changes();
  for (const auto* undone :
       {"DELETE /api2/json/access/users/mcp%40pve/token/pve", "DELETE /api2/json/access/users/mcp%40pve",
        "DELETE /api2/json/access/roles/MCP-pve"})
    EXPECT_THAT(changes, Contains(undone));
}

TEST_F(SetupApply, AChangeWithoutAnAnswerIsTakenBackToo) {
  const struct {
    const char* lost;
    const char* line;
    std::vector<std::string> undone;
  } rows[] = {
      {"POST /api2/json/access/roles", "pveum role add MCP-pve", {"DELETE /api2/json/access/roles/MCP-pve"}},
      {"POST /api2/json/access/users/mcp%40pve/token/pve",
       "pveum user token add mcp@pve pve",
       {"DELETE /api2/json/access/users/mcp%40pve/token/pve", "DELETE /api2/json/access/users/mcp%40pve",
        "DELETE /api2/json/access/roles/MCP-pve"}},
  };
  for (const auto& row : rows) {
    SetupPve pve;
    pve.loses = row.lost;
    ScriptedPerson person(admin_answers(pve));
    EXPECT_EQ(hold(&person, {}), 1) << person.screen;
    EXPECT_THAT(errors_,
                AllOf(HasSubstr("PVE did not answer POST "),
                      HasSubstr("This may have been made all the same: " + std::string(row.line)),
                      HasSubstr("What had been changed in PVE was taken back. No file was written.")));
    auto changes = pve.take_changes();
    std::erase_if(changes, [](const std::string& change) { return !change.starts_with("DELETE "); });
    EXPECT_EQ(changes, row.undone);
    EXPECT_THAT(files_below(home()), IsEmpty());
  }
}

TEST_F(SetupApply, ShowsThatASecretWillBeWritten) {
  SetupPve pve;
  const auto line = settings("pve.secret").string() + ": a new secret (its content is not shown)";
  auto flags = to_pve(pve);
  flags.merge(cli::GivenFlags{{"--dry-run", {"true"}}, {"--yes", {"true"}}, {"--login", {"root@pam"}}});
  EXPECT_EQ(hold(nullptr, flags), 0) << errors_;
  EXPECT_THAT(output_, HasSubstr(line));
  ScriptedPerson person(admin_answers(pve));
  ASSERT_EQ(hold(&person, {}), 0) << errors_ << person.screen;
  const auto shown = person.screen.find(line);
  EXPECT_LT(shown, person.screen.find("Do this?")) << person.screen;
  ScriptedPerson again({});
  ASSERT_EQ(hold(&again, {}), 0) << errors_ << again.screen;
  EXPECT_THAT(again.screen, Not(HasSubstr("a new secret")));
}

}  // namespace
