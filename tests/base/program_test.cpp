#include "base/program.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/wait.h>

#include <cerrno>
#include <csignal>

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
