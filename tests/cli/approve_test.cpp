// PVE_APPROVAL=human: a person approves what destroys something, at a terminal and by a passphrase.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <regex>

#include "cli/process.h"
#include "cli/simulated_pve.h"
#include "cli/terminal.h"

namespace {

namespace fs = std::filesystem;
using test::OnTerminal;
using test::Process;
using test::run_without_terminal;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

using Texts = std::vector<std::string>;

const std::string kPassphrase = "correct horse battery";

class ApproveCommand : public testing::Test {
 protected:
  ApproveCommand() {
    std::string pattern = testing::TempDir() + "approve-XXXXXX";
    home_ = ::mkdtemp(pattern.data());
    environment_ = {"HOME=" + home_.string(), "PVE_APPROVAL=human"};
  }
  ~ApproveCommand() override { fs::remove_all(home_); }

  void set_passphrase() {
    OnTerminal terminal({"approve", "--set-passphrase"}, environment_);
    ASSERT_TRUE(terminal.shows("New passphrase: ")) << terminal.screen();
    terminal.type(kPassphrase);
    ASSERT_TRUE(terminal.shows("New passphrase again: ")) << terminal.screen();
    terminal.type(kPassphrase);
    ASSERT_EQ(terminal.wait(), 0) << terminal.screen();
    EXPECT_THAT(terminal.screen(), Not(HasSubstr(kPassphrase)));
  }

  /// The exit code of `mcp-pve approve ID` with this passphrase; its screen in `screen_`.
  int approve(const std::string& id, const std::string& passphrase = kPassphrase) {
    OnTerminal terminal({"approve", id}, environment_);
    if (terminal.shows("Passphrase to approve it: ")) terminal.type(passphrase);
    const int code = terminal.wait();
    screen_ = terminal.screen();
    return code;
  }

  std::string call(Process& server, const std::string& arguments,
                   const std::string& tool = "pve_delete_qemu_vm") {
    server.write(R"({"jsonrpc":"2.0","id":)" + std::to_string(++id_) +
                 R"(,"method":"tools/call","params":{"_meta":{)"
                 R"("io.modelcontextprotocol/protocolVersion":"2026-07-28",)"
                 R"("io.modelcontextprotocol/clientCapabilities":{},)"
                 R"("io.modelcontextprotocol/clientInfo":{"name":"test","version":"1"}},"name":")" +
                 tool + R"(","arguments":)" + arguments + "}}\n");
    return server.read_line().value_or("");
  }
  static std::string with(const std::string& id) { return R"({"vmid":118,"confirm":")" + id + "\"}"; }

  /// The id in the refusal of a call.
  static std::string id_of(const std::string& answer) {
    std::smatch found;
    const std::regex id("mcp-pve approve ([0-9a-f]{12})");
    EXPECT_TRUE(std::regex_search(answer, found, id)) << answer;
    return found.empty() ? "" : found.str(1);
  }

  fs::path home_;
  Texts environment_;
  std::string screen_;
  int id_ = 0;
};

TEST_F(ApproveCommand, LetsOneCallThrough) {
  set_passphrase();
  Process server({"--simulate"}, environment_);
  const auto refused = call(server, R"({"vmid":118})");
  EXPECT_THAT(refused,
              AllOf(HasSubstr(R"("isError":true)"), HasSubstr("Not done. Plan for deleting VM 118"),
                    HasSubstr("A person must approve this within 10 minutes: ask your user to run `mcp-pve "
                              "approve ")));
  const auto id = id_of(refused);

  // The caller's own consent does not count.
  EXPECT_THAT(call(server, with(id)), AllOf(HasSubstr(R"("isError":true)"),
                                            HasSubstr("no person has approved this plan yet: ask your "
                                                      "user to run `mcp-pve approve " +
                                                      id)));

  const auto listed = run_without_terminal({"plans"}, environment_).output;
  EXPECT_THAT(listed, AllOf(HasSubstr(id + "  open; "), HasSubstr("of the user of a server on stdio\n"),
                            HasSubstr("  pve_delete_qemu_vm: VM 118 (test-restore) on pve2\n  | Plan for "),
                            HasSubstr("\n  | Lost for good: ")));

  EXPECT_EQ(approve(id), 0) << screen_;
  EXPECT_THAT(screen_, AllOf(HasSubstr("  | Plan for deleting VM 118"), HasSubstr("Approved. "),
                             Not(HasSubstr(kPassphrase))));
  EXPECT_THAT(run_without_terminal({"plans"}, environment_).output, HasSubstr(id + "  approved by "));

  // Not for another call.
  EXPECT_THAT(call(server, R"({"vmid":109,"confirm":")" + id + "\"}"),
              HasSubstr("another tool or other arguments"));
  EXPECT_THAT(call(server, R"({"vmid":118,"purge":true,"confirm":")" + id + "\"}"),
              HasSubstr("another tool or other arguments"));
  EXPECT_THAT(call(server, with(id)),
              AllOf(Not(HasSubstr("isError\":true")), HasSubstr("VM 118 (test-restore) on pve2 deleted")));
  // Not twice.
  EXPECT_THAT(call(server, with(id)), HasSubstr(R"("isError":true)"));
  EXPECT_EQ(approve(id), 1);
  EXPECT_THAT(screen_, HasSubstr("a call has used the plan " + id + " already"));
}

