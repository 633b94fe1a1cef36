#include "base/program.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <cerrno>
#include <csignal>
#include <filesystem>
#include <fstream>

namespace {

using namespace std::chrono_literals;

TEST(Program, GivesItsOutputAndExitCode) {
  const auto end = base::run_program({"sh", "-c", "echo out; echo err >&2; exit 3"});
  EXPECT_EQ(end.start_error, 0);
  EXPECT_FALSE(end.killed);
  EXPECT_TRUE(WIFEXITED(end.status));
  EXPECT_EQ(WEXITSTATUS(end.status), 3);
  EXPECT_EQ(end.output, "out\n");
  EXPECT_FALSE(end.succeeded());
  EXPECT_TRUE(base::run_program({"true"}).succeeded());
}

TEST(Program, GetsItsWordsAsTheyAreAndNoInput) {
  EXPECT_EQ(base::run_program({"printf", "%s|", "$HOME;`id`", "a b"}).output, "$HOME;`id`|a b|");
  EXPECT_EQ(base::run_program({"cat"}).output, "");
}

TEST(Program, MayBeMissing) {
  const auto end = base::run_program({"/no/such/program"});
  EXPECT_EQ(end.start_error, ENOENT);
  EXPECT_FALSE(end.succeeded());
}

/// Sets variables, and restores them at its end.
class Environment : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_NE(::mkdtemp(folder_.data()), nullptr);
    path_ = ::getenv("PATH");
  }
  void TearDown() override {
    ::setenv("PATH", path_.c_str(), 1);
    for (const auto& name : set_) ::unsetenv(name.c_str());
    std::filesystem::remove_all(folder_);
  }
  void set(const std::string& name, const std::string& value) {
    ::setenv(name.c_str(), value.c_str(), 1);
    if (name != "PATH") set_.push_back(name);
  }
  void script(const std::string& name, const std::string& body) const {
    const auto path = std::filesystem::path(folder_) / name;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path) << "#!/bin/sh\n" << body << '\n';
    ::chmod(path.c_str(), 0700);
  }

  std::string folder_ = testing::TempDir() + "program-XXXXXX";
  std::string path_;
  std::vector<std::string> set_;
};

TEST_F(Environment, AProgramOfTheSystemIsNotLookedUpInThePath) {
  script("printf", "echo false one");
  script("pveum", "echo false one");
  set("PATH", folder_);
  EXPECT_EQ(base::run_program({"printf", "true one"}).output, "true one");
  EXPECT_EQ(base::run_program({"no-such-program"}).start_error, ENOENT);
  EXPECT_EQ(base::run_program({"sh", "-c", "echo $PATH"}).output, "/usr/sbin:/usr/bin:/sbin:/bin\n");
  script("usr/sbin/printf", "echo \"below $1\"");
  EXPECT_EQ(base::run_program({"printf", "x"}, {}, folder_).output, "below x\n");
  EXPECT_EQ(base::run_program({"true"}, {}, folder_).start_error, ENOENT);
}

TEST_F(Environment, AProgramOfTheSystemKnowsNoSecretAndLoadsNothing) {
  for (const auto* name : {"PVE_TOKEN_SECRET", "PROXMOX_VE_API_TOKEN", "PVE_BASE_URL", "MCP_X", "PERL5LIB",
                           "LD_PRELOAD_X", "PYTHONPATH", "BASH_ENV", "XDG_RUNTIME_DIR_X"})
    set(name, "hunter2");
  set("LC_TIME", "C.UTF-8");
  const auto end = base::run_program({"env"}, {.output = 65536});
  EXPECT_TRUE(end.succeeded());
  EXPECT_THAT(end.output, testing::Not(testing::HasSubstr("hunter2")));
  EXPECT_THAT(end.output, testing::HasSubstr("LC_TIME=C.UTF-8\n"));
  EXPECT_THAT(end.output, testing::HasSubstr("HOME="));
}

TEST_F(Environment, AUsersCommandHasAllButSecrets) {
  script("my-command", "env");
  set("PATH", folder_ + ":" + path_);
  for (const auto* name : {"PVE_TOKEN_SECRET", "PROXMOX_VE_API_TOKEN", "PVE_STATE_KEY", "MCP_PASSWORD"})
    set(name, "hunter2");
  for (const auto* name : {"PVE_BASE_URL", "PVE_TOKEN_SECRET_FILE", "GNUPGHOME", "VAULT_KEY"})
    set(name, "seen");
  const auto end = base::run_users_command({"my-command"}, {.output = 65536});
  EXPECT_TRUE(end.succeeded());
  EXPECT_THAT(end.output, testing::Not(testing::HasSubstr("hunter2")));
  for (const auto* name : {"PVE_BASE_URL", "PVE_TOKEN_SECRET_FILE", "GNUPGHOME", "VAULT_KEY"})
    EXPECT_THAT(end.output, testing::HasSubstr(std::string(name) + "=seen\n"));
  EXPECT_EQ(base::run_users_command({"no-such-command"}).start_error, ENOENT);
}

TEST(Program, IsKilledAtItsLimitWithAllThatItStarted) {
  // The grandchild holds the pipe: if it lived, the output would not end.
  const auto end = base::run_program({"sh", "-c", "sleep 1000 & sleep 1000"}, {.time = 50ms});
  EXPECT_TRUE(end.killed);
  EXPECT_FALSE(end.succeeded());
}

TEST(Program, KeepsTheBeginningOfALongOutput) {
  const auto end = base::run_program({"sh", "-c", "printf start; head -c 300000 /dev/zero"}, {.output = 5});
  EXPECT_TRUE(end.succeeded());
  EXPECT_EQ(end.output, "start");
}

TEST(Program, MayBeEndedByASignal) {
  const auto end = base::run_program({"sh", "-c", "kill -9 $$"});
  EXPECT_TRUE(WIFSIGNALED(end.status));
  EXPECT_EQ(WTERMSIG(end.status), SIGKILL);
}

}  // namespace
