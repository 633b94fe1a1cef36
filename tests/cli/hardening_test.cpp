#include "cli/hardening.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "cli/process.h"

namespace {

std::string line_of(const std::string& path, const std::string& beginning) {
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with(beginning)) return line;
  }
  return "no line \"" + beginning + "\" in " + path;
}

void expect_hardened(const test::Process& process) {
  const auto folder = "/proc/" + std::to_string(process.id());
  EXPECT_EQ(line_of(folder + "/status", "NoNewPrivs:"), "NoNewPrivs:\t1");
  const auto limit = line_of(folder + "/limits", "Max core file size");
  EXPECT_THAT(limit, testing::MatchesRegex("Max core file size +0 +0 +bytes *"));
}

TEST(Hardening, TheServerLeavesNoCoreDumpAndGainsNoPrivileges) {
  test::Process process({"--simulate"});
  process.write(R"({"jsonrpc":"2.0","id":0,"method":"ping"})"
                "\n");
  ASSERT_TRUE(process.read_line()) << process.errors();
  expect_hardened(process);
}

TEST(Hardening, ACallLeavesNoCoreDumpAndGainsNoPrivileges) {
  std::string folder = testing::TempDir() + "hardening-XXXXXX";
  ASSERT_NE(::mkdtemp(folder.data()), nullptr);
  const auto settings = folder + "/config.toml";
  ASSERT_EQ(::mkfifo(settings.c_str(), 0600), 0);
  {
    test::Process process({"--simulate", "--config", settings, "call", "pve_list_nodes"});
    // Opening waits for the process, which then waits for the settings.
    const std::ofstream pipe(settings);
    expect_hardened(process);
  }
  std::filesystem::remove_all(folder);
}

TEST(Hardening, NoProcessOfTheSameUserCanReadTheMemory) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "LeakSanitizer must trace the process";
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
  GTEST_SKIP() << "LeakSanitizer must trace the process";
#endif
#endif
  const auto dumpable_after = [] {
    const bool done = cli::harden_process();
    ::_exit(done ? ::prctl(PR_GET_DUMPABLE) : 99);
  };
  EXPECT_EXIT(dumpable_after(), testing::ExitedWithCode(0), "");
}

}  // namespace