TEST_F(ApproveCommand, NeedsThePassphraseAndATerminal) {
  Process server({"--simulate"}, environment_);
  const auto id = id_of(call(server, R"({"vmid":118})"));
  EXPECT_EQ(approve(id), 1);
  EXPECT_THAT(screen_, HasSubstr("no passphrase is set. Run `mcp-pve approve --set-passphrase`"));
  set_passphrase();
  for (const auto& wrong : {std::string("wrong"), std::string(), kPassphrase + "x", std::string("\x03")}) {
    EXPECT_EQ(approve(id, wrong), 1);
    EXPECT_THAT(screen_, HasSubstr("Nothing was approved: ")) << wrong;
  }
  const auto alone = run_without_terminal({"approve", id}, environment_);
  EXPECT_EQ(alone.code, 1);
  EXPECT_THAT(alone.errors, HasSubstr("there is no terminal to ask for the passphrase on"));
  EXPECT_THAT(call(server, with(id)), HasSubstr("no person has approved this plan yet"));
  EXPECT_EQ(approve("000000000000"), 1);
  EXPECT_THAT(screen_, HasSubstr("has no plan with the id \"000000000000\""));
}

TEST_F(ApproveCommand, ASignalAtThePassphraseLeavesTheTerminalAsItWas) {
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) {
    OnTerminal terminal({"approve", "--set-passphrase"}, environment_);
    ASSERT_TRUE(terminal.shows("New passphrase: ")) << terminal.screen();
    EXPECT_FALSE(terminal.is_usual());
    terminal.send(signal);
    EXPECT_EQ(terminal.wait(), -1) << terminal.screen();
    EXPECT_EQ(terminal.ending_signal(), signal);
    EXPECT_TRUE(terminal.is_usual()) << signal;
  }
}

TEST_F(ApproveCommand, ChangesThePassphraseOnlyForItsOwner) {
  set_passphrase();
  const auto file = home_ / ".local/state/mcp-pve/passphrase";
  EXPECT_EQ(fs::status(file).permissions(), fs::perms::owner_read | fs::perms::owner_write);
  OnTerminal stranger({"approve", "--set-passphrase"}, environment_);
  ASSERT_TRUE(stranger.shows("Present passphrase: ")) << stranger.screen();
  stranger.type("a guess of mine");
  EXPECT_EQ(stranger.wait(), 1);
  OnTerminal owner({"approve", "--set-passphrase"}, environment_);
  ASSERT_TRUE(owner.shows("Present passphrase: ")) << owner.screen();
  owner.type(kPassphrase);
  for (const auto* const prompt : {"New passphrase: ", "New passphrase again: "}) {
    ASSERT_TRUE(owner.shows(prompt)) << owner.screen();
    owner.type("another one of mine");
  }
  EXPECT_EQ(owner.wait(), 0) << owner.screen();
  EXPECT_EQ(run_without_terminal({"approve", "--set-passphrase"}, environment_).code, 1);
}

