#include "base/file.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <memory>

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

}  // namespace
