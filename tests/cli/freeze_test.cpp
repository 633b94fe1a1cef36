// `mcp-pve freeze` and `thaw`, and the servers that they stop.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <regex>

#include "cli/process.h"

namespace {

namespace fs = std::filesystem;
using test::Process;
using test::run;
using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::MatchesRegex;
using testing::Not;
using testing::StartsWith;

using Texts = std::vector<std::string>;

std::string call(int id, const std::string& tool, const std::string& arguments) {
  return R"({"jsonrpc":"2.0","id":)" + std::to_string(id) +
         R"(,"method":"tools/call","params":{"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28",)"
         R"("io.modelcontextprotocol/clientCapabilities":{},)"
         R"("io.modelcontextprotocol/clientInfo":{"name":"test","version":"1"}},"name":")" +
         tool + R"(","arguments":)" + arguments + "}}\n";
}

std::string update(int id, int cores) {
  return call(id, "pve_update_qemu_config", R"({"vmid":100,"cores":)" + std::to_string(cores) + "}");
}

class FreezeCommand : public testing::Test {
 protected:
  FreezeCommand() {
    std::string pattern = testing::TempDir() + "freeze-XXXXXX";
    home_ = ::mkdtemp(pattern.data());
    environment_ = {"HOME=" + home_.string()};
  }
  ~FreezeCommand() override { fs::remove_all(home_); }

  fs::path folder() const { return home_ / ".local/state/mcp-pve"; }
  test::Finished command(Texts words) const { return run(std::move(words), environment_); }

  fs::path home_;
  Texts environment_;
};

TEST_F(FreezeCommand, StopsTheChangesOfARunningServerAndThawAllowsThem) {
  Process one({"--simulate"}, environment_);
  Process two({"--simulate"}, environment_);
  for (auto* server : {&one, &two}) {
    server->write(update(1, 3));
    EXPECT_THAT(server->read_line().value_or(""), Not(HasSubstr("isError")));
  }
  const auto frozen = command({"freeze", "--reason", "storage migration"});
  EXPECT_EQ(frozen.code, 0) << frozen.errors;
  EXPECT_THAT(
      frozen.output,
      MatchesRegex("Changes are frozen since 20..-..-.. ..:..:.. UTC by [^:]+: storage migration. Every "
                   "server that uses the state folder .* refuses changes; reads go on, and calls in "
                   "flight finish. Run `mcp-pve thaw` to allow changes again.\n"));
  EXPECT_THAT(frozen.output, HasSubstr(folder().string()));
  for (auto* server : {&one, &two}) {
    server->write(update(2, 4));
    EXPECT_THAT(
        server->read_line().value_or(""),
        AllOf(HasSubstr(R"("isError":true)"), HasSubstr("was not changed: changes are frozen since 20"),
              HasSubstr(": storage migration. Run `mcp-pve thaw` to allow them again.")));
    server->write(call(3, "pve_get_qemu_config", R"({"vmid":100})"));
    EXPECT_THAT(server->read_line().value_or(""),
                AllOf(Not(HasSubstr("isError")), HasSubstr("cores: 4 (pending: 3)")));
  }
  const auto thawed = command({"thaw"});
  EXPECT_EQ(thawed.code, 0) << thawed.errors;
  EXPECT_THAT(thawed.output, AllOf(StartsWith("Every server that uses the state folder " + folder().string() +
                                              " allows changes again. They were frozen since 20"),
                                   EndsWith(": storage migration.\n")));
  one.write(update(4, 4));
  EXPECT_THAT(one.read_line().value_or(""), Not(HasSubstr("isError")));
}

TEST_F(FreezeCommand, TheFirstOneStaysAndASecondThawIsNoError) {
  EXPECT_EQ(command({"freeze", "--reason=first"}).code, 0);
  const auto again = command({"freeze", "--reason", "second"});
  EXPECT_EQ(again.code, 0);
  EXPECT_THAT(again.output, AllOf(StartsWith("Changes were frozen already, since 20"),
                                  HasSubstr(": first. That stays."), Not(HasSubstr("second"))));
  EXPECT_EQ(command({"thaw"}).code, 0);
  const auto twice = command({"thaw"});
  EXPECT_EQ(twice.code, 0);
  EXPECT_EQ(twice.output, "Changes are not frozen in the state folder " + folder().string() + ".\n");
}

TEST_F(FreezeCommand, NeedsNoPveAndStopsCallToo) {
  EXPECT_EQ(command({"freeze"}).code, 0);
  const auto call = command({"--simulate", "call", "pve_start_qemu_vm", "vmid=118"});
  EXPECT_EQ(call.code, 1);
  EXPECT_THAT(call.errors,
              HasSubstr("VM 118 (test-restore) on pve2 was not started: changes are frozen since "));
}