TEST_F(ApproveCommand, RejectForbidsThePlan) {
  set_passphrase();
  Process server({"--simulate"}, environment_);
  const auto id = id_of(call(server, R"({"vmid":118})"));
  EXPECT_EQ(run_without_terminal({"reject", id}, environment_).code, 0);
  EXPECT_THAT(call(server, with(id)), AllOf(HasSubstr(R"("isError":true)"),
                                            HasSubstr(" has rejected this plan. Do not repeat the call")));
  EXPECT_EQ(approve(id), 1);
  EXPECT_THAT(screen_, HasSubstr("is rejected by "));
}

TEST_F(ApproveCommand, AsksOnlyForWhatIsIrreversible) {
  environment_.emplace_back("PVE_CONFIRM=changes");
  Process server({"--simulate"}, environment_);
  const auto update = [&](const std::string& more) {
    return call(server, R"({"vmid":100,"cores":3)" + more + "}", "pve_update_qemu_config");
  };
  const auto refused = update("");
  std::smatch found;
  const std::regex id("repeat the call with confirm: \\\\\"([0-9a-f]{12})");
  ASSERT_TRUE(std::regex_search(refused, found, id)) << refused;
  EXPECT_THAT(refused, Not(HasSubstr("A person must approve")));
  EXPECT_THAT(update(R"(,"confirm":")" + found.str(1) + "\""), Not(HasSubstr(R"("isError":true)")));
  EXPECT_THAT(call(server, R"({"vmid":118})"), HasSubstr("A person must approve this"));
}

TEST_F(ApproveCommand, DoesNotHelpWhileChangesAreFrozen) {
  set_passphrase();
  Process server({"--simulate"}, environment_);
  const auto id = id_of(call(server, R"({"vmid":118})"));
  ASSERT_EQ(approve(id), 0) << screen_;
  ASSERT_EQ(run_without_terminal({"freeze", "--reason", "migration"}, environment_).code, 0);
  EXPECT_THAT(call(server, with(id)), HasSubstr("was not deleted: changes are frozen since 20"));
  // A caller that cannot approve cannot thaw.
  const auto alone = run_without_terminal({"thaw"}, environment_);
  EXPECT_EQ(alone.code, 1);
  EXPECT_THAT(alone.errors, HasSubstr("changes stay frozen: there is no terminal"));
  OnTerminal wrong({"thaw"}, environment_);
  ASSERT_TRUE(wrong.shows("Passphrase to allow changes again: ")) << wrong.screen();
  wrong.type("a guess");
  EXPECT_EQ(wrong.wait(), 1);
  OnTerminal right({"thaw"}, environment_);
  ASSERT_TRUE(right.shows("migration")) << right.screen();
  ASSERT_TRUE(right.shows("Passphrase to allow changes again: ")) << right.screen();
  right.type(kPassphrase);
  EXPECT_EQ(right.wait(), 0) << right.screen();
  EXPECT_THAT(call(server, with(id)), HasSubstr("VM 118 (test-restore) on pve2 deleted"));
}

TEST_F(ApproveCommand, RootNeedsNoPassphraseForAServerOfAnotherUser) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can give a folder away";
  const auto folder = home_ / "service";
  fs::create_directory(folder);
  environment_.push_back("PVE_STATE_DIR=" + folder.string());
  Process server({"--simulate"}, environment_);
  const auto id = id_of(call(server, R"({"vmid":118})"));
  for (const auto& entry : fs::directory_iterator(folder))
    ASSERT_EQ(::chown(entry.path().c_str(), 4711, 4711), 0);
  ASSERT_EQ(::chown(folder.c_str(), 4711, 4711), 0);
  const auto approved = run_without_terminal({"approve", id}, environment_);
  EXPECT_EQ(approved.code, 0) << approved.errors;
  EXPECT_THAT(run_without_terminal({"plans"}, environment_).output, HasSubstr("approved by root, as root"));
}

TEST_F(ApproveCommand, CannotReachAServerWithoutAStateFolder) {
  Process server({"--simulate"}, {"PVE_APPROVAL=human"});
  if (::geteuid() == 0 && fs::exists("/var/lib/mcp-pve")) GTEST_SKIP() << "a service is installed here";
  EXPECT_THAT(call(server, R"({"vmid":118})"),
              HasSubstr("A person must approve this, but `mcp-pve approve` cannot reach this server."));
}

