#include "state/trusted.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

#include "base/file.h"
#include "state/private_file.h"

namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;

std::string fingerprint(std::string_view byte) {
  std::string text;
  for (int i = 0; i < 32; ++i) text += (text.empty() ? "" : ":") + std::string(byte);
  return text;
}

class Trust : public testing::Test {
 protected:
  Trust() {
    std::string pattern = testing::TempDir() + "trust-XXXXXX";
    base_ = ::mkdtemp(pattern.data());
    folder_ = {base_ / "state", "PVE_STATE_DIR"};
  }
  ~Trust() override { fs::remove_all(base_); }

  void write(const std::string& text) const {
    fs::create_directories(folder_.path);
    std::ofstream(trusted_file(folder_)) << text;
    ::chmod(trusted_file(folder_).c_str(), 0600);
  }

  fs::path base_;
  state::Folder folder_;
};

TEST_F(Trust, IsStoredForItsAddressAndReplaced) {
  EXPECT_TRUE(state::trusted(folder_)->empty());
  ASSERT_TRUE(state::trust(folder_, "https://a:8006", fingerprint("AA")));
  ASSERT_TRUE(state::trust(folder_, "https://b:8006", fingerprint("BB")));
  ASSERT_TRUE(state::trust(folder_, "https://a:8006", fingerprint("CC")));
  EXPECT_EQ(state::trusted(folder_).value(),
            (state::Trusted{{"https://a:8006", fingerprint("CC")}, {"https://b:8006", fingerprint("BB")}}));
  struct stat about{};
  ASSERT_EQ(::stat(trusted_file(folder_).c_str(), &about), 0);
  EXPECT_EQ(about.st_mode & 07777U, 0600U);
}

TEST_F(Trust, AFileThatCannotBeUnderstoodIsAnError) {
  for (const auto* const text : {"https://a:8006\n", "https://a:8006 AA:BB\n", "rubbish in it\n"}) {
    write("# a comment\n\n" + std::string(text));
    EXPECT_THAT(state::trusted(folder_).error(),
                AllOf(HasSubstr("line 3 of "), HasSubstr("Remove the line, and run `mcp-pve trust`.")));
    EXPECT_FALSE(state::trust(folder_, "https://a:8006", fingerprint("AA")));
  }
}

TEST_F(Trust, AFileThatOthersCanWriteIsAnError) {
  write("");
  ::chmod(trusted_file(folder_).c_str(), 0620);
  EXPECT_THAT(state::trusted(folder_).error(), HasSubstr("run: chmod 600 "));
  fs::remove(trusted_file(folder_));
  fs::create_symlink(base_ / "elsewhere", trusted_file(folder_));
  EXPECT_FALSE(state::trusted(folder_));
  fs::remove(trusted_file(folder_));
  fs::create_directory(trusted_file(folder_));
  EXPECT_FALSE(state::trusted(folder_));
}

TEST_F(Trust, AFileOfAnotherUserIsAnError) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can give a file away";
  write("");
  ASSERT_EQ(::chown(trusted_file(folder_).c_str(), 4711, 4711), 0);
  EXPECT_THAT(state::trusted(folder_).error(), HasSubstr("belongs to user 4711"));
}

TEST_F(Trust, RootWritesForTheOwnerOfTheFolder) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can write for another user";
  fs::create_directory(folder_.path);
  ASSERT_EQ(::chown(folder_.path.c_str(), 4711, 4712), 0);
  ASSERT_TRUE(state::trust(folder_, "https://a:8006", fingerprint("AA")));
  struct stat about{};
  ASSERT_EQ(::stat(trusted_file(folder_).c_str(), &about), 0);
  EXPECT_EQ(about.st_uid, 4711U);
  EXPECT_EQ(about.st_gid, 4712U);
}

}  // namespace