TEST_F(FreezeCommand, NothingIsMadeBeforeSomethingIsWritten) {
  Process server({"--simulate"}, environment_);
  server.write(update(1, 3));
  EXPECT_THAT(server.read_line().value_or(""), Not(HasSubstr("isError")));
  EXPECT_EQ(command({"doctor", "--simulate"}).code, 0);
  EXPECT_EQ(command({"thaw"}).code, 0);
  EXPECT_TRUE(fs::is_empty(home_));
}

TEST_F(FreezeCommand, WhatCannotBeReadFreezes) {
  fs::create_directories(folder() / "frozen");
  Process server({"--simulate"}, environment_);
  server.write(update(1, 3));
  EXPECT_THAT(server.read_line().value_or(""),
              AllOf(HasSubstr(R"("isError":true)"), HasSubstr("cannot be read (Is a directory)")));
  EXPECT_THAT(command({"freeze"}).output, StartsWith("Nothing was written: changes are refused, because "));
  const auto thawed = command({"thaw"});
  EXPECT_EQ(thawed.code, 1);
  EXPECT_THAT(thawed.errors, HasSubstr("Remove it by hand."));
}

TEST_F(FreezeCommand, TheFolderIsTheOneThatIsSet) {
  const auto other = (home_ / "other").string();
  environment_.push_back("STATE_DIRECTORY=" + other);
  EXPECT_THAT(command({"freeze"}).output, HasSubstr("the state folder " + other + " "));
  EXPECT_TRUE(fs::exists(other + "/frozen"));
  const auto set = (home_ / "set").string();
  EXPECT_THAT(command({"freeze", "--state-dir", set}).output, HasSubstr("the state folder " + set + " "));
  EXPECT_EQ(command({"--simulate", "--state-dir", set, "call", "pve_start_qemu_vm", "vmid=118"}).code, 1);
  EXPECT_FALSE(fs::exists(folder()));
}

TEST_F(FreezeCommand, WithoutAFolderItSaysSo) {
  for (const auto* word : {"freeze", "thaw"}) {
    const auto none = run({word});
    EXPECT_EQ(none.code, 2);
    EXPECT_THAT(none.output, IsEmpty());
    EXPECT_THAT(none.errors,
                HasSubstr("there is no state folder, because neither PVE_STATE_DIR nor HOME is set. Set "
                          "PVE_STATE_DIR"));
  }
  // Such a server works, and nothing stops it.
  EXPECT_EQ(run({"--simulate", "call", "pve_start_qemu_vm", "vmid=118"}).code, 0);
}

TEST_F(FreezeCommand, DoctorSaysWhetherChangesAreFrozen) {
  const auto doctor = [&] { return command({"doctor", "--simulate"}).output; };
  EXPECT_THAT(doctor(),
              HasSubstr("ok    freeze      changes are not frozen; `mcp-pve freeze` freezes them by a "
                        "file in " +
                        folder().string()));
  command({"freeze", "--reason", "why"});
  EXPECT_THAT(doctor(), AllOf(HasSubstr("warn  freeze      changes are frozen since 20"),
                              HasSubstr(": why. Run `mcp-pve thaw` to allow them again.")));
  command({"thaw"});
  ::chmod(folder().c_str(), 0777);
  EXPECT_THAT(doctor(), HasSubstr("warn  freeze      every user may write to the state folder"));
  const auto none = run({"doctor", "--simulate"});
  EXPECT_EQ(none.code, 0);
  EXPECT_THAT(none.output,
              HasSubstr("warn  freeze      `mcp-pve freeze` cannot reach this server, because it has no "
                        "state folder: HOME is not set"));
  EXPECT_THAT(run({"doctor", "--simulate", "--access-tier=read-only"}).output, Not(HasSubstr("freeze")));
  const auto below_a_file = run({"doctor", "--simulate"}, {"PVE_STATE_DIR=/etc/passwd/state"});
  EXPECT_THAT(below_a_file.output,
              HasSubstr("warn  freeze      `mcp-pve freeze` cannot reach this server, because "
                        "its state folder /etc/passwd/state cannot be made"));
}

TEST_F(FreezeCommand, SaysWhoActsThroughSudo) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root";
  environment_.emplace_back("SUDO_USER=ann\nx");
  EXPECT_THAT(command({"freeze"}).output, HasSubstr(" UTC by ann x (root). "));
}

TEST_F(FreezeCommand, HasItsHelpAndItsMistakes) {
  EXPECT_THAT(
      command({"freeze", "--help"}).output,
      AllOf(HasSubstr("Usage: mcp-pve [settings] freeze [--reason TEXT]"), HasSubstr("--reason TEXT")));
  EXPECT_THAT(command({"thaw", "--help"}).output, HasSubstr("Usage: mcp-pve [settings] thaw"));
  EXPECT_THAT(command({"freze"}).errors, HasSubstr("did you mean freeze?"));
  EXPECT_THAT(command({"freeze", "--reason"}).errors, HasSubstr("--reason"));
  EXPECT_EQ(command({"freeze", "now"}).code, 2);
  EXPECT_EQ(command({"thaw", "--reason", "x"}).code, 2);
}

}  // namespace