TEST_F(ApproveCommand, DoctorSaysAgainstWhomItDoesNotHelp) {
  EXPECT_THAT(
      run_without_terminal({"doctor", "--simulate"}, environment_).output,
      AllOf(
          HasSubstr("warn  approval    only the client's user can approve a change, when the client asks: no "
                    "passphrase is set"),
          HasSubstr("Run mcp-pve approve --set-passphrase")));
  set_passphrase();
  EXPECT_THAT(run_without_terminal({"doctor", "--simulate"}, environment_).output,
              HasSubstr("a client on stdio that has a shell under this account can read the API token and go "
                        "to PVE without this server"));
}

/// `mcp-pve call` on one cluster: each process that runs with --simulate has a cluster of its own.
class CallCommand : public ApproveCommand {
 protected:
  CallCommand() { need(""); }

  /// What PVE_APPROVAL is from now on.
  void need(const std::string& approval) {
    environment_ = pve_.environment({{"HOME", home_.string()}, {"PVE_APPROVAL", approval}});
  }
  Texts with_id(const std::string& id) const {
    return {"call", "pve_delete_qemu_vm", "vmid=118", "confirm=" + id};
  }

  test::Simulator pve_;
  const Texts delete_ = {"call", "pve_delete_qemu_vm", "vmid=118"};
};

TEST_F(CallCommand, AsksOnTheTerminal) {
  OnTerminal no(delete_, environment_);
  ASSERT_TRUE(no.shows("Lost for good: ")) << no.screen();
  ASSERT_TRUE(no.shows("Do this?\n[y/N] ")) << no.screen();
  no.type("");
  EXPECT_EQ(no.wait(), 1);
  EXPECT_THAT(no.screen(), HasSubstr("Not done."));
  OnTerminal yes(delete_, environment_);
  ASSERT_TRUE(yes.shows("Do this?\n[y/N] ")) << yes.screen();
  yes.type("y");
  EXPECT_EQ(yes.wait(), 0);
  EXPECT_THAT(yes.screen(), HasSubstr("VM 118 (test-restore) on pve2 deleted"));
}

TEST_F(CallCommand, WithoutATerminalAnswersWithAnIdThatTheNextOneConfirms) {
  const auto refused = run_without_terminal(delete_, environment_);
  EXPECT_EQ(refused.code, 1);
  std::smatch found;
  const std::regex id("repeat the call with confirm: \"([0-9a-f]{12})\"");
  ASSERT_TRUE(std::regex_search(refused.errors, found, id)) << refused.errors;
  EXPECT_EQ(run_without_terminal({"call", "pve_delete_qemu_vm", "vmid=109", "confirm=" + found.str(1)},
                                 environment_)
                .code,
            1);
  const auto done = run_without_terminal(with_id(found.str(1)), environment_);
  EXPECT_EQ(done.code, 0) << done.errors;
  EXPECT_EQ(run_without_terminal(with_id(found.str(1)), environment_).code, 1);
}

TEST_F(CallCommand, YesConfirmsWithoutAQuestion) {
  auto confirmed = delete_;
  confirmed.emplace_back("--yes");
  EXPECT_EQ(run_without_terminal(confirmed, environment_).code, 0);
}

TEST_F(CallCommand, YesDoesNotReplaceAPerson) {
  need("human");
  auto confirmed = delete_;
  confirmed.emplace_back("--yes");
  const auto refused = run_without_terminal(confirmed, environment_);
  EXPECT_EQ(refused.code, 1);
  const auto id = id_of(refused.errors);
  EXPECT_EQ(run_without_terminal(with_id(id), environment_).code, 1);
  set_passphrase();
  ASSERT_EQ(approve(id), 0) << screen_;
  const auto done = run_without_terminal(with_id(id), environment_);
  EXPECT_EQ(done.code, 0) << done.errors;
}

TEST_F(CallCommand, AsksForThePassphraseOnTheTerminal) {
  need("human");
  set_passphrase();
  for (const auto& [typed, code] : {std::pair{std::string("wrong"), 1}, std::pair{kPassphrase, 0}}) {
    OnTerminal person(delete_, environment_);
    ASSERT_TRUE(person.shows("Lost for good: ")) << person.screen();
    ASSERT_TRUE(person.shows("Passphrase to approve it: ")) << person.screen();
    person.type(typed);
    EXPECT_EQ(person.wait(), code) << person.screen();
  }
}

}  // namespace
