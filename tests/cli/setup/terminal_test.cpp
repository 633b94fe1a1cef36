// The built binary, on a terminal as a person runs it.
#include "cli/terminal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <csignal>

#include "cli/setup/setup_pve.h"
#include "cli/simulated_pve.h"

namespace {

using test::files_below;
using test::OnTerminal;
using test::Simulator;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class SetupTerminal : public test::SetupTest {
 protected:
  std::vector<std::string> environment() const { return {"HOME=" + home().string()}; }
  /// Answers the questions up to that for the password.
  bool comes_to_the_password(OnTerminal& terminal) {
    pve_.read_fingerprint();
    const std::string url = pve_.settings["PVE_BASE_URL"];
    const std::pair<std::string, std::string> answers[] = {{"Name of this server in the clients [pve]: ", ""},
                                                           {"PVE's name", url},
                                                           {"[y/N] ", "y"},
                                                           {"may the assistant do [look]: ", ""},
                                                           {"Toolsets", ""},
                                                           {"use [login]: ", ""},
                                                           {"API tokens [root@pam]: ", ""}};
    for (const auto& [prompt, answer] : answers) {
      if (!terminal.shows(prompt)) return false;
      terminal.type(answer);
    }
    return terminal.shows("Password (it is not shown, and not stored): ");
  }

  Simulator pve_;
};

TEST_F(SetupTerminal, AnswersAQuestionInTheEnd) {
  OnTerminal terminal({"setup"}, environment());
  ASSERT_TRUE(comes_to_the_password(terminal)) << terminal.screen();
  terminal.type("demo");
  for (const auto* prompt : {"Name of the new API token [pve]: ", "Only these", "Never change", "Confirm",
                             "Who approves", "which clients"}) {
    ASSERT_TRUE(terminal.shows(prompt)) << terminal.screen();
    terminal.type("");
  }
  ASSERT_TRUE(terminal.shows("Do this? [y/N] ")) << terminal.screen();
  EXPECT_THAT(files_below(home()), IsEmpty());
  terminal.type("y");
  EXPECT_EQ(terminal.wait(), 0) << terminal.screen();
  const auto secret = text(settings("pve.secret")).substr(0, 36);
  EXPECT_THAT(
      terminal.screen(),
      AllOf(HasSubstr("ok    token       accepted"), HasSubstr("web01"), HasSubstr("ok    privileges"),
            HasSubstr("but for these, with which it could also change"), HasSubstr("VM.Backup (pve_"),
            Not(HasSubstr("Privilege Separation")), HasSubstr("For any other client, paste this"),
            Not(HasSubstr(secret))));
  EXPECT_EQ(secret.size(), 36U);
  // A later run needs no terminal: it has all answers.
  const auto again = test::run_without_terminal({"setup", "--yes"}, environment());
  EXPECT_EQ(again.code, 0) << again.errors;
  EXPECT_THAT(again.output, HasSubstr("nothing was changed"));
}

TEST_F(SetupTerminal, CtrlCEndsItWithoutATrace) {
  for (const bool at_password : {false, true}) {
    OnTerminal terminal({"setup"}, environment());
    if (at_password) {
      ASSERT_TRUE(comes_to_the_password(terminal)) << terminal.screen();
    } else {
      ASSERT_TRUE(terminal.shows("[pve]: ")) << terminal.screen();
    }
    terminal.type("\x03");
    EXPECT_EQ(terminal.wait(), 1) << terminal.screen();
    EXPECT_THAT(terminal.screen(), HasSubstr("Nothing was changed."));
    EXPECT_THAT(files_below(home()), IsEmpty());
  }
}

TEST_F(SetupTerminal, ASignalEndsItAndLeavesTheTerminalAsItWas) {
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) {
    for (const bool at_password : {false, true}) {
      OnTerminal terminal({"setup"}, environment());
      if (at_password) {
        ASSERT_TRUE(comes_to_the_password(terminal)) << terminal.screen();
      } else {
        ASSERT_TRUE(terminal.shows("[pve]: ")) << terminal.screen();
      }
      EXPECT_FALSE(terminal.is_usual());
      terminal.send(signal);
      EXPECT_EQ(terminal.wait(), -1) << terminal.screen();
      EXPECT_EQ(terminal.ending_signal(), signal);
      EXPECT_TRUE(terminal.is_usual()) << signal;
      EXPECT_THAT(files_below(home()), IsEmpty());
    }
  }
}

TEST_F(SetupTerminal, SettingsOfTheShellDoNotCountAndOthersAreRefused) {
  auto variables = environment();
  variables.emplace_back("PVE_BASE_URL=https://elsewhere.invalid:8006");
  variables.emplace_back("PVE_ACCESS_TIER=nonsense");
  test::write_file(top_ / "secret", pve_.settings["PVE_TOKEN_SECRET"] + "\n");
  ::chmod((top_ / "secret").c_str(), 0600);
  pve_.read_fingerprint();
  const auto done = test::run_without_terminal(
      {"setup", "--yes", "--host", pve_.settings["PVE_BASE_URL"], "--fingerprint",
       pve_.settings["PVE_FINGERPRINT"], "--token-id", pve_.settings["PVE_TOKEN_ID"], "--token-secret-file",
       (top_ / "secret").string()},
      variables);
  EXPECT_EQ(done.code, 0) << done.errors << done.output;
  EXPECT_THAT(done.output, AllOf(HasSubstr("token       accepted"), HasSubstr("web01")));
  const auto other = test::run_without_terminal({"setup", "--timeout", "5"}, variables);
  EXPECT_EQ(other.code, 2);
  EXPECT_THAT(other.errors, HasSubstr("--timeout cannot be given to setup"));
}

}  // namespace
