#include "cli/token_command.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "cli/process.h"

namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kSecret = "0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9";

// Scripts in a folder of their own; each run leaves a line in "runs".
class Command : public testing::Test {
 protected:
  void SetUp() override { ASSERT_NE(::mkdtemp(folder_.data()), nullptr); }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string script(const std::string& body) const {
    const auto path = folder_ + "/script";
    std::ofstream(path) << "#!/bin/sh\necho run >> " << folder_ << "/runs\n" << body << '\n';
    ::chmod(path.c_str(), 0700);
    return path;
  }
  cli::TokenCommand command(const std::string& body, std::chrono::milliseconds limit = 60s) {
    return {{script(body)}, "PVE_TOKEN_COMMAND", clock_, limit};
  }
  std::string error(const std::string& body, std::chrono::milliseconds limit = 60s) {
    const auto secret = command(body, limit).secret();
    return secret ? "no error" : secret.error();
  }
  auto runs() const {
    std::ifstream file(folder_ + "/runs");
    return std::distance(std::istreambuf_iterator<char>(file), {}) / 4;
  }

  std::string folder_ = testing::TempDir() + "command-XXXXXX";
  base::ManualClock clock_;
};

TEST_F(Command, GivesTheFirstLineOfItsOutput) {
  for (const auto* output : {"S", "S\\n", "  S \\r\\nuser: root\\nurl: https://pve\\n"}) {
    std::string text(output);
    text.replace(text.find('S'), 1, kSecret);
    const auto secret = command("printf '" + text + "'").secret();
    ASSERT_TRUE(secret) << secret.error();
    EXPECT_EQ(*secret, kSecret);
  }
}

TEST_F(Command, GetsItsArgumentsAsTheyAreAndNoInput) {
  cli::TokenCommand echo({"echo", "$HOME;`id`"}, "PVE_TOKEN_COMMAND", clock_);
  EXPECT_EQ(echo.secret(), "$HOME;`id`");
  EXPECT_EQ(command("read line || echo no-input").secret(), "no-input");
}

TEST_F(Command, EndsThoughItsOutputIsLong) {
  EXPECT_EQ(command("echo first; head -c 300000 /dev/zero").secret(), "first");
}

TEST_F(Command, FailsWithoutShowingItsOutput) {
  const std::string both = "echo hunter2; echo hunter2 >&2; ";
  EXPECT_EQ(error(both + "exit 3"),
            "the command of PVE_TOKEN_COMMAND exited with 3; run it in a terminal to see why");
  EXPECT_EQ(error(both + "kill -9 $$"), "the command of PVE_TOKEN_COMMAND was ended by signal 9");
  EXPECT_EQ(error(""), "the command of PVE_TOKEN_COMMAND printed no secret in its first line");
  EXPECT_EQ(error("echo; echo " + std::string(kSecret)), error(""));
  for (const auto* output :
       {"echo hunter2 hunter2", "printf 'hunter2\\001\\n'", "yes hunter2 | head -c 9000 | tr -d '\\n'"})
    EXPECT_THAT(error(output), AllOf(HasSubstr("did not print a secret"), Not(HasSubstr("hunter2"))));
  cli::TokenCommand missing({"/nonexistent/hunter2"}, "PVE_TOKEN_COMMAND", clock_);
  EXPECT_EQ(missing.secret().error(),
            "the command of PVE_TOKEN_COMMAND cannot be started: No such file or directory");
}

TEST_F(Command, IsKilledWithWhatItStartedWhenItTakesTooLong) {
  EXPECT_THAT(error("sleep 1000 & sleep 1000", 100ms), HasSubstr("did not end within 1 s, so it was killed"));
  EXPECT_THAT(error("exec >&-; sleep 1000", 100ms), HasSubstr("did not end within 1 s, so it was killed"));
}

TEST_F(Command, RunsAgainAfterAMinuteAndAfterAFailure) {
  auto command = this->command("exit 1");
  EXPECT_FALSE(command.secret());
  script("echo first");
  EXPECT_EQ(command.secret(), "first");
  script("echo second");
  clock_.advance(59s);
  EXPECT_EQ(command.secret(), "first");
  EXPECT_EQ(runs(), 2);
  clock_.advance(1s);
  EXPECT_EQ(command.secret(), "second");
  EXPECT_EQ(runs(), 3);
}

TEST_F(Command, IsNotRunUntilACallNeedsTheSecret) {
  const std::vector<std::string> environment = {
      "PVE_BASE_URL=http://127.0.0.1:1", "PVE_TOKEN_ID=root@pam!mcp",
      "PVE_TOKEN_COMMAND='" + script("echo hunter2; exit 7") + "' x"};
  EXPECT_EQ(test::run({"tools"}, environment).code, 0);
  EXPECT_EQ(runs(), 0);
  const auto called = test::run({"--debug", "call", "pve_list_nodes"}, environment);
  EXPECT_EQ(called.code, 1);
  EXPECT_THAT(called.errors,
              AllOf(HasSubstr("the command of PVE_TOKEN_COMMAND exited with 7"), Not(HasSubstr("hunter2"))));
  EXPECT_GE(runs(), 1);
}

}  // namespace
