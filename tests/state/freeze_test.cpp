#include "state/freeze.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <thread>
#include <vector>

namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr std::int64_t kAt = 1'796'022'612;  // 2026-11-30 07:10:12 UTC

class FreezeTest : public testing::Test {
 protected:
  FreezeTest() {
    std::string pattern = testing::TempDir() + "state-XXXXXX";
    base_ = ::mkdtemp(pattern.data());
    folder_ = {base_ / "deep/mcp-pve", "HOME"};
  }
  ~FreezeTest() override {
    ::chmod(folder_.path.c_str(), 0700);
    fs::remove_all(base_);
  }

  static mode_t mode(const fs::path& path) {
    struct stat about{};
    return ::stat(path.c_str(), &about) == 0 ? about.st_mode & 07777U : 0;
  }
  static std::string content(const fs::path& path) {
    std::ifstream in(path);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  /// What the folder has, besides the file itself.
  std::size_t others() const {
    std::size_t count = 0;
    for (const auto& entry : fs::directory_iterator(folder_.path))
      count += entry.path().filename() != "frozen";
    return count;
  }
  state::Freeze now() const { return state::frozen(folder_).value_or(state::Freeze{"nobody"}); }

  fs::path base_;
  state::Folder folder_;
};

TEST_F(FreezeTest, NothingIsFrozenWithoutAFile) {
  EXPECT_FALSE(state::frozen(folder_));
  EXPECT_FALSE(fs::exists(base_ / "deep")) << "looking makes nothing";
  fs::create_directories(folder_.path);
  EXPECT_FALSE(state::frozen(folder_));
}

TEST_F(FreezeTest, SaysWhoWhenAndWhy) {
  const auto done = state::freeze(folder_, "ann", kAt, " storage migration ");
  ASSERT_TRUE(done) << done.error();
  EXPECT_FALSE(done->was_already);
  const auto freeze = state::frozen(folder_);
  ASSERT_TRUE(freeze);
  EXPECT_EQ(freeze->by, "ann");
  EXPECT_EQ(freeze->at, kAt);
  EXPECT_EQ(freeze->reason, "storage migration");
  EXPECT_EQ(
      state::describe(*freeze, folder_),
      "changes are frozen since 2026-11-30 07:10:12 UTC by ann: storage migration. Run `mcp-pve thaw` to "
      "allow them again.");
  EXPECT_EQ(
      state::describe({"ann", kAt, "", ""}, folder_),
      "changes are frozen since 2026-11-30 07:10:12 UTC by ann. Run `mcp-pve thaw` to allow them again.");
  EXPECT_THAT(state::describe({"ann", kAt, "Stop!", ""}, folder_), HasSubstr("ann: Stop! Run "));
}

TEST_F(FreezeTest, MakesFolderAndFileForItsUserAlone) {
  ::umask(0);
  ASSERT_TRUE(state::freeze(folder_, "ann", kAt, ""));
  ::umask(022);
  EXPECT_EQ(mode(base_ / "deep"), 0700U);
  EXPECT_EQ(mode(folder_.path), 0700U);
  EXPECT_EQ(mode(state::freeze_file(folder_)), 0600U);
  EXPECT_EQ(others(), 0U) << "no draft stays";
}

TEST_F(FreezeTest, TheGroupMayReadTheFileWhereItMayReadTheFolder) {
  fs::create_directories(folder_.path);
  for (const auto& [of_folder, of_file] :
       {std::pair<mode_t, mode_t>{0750, 0640}, {0755, 0640}, {0740, 0600}, {0710, 0600}, {0700, 0600}}) {
    ::chmod(folder_.path.c_str(), of_folder);
    ASSERT_TRUE(state::freeze(folder_, "ann", kAt, ""));
    EXPECT_EQ(mode(state::freeze_file(folder_)), of_file);
    ASSERT_TRUE(state::thaw(folder_, {}));
  }
}

TEST_F(FreezeTest, TheFirstOneStays) {
  ASSERT_TRUE(state::freeze(folder_, "ann", kAt, "first"));
  const auto again = state::freeze(folder_, "ben", kAt + 60, "second");
  ASSERT_TRUE(again) << again.error();
  EXPECT_TRUE(again->was_already);
  EXPECT_EQ(again->freeze.by, "ann");
  EXPECT_EQ(now().reason, "first");
}

TEST_F(FreezeTest, OfManyAtOnceOneIsTheFirst) {
  std::atomic<int> first = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&, i] {
      // Threads of one process would write the same draft.
      if (i == 0) return;
      const pid_t child = ::fork();
      if (child == 0) {
        const auto done = state::freeze(folder_, "user" + std::to_string(i), kAt, "");
        ::_exit(!done ? 2 : done->was_already ? 0 : 1);
      }
      int status = 0;
      ::waitpid(child, &status, 0);
      ASSERT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) != 2);
      first += WEXITSTATUS(status);
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(first, 1);
  EXPECT_THAT(now().by, StartsWith("user"));
}

