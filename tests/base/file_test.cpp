#include "base/file.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>

namespace {

class ReadAll : public testing::Test {
 protected:
  ReadAll() { std::fwrite(text_.data(), 1, text_.size(), file_.get()); }
  /// From the beginning.
  int descriptor() const {
    std::rewind(file_.get());
    return ::fileno(file_.get());
  }

  const std::string text_ = std::string(5000, 'x') + std::string("\0\n", 2);

 private:
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  const std::unique_ptr<std::FILE, Close> file_{std::tmpfile()};
};

TEST_F(ReadAll, EveryByte) { EXPECT_EQ(base::read_all(descriptor(), text_.size()), text_); }

TEST_F(ReadAll, OneTooMany) { EXPECT_EQ(base::read_all(descriptor(), text_.size() - 1).error(), EFBIG); }

TEST_F(ReadAll, WaitsForAPipe) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe(ends.data()), 0);
  ASSERT_EQ(::write(ends[1], "a b", 3), 3);
  ::close(ends[1]);
  EXPECT_EQ(base::read_all(ends[0], 3), "a b");
  ::close(ends[0]);
  EXPECT_EQ(base::read_all(ends[0], 3).error(), EBADF);
}

// A file of its own, opened before its owner and mode change.
class Exposure : public testing::Test {
 protected:
  void TearDown() override {
    ::close(descriptor_);
    std::remove(path_.c_str());
  }
  std::optional<std::string> of(mode_t mode) {
    ::fchmod(descriptor_, mode);
    return base::exposure(descriptor_, "/x");
  }

  std::string path_ = testing::TempDir() + "exposure-XXXXXX";
  int descriptor_ = ::mkstemp(path_.data());
};

TEST_F(Exposure, IsWhatOtherUsersCanDo) {
  for (const mode_t mode : {0600U, 0400U, 0700U, 0611U}) EXPECT_FALSE(of(mode)) << mode;
  EXPECT_EQ(of(0640), "other users can read the file; run \"chmod 600 /x\"");
  EXPECT_EQ(of(0604), of(0640));
  EXPECT_EQ(of(0620), "other users can write the file; run \"chmod 600 /x\"");
  EXPECT_EQ(of(0602), of(0620));
  EXPECT_EQ(of(0624), "other users can read and write the file; run \"chmod 600 /x\"");
}

TEST_F(Exposure, TheGroupMayReadTheFileOfAnotherUser) {
  constexpr uid_t kNobody = 65534;
  if (::fchown(descriptor_, kNobody, ::getegid()) != 0) GTEST_SKIP() << "only root can give a file away";
  EXPECT_FALSE(of(0440));
  EXPECT_TRUE(of(0444));
  EXPECT_TRUE(of(0460));
}

}  // namespace
