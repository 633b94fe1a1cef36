#include "state/passphrase.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <fstream>
#include <sstream>

namespace {

using namespace std::string_literals;
namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::Not;

constexpr state::ScryptCost kCheap{.n = 16, .r = 8, .p = 1};
const std::string kRight = "correct horse battery";

class Passphrase : public testing::Test {
 protected:
  Passphrase() {
    std::string pattern = testing::TempDir() + "passphrase-XXXXXX";
    base_ = ::mkdtemp(pattern.data());
    folder_ = {base_ / "state", "PVE_STATE_DIR"};
  }
  ~Passphrase() override { fs::remove_all(base_); }

  std::string text() const {
    std::ostringstream out;
    out << std::ifstream(passphrase_file(folder_)).rdbuf();
    return out.str();
  }
  void write(const std::string& text) const {
    fs::create_directories(folder_.path);
    std::ofstream(passphrase_file(folder_)) << text;
    ::chmod(passphrase_file(folder_).c_str(), 0600);
  }

  fs::path base_;
  state::Folder folder_;
};

TEST_F(Passphrase, IsKnownByItsHashAlone) {
  EXPECT_FALSE(state::has_passphrase(folder_).value());
  EXPECT_FALSE(state::is_passphrase(folder_, kRight).value());
  EXPECT_FALSE(state::is_passphrase(folder_, "").value());
  ASSERT_TRUE(state::set_passphrase(folder_, kRight, kCheap));
  EXPECT_TRUE(state::has_passphrase(folder_).value());
  EXPECT_TRUE(state::is_passphrase(folder_, kRight).value());
  for (const auto& wrong : {std::string(), std::string("correct horse batter"), kRight + " ", kRight + kRight,
                            std::string(100'000, 'x')})
    EXPECT_FALSE(state::is_passphrase(folder_, wrong).value()) << wrong.substr(0, 40);
  EXPECT_THAT(text(), Not(HasSubstr(kRight)));
  struct stat about{};
  ASSERT_EQ(::stat(passphrase_file(folder_).c_str(), &about), 0);
  EXPECT_EQ(about.st_mode & 07777U, 0600U);
}

TEST_F(Passphrase, HasAnotherHashEachTime) {
  ASSERT_TRUE(state::set_passphrase(folder_, kRight, kCheap));
  const auto first = text();
  ASSERT_TRUE(state::set_passphrase(folder_, kRight, kCheap));
  EXPECT_NE(text(), first);
  EXPECT_TRUE(state::is_passphrase(folder_, kRight).value());
}

TEST_F(Passphrase, IsHashedByScrypt) {
  // RFC 7914, section 12: the first half of the second vector.
  write(R"({"scrypt":{"N":1024,"r":8,"p":16,"salt":"NaCl","hash":)"
        R"("fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162"}})");
  EXPECT_TRUE(state::is_passphrase(folder_, "password").value());
  EXPECT_FALSE(state::is_passphrase(folder_, "Password").value());
  ASSERT_TRUE(state::set_passphrase(folder_, kRight));
  EXPECT_THAT(text(), HasSubstr(R"("N":131072,"r":8,"p":1)"));
  EXPECT_TRUE(state::is_passphrase(folder_, kRight).value());
}

TEST_F(Passphrase, MustNotBeShort) {
  for (const auto& wrong : {std::string(), std::string("1234567"), std::string(513, 'x')}) {
    EXPECT_THAT(state::set_passphrase(folder_, wrong, kCheap).error(), HasSubstr("but must have 8 to 512."));
    EXPECT_FALSE(fs::exists(passphrase_file(folder_)));
  }
}

TEST_F(Passphrase, AFileThatCannotBeUnderstoodIsAnError) {
  const std::string hash(64, '0');
  for (const auto& wrong :
       {std::string(), std::string("{}"), std::string("secret"),
        R"({"scrypt":{"N":0,"r":8,"p":1,"salt":"aa","hash":")" + hash + "\"}}",
        R"({"scrypt":{"N":1000,"r":8,"p":1,"salt":"aa","hash":")" + hash + "\"}}",
        R"({"scrypt":{"N":4611686018427387904,"r":8,"p":1,"salt":"aa","hash":")" + hash + "\"}}",
        R"({"scrypt":{"N":1024,"r":-8,"p":1,"salt":"aa","hash":")" + hash + "\"}}",
        R"({"scrypt":{"N":1024,"r":8,"p":1,"salt":"aa","hash":"00"}})"s,
        R"({"scrypt":{"N":1024,"r":8,"p":1,"hash":")" + hash + "\"}}"}) {
    write(wrong);
    EXPECT_THAT(state::has_passphrase(folder_).error(), HasSubstr("does not hold the hash")) << wrong;
    EXPECT_FALSE(state::is_passphrase(folder_, kRight)) << wrong;
  }
  write("");
  ::chmod(passphrase_file(folder_).c_str(), 0644);
  EXPECT_THAT(state::is_passphrase(folder_, kRight).error(), HasSubstr("run: chmod 600"));
}

}  // namespace
