// `mcp-pve trust`, and the servers that then accept a certificate.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>

#include "cli/process.h"
#include "cli/simulated_pve.h"
#include "cli/terminal.h"

namespace {

namespace fs = std::filesystem;
using test::OnTerminal;
using test::run;
using test::run_without_terminal;
using test::Simulator;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

using Texts = std::vector<std::string>;

class TrustCommand : public testing::Test {
 protected:
  TrustCommand() {
    std::string pattern = testing::TempDir() + "trust-XXXXXX";
    home_ = ::mkdtemp(pattern.data());
  }
  ~TrustCommand() override { fs::remove_all(home_); }

  Texts environment(Simulator& pve) const {
    return pve.environment({{"PVE_FINGERPRINT", ""}, {"HOME", home_.string()}});
  }
  fs::path file() const { return home_ / ".local/state/mcp-pve/trusted"; }

  fs::path home_;
};

const Texts kRead = {"call", "pve_get_node_version", "node=pve1"};

TEST_F(TrustCommand, StoresTheCertificateThatThePersonAccepts) {
  Simulator pve;
  const auto environment = this->environment(pve);
  const auto& fingerprint = pve.settings["PVE_FINGERPRINT"];
  const auto before = run(kRead, environment);
  EXPECT_EQ(before.code, 1);
  EXPECT_THAT(before.errors, AllOf(HasSubstr("run `mcp-pve trust " + pve.settings["PVE_BASE_URL"] + "`"),
                                   HasSubstr(fingerprint)));

  OnTerminal refused({"trust"}, environment);
  ASSERT_TRUE(refused.shows("and no other at this address?\n[y/N] ")) << refused.screen();
  EXPECT_THAT(refused.screen(),
              AllOf(HasSubstr(pve.settings["PVE_BASE_URL"] + " shows this certificate:\n"),
                    HasSubstr("subject      CN = localhost\n"), HasSubstr("issuer       CN = localhost\n"),
                    HasSubstr("names        localhost, 127.0.0.1, ::1"), HasSubstr(" UTC\n"),
                    HasSubstr("SHA-256      " + fingerprint), HasSubstr("`pvenode cert info`")));
  refused.type("");
  EXPECT_EQ(refused.wait(), 1);
  EXPECT_FALSE(fs::exists(file()));

  OnTerminal accepted({"trust"}, environment);
  ASSERT_TRUE(accepted.shows("[y/N] ")) << accepted.screen();
  accepted.type("y");
  EXPECT_EQ(accepted.wait(), 0) << accepted.screen();
  EXPECT_EQ(fs::status(file()).permissions(), fs::perms::owner_read | fs::perms::owner_write);
  const auto after = run(kRead, environment);
  EXPECT_EQ(after.code, 0) << after.errors;
  EXPECT_THAT(run({"doctor"}, environment).output,
              HasSubstr("certificate pinned by mcp-pve trust, " + fingerprint));
  EXPECT_THAT(run({"trust"}, environment).output, HasSubstr("It is trusted already.\n"));
}

TEST_F(TrustCommand, AChangedCertificateIsRefusedUntilItIsTrustedAgain) {
  std::string address;
  std::string first;
  {
    Simulator pve;
    first = (pve.read_fingerprint(), pve.settings["PVE_FINGERPRINT"]);
    address = pve.settings["PVE_BASE_URL"].substr(std::string_view("https://").size());
    ASSERT_EQ(run_without_terminal({"trust", "--yes", "--fingerprint", first}, environment(pve)).code, 0);
  }
  // Each simulator has a certificate of its own.
  Simulator renewed({}, address);
  const auto environment = this->environment(renewed);
  const auto second = renewed.settings["PVE_FINGERPRINT"];
  ASSERT_NE(first, second);
  const auto refused = run(kRead, environment);
  EXPECT_EQ(refused.code, 1);
  EXPECT_THAT(refused.errors,
              AllOf(HasSubstr(first), HasSubstr(second), HasSubstr("expected after a renewal"),
                    HasSubstr("run `mcp-pve trust https://" + address + "`")));
  EXPECT_THAT(run({"doctor"}, environment).output,
              AllOf(HasSubstr("FAIL  TLS"), HasSubstr(first), HasSubstr(second),
                    HasSubstr("run mcp-pve trust https://" + address)));

  OnTerminal again({"trust"}, environment);
  ASSERT_TRUE(again.shows("Another one was trusted so far: " + first)) << again.screen();
  ASSERT_TRUE(again.shows("[y/N] ")) << again.screen();
  again.type("yes");
  EXPECT_EQ(again.wait(), 0) << again.screen();
  EXPECT_EQ(run(kRead, environment).code, 0);
}

TEST_F(TrustCommand, StoresNothingThatNobodyHasCompared) {
  Simulator pve;
  const auto environment = this->environment(pve);
  EXPECT_THAT(run({"trust", "--yes"}, environment).errors, HasSubstr("Add --fingerprint"));
  const auto other = run({"trust", "--yes", "--fingerprint", std::string(64, 'a')}, environment);
  EXPECT_EQ(other.code, 1);
  EXPECT_THAT(other.errors, AllOf(HasSubstr("does not have the fingerprint that --fingerprint expects"),
                                  HasSubstr(pve.settings["PVE_FINGERPRINT"])));
  const auto alone = run_without_terminal({"trust"}, environment);
  EXPECT_EQ(alone.code, 1);
  EXPECT_THAT(alone.errors, HasSubstr("there is no terminal to ask on"));
  EXPECT_FALSE(fs::exists(file()));
}

TEST_F(TrustCommand, NeedsAnAddressWithACertificateAndNoOtherPin) {
  Simulator pve;
  const auto pinned = run({"trust"}, pve.environment({{"HOME", home_.string()}}));
  EXPECT_EQ(pinned.code, 2);
  EXPECT_THAT(pinned.errors, HasSubstr("PVE_FINGERPRINT is set"));
  const Texts home = {"HOME=" + home_.string()};
  EXPECT_THAT(run({"trust"}, home).errors, HasSubstr("mcp-pve trust https://pve.example.com:8006"));
  EXPECT_THAT(run({"trust", "--simulate"}, home).errors, HasSubstr("remove --simulate"));
  EXPECT_THAT(run({"trust", "http://127.0.0.1:1"}, home).errors, HasSubstr("write https"));
  EXPECT_THAT(run({"trust", "https://127.0.0.1:1"}, home).errors, HasSubstr("shows no certificate"));
  EXPECT_THAT(run({"trust", pve.settings["PVE_BASE_URL"]}).errors, HasSubstr("there is no state folder"));
  // No API token is needed for it.
  const auto stored =
      run({"trust", pve.settings["PVE_BASE_URL"], "--yes", "--fingerprint", pve.settings["PVE_FINGERPRINT"]},
          home);
  EXPECT_EQ(stored.code, 0) << stored.errors;
  EXPECT_EQ(run(kRead, environment(pve)).code, 0);
}

TEST_F(TrustCommand, AFileThatCannotBeReadStopsTheStart) {
  Simulator pve;
  fs::create_directories(file().parent_path());
  std::ofstream(file()) << "rubbish\n";
  fs::permissions(file(), fs::perms::owner_read | fs::perms::owner_write);
  const auto stopped = run(kRead, environment(pve));
  EXPECT_EQ(stopped.code, 2);
  EXPECT_THAT(stopped.errors, HasSubstr("must be an address and a SHA-256 fingerprint"));
}

}  // namespace