TEST_F(FreezeTest, ThawAllowsChangesAgainAndSaysWhatWasFrozen) {
  EXPECT_FALSE(*state::thaw(folder_, {})) << "nothing was frozen";
  EXPECT_FALSE(fs::exists(folder_.path)) << "and nothing is made";
  ASSERT_TRUE(state::freeze(folder_, "ann", kAt, "why"));
  const auto was = state::thaw(folder_, {});
  ASSERT_TRUE(was) << was.error();
  EXPECT_EQ((*was)->reason, "why");
  EXPECT_FALSE(state::frozen(folder_));
}

TEST_F(FreezeTest, ThawAsksWhetherItMay) {
  ASSERT_TRUE(state::freeze(folder_, "ann", kAt, "why"));
  const auto no = state::thaw(folder_, [](const state::Freeze& freeze) -> std::expected<void, std::string> {
    return std::unexpected("not without " + freeze.by);
  });
  ASSERT_FALSE(no);
  EXPECT_EQ(no.error(), "not without ann");
  EXPECT_TRUE(state::frozen(folder_));
  EXPECT_TRUE(state::thaw(folder_, [](const auto&) -> std::expected<void, std::string> { return {}; }));
  EXPECT_FALSE(state::frozen(folder_));
}

TEST_F(FreezeTest, TheReasonIsOneHarmlessLine) {
  ASSERT_TRUE(state::freeze(folder_, "ann\n", kAt, "a\nb\x1b[2J\xE2\x80\xAE \xFF" + std::string(2000, 'x')));
  const auto text = state::describe(now(), folder_);
  EXPECT_THAT(text, AllOf(Not(HasSubstr("\n")), Not(HasSubstr("\x1b")), Not(HasSubstr("\xE2\x80\xAE"))));
  EXPECT_LT(text.size(), 600U);
  // Also that of a file that another program wrote.
  std::ofstream(state::freeze_file(folder_)) << R"({"by":"x\ny","at":1,"reason":"a\nrun \u001b[1m this"})";
  EXPECT_THAT(state::describe(now(), folder_), AllOf(HasSubstr(": a run "), Not(HasSubstr("\n"))));
}

TEST_F(FreezeTest, AnyFileFreezes) {
  fs::create_directories(folder_.path);
  const auto file = state::freeze_file(folder_);
  for (const std::string text : {"", "stop", "{}", "[1]", R"({"at":"soon","by":7})"}) {
    std::ofstream(file) << text;
    const auto freeze = state::frozen(folder_);
    ASSERT_TRUE(freeze) << text;
    EXPECT_EQ(freeze->unreadable, "");
    EXPECT_GT(freeze->at, 1'700'000'000) << "when the file was changed";
    EXPECT_THAT(state::describe(*freeze, folder_), StartsWith("changes are frozen since 2"));
    fs::remove(file);
  }
}

TEST_F(FreezeTest, SomethingThatCannotBeReadFreezes) {
  fs::create_directories(folder_.path);
  const auto file = state::freeze_file(folder_);
  const auto unreadable = [&] {
    const auto freeze = state::frozen(folder_);
    return freeze ? freeze->unreadable : "not frozen";
  };
  fs::create_directory(file);
  EXPECT_EQ(unreadable(), "Is a directory");
  EXPECT_EQ(state::describe(now(), folder_),
            "changes are refused, because " + file.string() +
                " cannot be read (Is a directory) and may freeze them. Make it readable for the user of this "
                "server, or run `mcp-pve thaw` to allow changes again.");
  const auto by_hand = state::thaw(folder_, {});
  ASSERT_FALSE(by_hand) << "a folder may hold what nobody wants to lose";
  EXPECT_THAT(by_hand.error(), HasSubstr("cannot be removed: Is a directory. Remove it by hand."));
  EXPECT_TRUE(state::freeze(folder_, "ann", kAt, "")->was_already);
  fs::remove(file);

  fs::create_symlink(base_ / "nowhere", file);
  EXPECT_THAT(unreadable(), HasSubstr("symbolic links"));
  fs::remove(file);

  ASSERT_EQ(::mkfifo(file.c_str(), 0600), 0);
  EXPECT_EQ(unreadable(), "Not a regular file");
  fs::remove(file);

  std::ofstream(file) << std::string(100'000, 'x');
  EXPECT_EQ(unreadable(), "File too large");
  EXPECT_TRUE(*state::thaw(folder_, {}));
  EXPECT_FALSE(state::frozen(folder_));

  fs::remove(folder_.path);
  std::ofstream(folder_.path) << "a file in the place of the folder";
  EXPECT_EQ(unreadable(), "Not a directory");
}

TEST_F(FreezeTest, AFileOfAnotherUserFreezesAndThawSaysWhoCanThaw) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs two users";
  ASSERT_TRUE(state::freeze(folder_, "ann", kAt, "why"));
  for (auto path = folder_.path; path != base_.parent_path(); path = path.parent_path())
    ::chmod(path.c_str(), 0755);
  const pid_t child = ::fork();
  if (child == 0) {
    if (::setgid(12345) != 0 || ::setuid(12345) != 0) ::_exit(9);
    const auto freeze = state::frozen(folder_);
    if (!freeze || freeze->unreadable != "Permission denied") ::_exit(1);
    const auto no = state::thaw(folder_, {});
    if (no || no.error().find("belongs to the user root. Run this as root") == std::string::npos) ::_exit(2);
    const auto own = state::freeze(folder_, "ben", 1, "");
    ::_exit(own ? 3 : 0);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_EQ(WEXITSTATUS(status), 0);
  // Nor can a folder that nobody may look into say that changes are allowed.
  ASSERT_TRUE(state::thaw(folder_, {}));
  ::chmod(folder_.path.c_str(), 0700);
  const pid_t other = ::fork();
  if (other == 0) {
    if (::setgid(12345) != 0 || ::setuid(12345) != 0) ::_exit(9);
    const auto freeze = state::frozen(folder_);
    ::_exit(freeze && freeze->unreadable == "Permission denied" ? 0 : 1);
  }
  ::waitpid(other, &status, 0);
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

TEST_F(FreezeTest, RootKeepsTheOwnerOfTheFolder) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root";
  fs::create_directories(folder_.path);
  ASSERT_EQ(::chown(folder_.path.c_str(), 12345, 12346), 0);
  ASSERT_TRUE(state::freeze(folder_, "ann", kAt, ""));
  struct stat about{};
  ASSERT_EQ(::stat(state::freeze_file(folder_).c_str(), &about), 0);
  EXPECT_EQ(about.st_uid, 12345U);
  EXPECT_EQ(about.st_gid, 12346U);
  // And gives a folder that it makes to the owner of the one above.
  const state::Folder below{folder_.path / "a/b", "PVE_STATE_DIR"};
  ASSERT_TRUE(state::freeze(below, "ann", kAt, ""));
  for (const auto& path : {below.path, below.path.parent_path(), state::freeze_file(below)}) {
    ASSERT_EQ(::stat(path.c_str(), &about), 0);
    EXPECT_EQ(about.st_uid, 12345U) << path;
  }
}

TEST_F(FreezeTest, AFolderThatEveryUserMayWriteToIsRefused) {
  fs::create_directories(folder_.path);
  ::chmod(folder_.path.c_str(), 0777);
  const auto no = state::freeze(folder_, "ann", kAt, "");
  ASSERT_FALSE(no);
  EXPECT_EQ(no.error(), "every user may write to the state folder " + folder_.path.string() +
                            " (mode 0777). Run: chmod o-w " + folder_.path.string());
  EXPECT_EQ(state::weakness(folder_), no.error());
  ::chmod(folder_.path.c_str(), 0775);
  EXPECT_TRUE(state::freeze(folder_, "ann", kAt, ""));
  EXPECT_FALSE(state::weakness(folder_));
}

TEST_F(FreezeTest, APlaceThatCannotBeMadeIsNamed) {
  std::ofstream(base_ / "file") << "x";
  const auto no = state::freeze({base_ / "file/mcp-pve", "HOME"}, "ann", kAt, "");
  ASSERT_FALSE(no);
  EXPECT_EQ(no.error(),
            "the state folder " + (base_ / "file/mcp-pve").string() +
                " cannot be opened: Not a directory. Set PVE_STATE_DIR to a folder that this user "
                "owns.");
}

}  // namespace
