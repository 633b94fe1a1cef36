#include "base/log.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <string>

#include "base/json.h"
#include "base/text.h"

namespace {

/// stderr is a pipe that only this test reads.
class Piped : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(::pipe2(ends_.data(), O_CLOEXEC), 0);
    before_ = ::dup(STDERR_FILENO);
    ::dup2(ends_[1], STDERR_FILENO);
  }
  void TearDown() override {
    ::dup2(before_, STDERR_FILENO);
    for (const int end : {before_, ends_[0], ends_[1]}) ::close(end);
  }
  std::string read_all() const {
    ::fcntl(ends_[0], F_SETFL, O_NONBLOCK);
    std::string text;
    std::array<char, 4096> buffer{};
    for (auto count = ::read(ends_[0], buffer.data(), buffer.size()); count > 0;
         count = ::read(ends_[0], buffer.data(), buffer.size()))
      text.append(buffer.data(), static_cast<std::size_t>(count));
    return text;
  }

  std::array<int, 2> ends_{};
  int before_ = -1;
};

TEST_F(Piped, AFullPipeDoesNotBlockTheProgram) {
  const std::string long_text(1900, 'x');
  for (int i = 0; i < 1000; ++i) base::log(base::LogLevel::Info, long_text);
  const auto first = read_all();
  EXPECT_THAT(first, testing::StartsWith("mcp-pve: info: xxx"));
  EXPECT_LT(first.size(), 100'000U);
  base::log(base::LogLevel::Info, "again");
  base::log(base::LogLevel::Info, "and again");
  const auto kept = first.size() / (long_text.size() + 16);
  EXPECT_EQ(read_all(), "mcp-pve: warning: " + std::to_string(1000 - kept) +
                            " lines were dropped here, because stderr was not read\nmcp-pve: info: "
                            "again\nmcp-pve: info: and again\n");
}

TEST_F(Piped, AsJsonEachLineIsAnObject) {
  base::log_json(true);
  {
    const base::LogContext context("laptop");
    base::log(base::LogLevel::Warning, "say \"x\"\nand \\ go");
  }
  base::log(base::LogLevel::Info, std::string(10'000, '"'));
  base::log_json(false);
  const auto text = read_all();
  const auto lines = base::split(text, '\n');
  ASSERT_EQ(lines.size(), 3U) << text;
  const auto first = base::parse_json(lines[0]);
  ASSERT_TRUE(first);
  const auto& members = first->as_object();
  EXPECT_EQ(members.at("level"), "warning");
  EXPECT_EQ(members.at("context"), "laptop");
  EXPECT_EQ(members.at("message").as_string(), base::printable("say \"x\"\nand \\ go"));
  EXPECT_THAT(std::string(members.at("time").as_string()),
              testing::MatchesRegex("[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z"));
  EXPECT_TRUE(base::parse_json(lines[1]));
  EXPECT_LE(lines[1].size(), 4096U);
}

}  // namespace
