// mcp-pve setup --remove: what setup made goes, and what was there before stays.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>

#include "cli/setup/setup_pve.h"

namespace {

namespace fs = std::filesystem;
using test::files_below;
using test::SetupPve;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

using Removal = test::SetupTest;

constexpr const char* kRoot = "00000000-0000-4000-8000-000000000000";

cli::GivenFlags removal() { return {{"--remove", {"true"}}, {"--yes", {"true"}}}; }

TEST_F(Removal, LeavesATokenAndAFileThatWereThereBefore) {
  SetupPve pve;
  const std::string own = "protect = \"tag:prod\"\n\n[cluster]\nbase_url = \"https://127.0.0.1:" + pve.port +
                          "\"\ntoken_id = \"mcp@pve!mine\"\ntoken_secret_file = \"" +
                          settings("pve.secret").string() + "\"\n";
  test::write_file(settings(), own);
  test::write_file(settings("pve.secret"), std::string(kRoot) + "\n");
  ::chmod(settings("pve.secret").c_str(), 0600);
  auto flags = to_pve(pve);
  flags.merge(cli::GivenFlags{{"--yes", {"true"}}, {"--token-from", {"keep"}}, {"--client", {"none"}}});
  ASSERT_EQ(hold(nullptr, flags), 0) << errors_ << output_;
  EXPECT_THAT(text(settings()), HasSubstr("fingerprint = "));
  pve.take_requests();

  auto remove = removal();
  // A login is not needed, because nothing in PVE was made by setup.
  remove["--login"] = {"root@pam"};
  EXPECT_EQ(hold(nullptr, remove), 0) << errors_ << output_;
  EXPECT_EQ(text(settings()), own);
  EXPECT_EQ(text(settings("pve.secret")), std::string(kRoot) + "\n");
  EXPECT_THAT(pve.take_requests(), IsEmpty());
  EXPECT_THAT(output_, AllOf(HasSubstr("mcp@pve!mine was not made by setup"), HasSubstr("stays in PVE"),
                             HasSubstr("\n  pveum user token remove mcp@pve mine\n"),
                             HasSubstr("pve.secret stays, because setup did not make it")));
}

TEST_F(Removal, LeavesAFileOfSettingsWithoutARecord) {
  test::write_file(settings(), "scope = \"tag:a\"\n[cluster]\ntoken_id = \"root@pam!demo\"\n");
  test::write_file(settings("pve.secret"), std::string(kRoot) + "\n");
  const auto before = files_below(home());
  EXPECT_EQ(hold(nullptr, removal()), 0) << errors_ << output_;
  EXPECT_EQ(files_below(home()), before);
  EXPECT_THAT(output_, AllOf(HasSubstr("config.toml stays, because no comment in it says what setup wrote"),
                             HasSubstr("root@pam!demo was not made by setup")));
}

TEST_F(Removal, LeavesCommentsOfThePersonsOwn) {
  SetupPve pve;
  test::write_file(settings(), "# mine\n");
  test::write_file(top_ / "secret", std::string(kRoot) + "\n");
  ::chmod((top_ / "secret").c_str(), 0600);
  auto flags = to_pve(pve);
  flags.merge(cli::GivenFlags{{"--yes", {"true"}},
                              {"--token-id", {"root@pam!demo"}},
                              {"--token-secret-file", {(top_ / "secret").string()}},
                              {"--client", {"none"}}});
  ASSERT_EQ(hold(nullptr, flags), 0) << errors_ << output_;
  EXPECT_EQ(hold(nullptr, removal()), 0) << errors_ << output_;
  EXPECT_THAT(text(settings()), AllOf(HasSubstr("# mine\n"), Not(HasSubstr("made by")), Not(HasSubstr("="))));
  EXPECT_EQ(text(top_ / "secret"), std::string(kRoot) + "\n");
}

TEST_F(Removal, SaysWhichClientsFileItCouldNotChange) {
  SetupPve pve;
  fs::create_directories(home() / ".cursor");
  test::write_file(top_ / "secret", std::string(kRoot) + "\n");
  ::chmod((top_ / "secret").c_str(), 0600);
  auto flags = to_pve(pve);
  flags.merge(cli::GivenFlags{{"--yes", {"true"}},
                              {"--token-id", {"root@pam!demo"}},
                              {"--token-secret-file", {(top_ / "secret").string()}}});
  ASSERT_EQ(hold(nullptr, flags), 0) << errors_ << output_;
  const auto claude = home() / ".claude.json";
  test::write_file(claude, "{\"mcpServers\": {\"pve\": ");
  test::write_file(home() / ".gemini/settings.json", "{\"theme\": \"dark\"}");
  EXPECT_EQ(hold(nullptr, removal()), 1) << output_;
  EXPECT_THAT(output_, AllOf(HasSubstr(claude.string() + " was not changed: line 1: "),
                             HasSubstr("or run: claude mcp remove")));
  EXPECT_THAT(errors_, HasSubstr("the server pve may still be in " + claude.string() + ". Remove it there."));
  // The rest is done.
  EXPECT_FALSE(fs::exists(home() / ".cursor/mcp.json"));
  EXPECT_FALSE(fs::exists(settings()));
  fs::remove(claude);
  fs::create_directories(claude);
  EXPECT_EQ(hold(nullptr, removal()), 1) << output_;
  EXPECT_THAT(output_, AllOf(HasSubstr("cannot be read"), HasSubstr("It was not changed.")));
}

}  // namespace
