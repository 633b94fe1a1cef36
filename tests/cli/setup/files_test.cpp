#include "cli/setup/files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "cli/setup/setup_pve.h"

namespace {

namespace fs = std::filesystem;
using cli::FileChange;
using cli::write_files;
using test::file_text;
using test::files_below;
using test::write_file;
using testing::HasSubstr;
using testing::Pair;
using testing::UnorderedElementsAre;

using Written = test::SetupTest;

TEST_F(Written, KeepModeAndAreKeptThemselves) {
  const auto file = home() / "client.json";
  write_file(file, "old\n");
  fs::permissions(file, fs::perms::owner_all | fs::perms::group_read);
  const auto backups = write_files({{file, "old\n", "new\n"}, {home() / "a/b/new.toml", {}, "x\n", 0640}});
  ASSERT_TRUE(backups) << backups.error();
  EXPECT_EQ(file_text(file), "new\n");
  EXPECT_EQ(fs::status(file).permissions(), fs::perms::owner_all | fs::perms::group_read);
  EXPECT_EQ(*backups, std::vector{fs::path(file.string() + ".bak-mcp-pve")});
  EXPECT_EQ(file_text(backups->front()), "old\n");
  EXPECT_EQ(file_text(home() / "a/b/new.toml"), "x\n");
  EXPECT_EQ(fs::status(home() / "a/b").permissions(), fs::perms::owner_all);

  const auto again = write_files({{file, "new\n", "newer\n"}});
  ASSERT_TRUE(again) << again.error();
  EXPECT_EQ(again->front(), fs::path(file.string() + ".bak-mcp-pve-2"));
  EXPECT_EQ(file_text(backups->front()), "old\n") << "the first backup stays";
}

TEST_F(Written, OfALinkItsFileIsChanged) {
  write_file(home() / "dotfiles/settings.json", "old\n");
  fs::create_symlink("dotfiles/settings.json", home() / "settings.json");
  const auto done = write_files({{home() / "settings.json", "old\n", "new\n"}});
  ASSERT_TRUE(done) << done.error();
  EXPECT_TRUE(fs::is_symlink(home() / "settings.json"));
  EXPECT_EQ(file_text(home() / "dotfiles/settings.json"), "new\n");
  fs::create_symlink("loop", home() / "loop");
  EXPECT_FALSE(write_files({{home() / "loop", {}, "new\n"}}));
}

TEST_F(Written, AreAllAsBeforeWhenOneFails) {
  write_file(home() / "one", "old\n");
  write_file(home() / "secret", "hush\n");
  write_file(home() / "gone", "here\n");
  write_file(home() / "file", "");
  const auto before = files_below(home());
  const FileChange last[] = {{home() / "file/below", {}, "x\n"}, {home() / "one-more", "was\n", "x\n"}};
  for (const auto& bad : last) {
    const auto failed = write_files({{home() / "one", "old\n", "new\n"},
                                     {home() / "secret", "hush\n", "other\n", 0600, true},
                                     {home() / "gone", "here\n", {}},
                                     {home() / "new/folder/file", {}, "x\n"},
                                     bad});
    ASSERT_FALSE(failed);
    EXPECT_EQ(files_below(home()), before) << failed.error();
    EXPECT_FALSE(fs::exists(home() / "new"));
  }
}

TEST_F(Written, AreTakenBackWhenALaterRenameFails) {
  write_file(home() / "one", "old\n");
  write_file(home() / "secret", "hush\n");
  // A folder cannot be replaced by a file.
  fs::create_directories(home() / "folder");
  const auto before = files_below(home());
  const auto failed = write_files({{home() / "one", "old\n", "new\n"},
                                   {home() / "secret", "hush\n", "other\n", 0600, true},
                                   {home() / "folder", {}, "x\n"}});
  ASSERT_FALSE(failed);
  EXPECT_EQ(files_below(home()), before) << failed.error();
}

TEST_F(Written, AFileThatAnotherProgramChangedMeanwhileStays) {
  write_file(home() / "one", "theirs\n");
  const auto failed = write_files({{home() / "one", "old\n", "new\n"}});
  ASSERT_FALSE(failed);
  EXPECT_THAT(failed.error(), HasSubstr("was changed meanwhile"));
  EXPECT_THAT(files_below(home()), UnorderedElementsAre(Pair("one", "theirs\n")));
}

TEST_F(Written, ASecretIsForItsOwnerAlone) {
  const auto file = home() / "secret";
  write_file(file, "old\n");
  ::chmod(file.c_str(), 0644);
  ASSERT_TRUE(write_files({{file, "old\n", "new\n", 0600, true}}));
  EXPECT_EQ(fs::status(file).permissions(), fs::perms::owner_read | fs::perms::owner_write);
}

TEST_F(Written, TheExposureOfASecretNamesTheRemedy) {
  const auto file = home() / "secret";
  EXPECT_EQ(cli::exposure_of_secret(file), std::nullopt);
  write_file(file, "hush\n");
  ::chmod(file.c_str(), 0644);
  EXPECT_THAT(cli::exposure_of_secret(file).value_or(""),
              HasSubstr("other users can read the file; run \"chmod 600 " + file.string() + "\"."));
  ::chmod(file.c_str(), 0600);
  EXPECT_EQ(cli::exposure_of_secret(file), std::nullopt);
}

TEST_F(Written, AClientsFileMayHaveSeveralMegabytes) {
  const std::string text(3'000'000, ' ');
  write_file(home() / ".claude.json", text);
  const auto read = cli::content_of_file(home() / ".claude.json");
  ASSERT_TRUE(read) << read.error();
  EXPECT_EQ(*read, text);
}

// A folder of another user than the writer, also if root runs the tests.
TEST_F(Written, ByRootNothingInTheHomeOfAnotherUser) {
  constexpr uid_t kOther = 12345;
  const bool is_root = ::geteuid() == 0;
  if (is_root) {
    ASSERT_EQ(::chown(home().c_str(), kOther, kOther), 0);
  }
  const auto owner = is_root ? kOther : ::geteuid();
  for (const auto& folder : {home(), home() / ".config/mcp-pve"}) {
    const auto wrong = cli::owned_by_another(folder, 0);
    ASSERT_TRUE(wrong) << folder;
    EXPECT_THAT(*wrong, testing::StartsWith(home().string() + " belongs to another user (id " +
                                            std::to_string(owner) + ")"));
    EXPECT_THAT(*wrong, HasSubstr("sudo -H mcp-pve setup"));
    EXPECT_EQ(cli::owned_by_another(folder, owner), std::nullopt);
  }
  EXPECT_EQ(cli::owned_by_another("/", 0), std::nullopt);
  EXPECT_EQ(cli::owned_by_another("/no/such/folder", 0), std::nullopt);
  EXPECT_EQ(cli::owned_by_another("relative", 0), std::nullopt);
  if (!is_root) return;
  EXPECT_EQ(hold(nullptr, {{"--yes", {"true"}}}), 2) << output_;
  EXPECT_THAT(errors_, HasSubstr(home().string() + " belongs to another user"));
}

}  // namespace
