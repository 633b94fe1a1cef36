// Setup on a PVE node: pveum and pvesh instead of a login, and the service.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <filesystem>
#include <regex>

#include "auth/token_file.h"
#include "base/json.h"
#include "base/program.h"
#include "cli/authentication.h"
#include "cli/setup/service_files.h"
#include "cli/setup/setup_pve.h"
#include "config/toml.h"

namespace {

namespace fs = std::filesystem;
using test::file_text;
using test::files_below;
using test::ScriptedPerson;
using test::SetupPve;
using test::write_file;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr const char* kSecret = "0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9";

/// A folder that stands for / on a node, and programs that write down how they were called.
class SetupOnNode : public test::SetupTest {
 protected:
  SetupOnNode() {
    root_ = top_ / "root";
    is_root_ = true;
    write_file(root_ / "etc/pve/nodes/pve1/pve-ssl.pem", pve_.certificate_pem);
    fs::create_symlink("nodes/pve1", root_ / "etc/pve/local");
    write_file(top_ / "users.json", "[]");
    program("pvesh", R"(case "$2" in
  *%*) echo "no such resource '$2'" >&2; exit 2 ;;
  /access/users) cat )" + (top_ / "users.json").string() +
                         R"( ;;
  /access/roles) echo '[{"roleid":"Administrator","special":1,"privs":"Sys.Audit,VM.Audit,Datastore.Audit,VM.Allocate"}]' ;;
  *) echo '[]' ;;
esac)");
    program("pveum", "case \"$3\" in\n  add) echo '{\"full-tokenid\":\"mcp@pve!pve\",\"value\":\"" +
                         std::string(kSecret) + "\"}' ;;\nesac");
    program("systemctl", "");
  }

  void program(const std::string& name, const std::string& body) {
    write_file(root_ / "usr/sbin" / name,
               "#!/bin/sh\necho \"" + name + " $*\" >> " + (top_ / "calls").string() + "\n" + body + "\n");
    ::chmod((root_ / "usr/sbin" / name).c_str(), 0755);
  }
  std::string calls() const { return file_text(top_ / "calls"); }

  SetupPve pve_;
};

TEST_F(SetupOnNode, MakesTheTokenByPveum) {
  const cli::GivenFlags flags{{"--yes", {"true"}}, {"--port", {pve_.port}}, {"--client", {"none"}}};
  EXPECT_EQ(hold(nullptr, flags), 0) << errors_ << output_;
  // Its own certificate needs no question, and the person no login.
  EXPECT_THAT(output_, AllOf(HasSubstr("This machine is a PVE node."), HasSubstr("pveum user add mcp@pve")));
  EXPECT_THAT(text(settings()), HasSubstr("fingerprint = \"" + pve_.fingerprint + "\""));
  EXPECT_EQ(text(settings("pve.secret")), std::string(kSecret) + "\n");
  EXPECT_THAT(calls(), AllOf(HasSubstr("pveum role add MCP-pve --privs Datastore.Audit,Sys.Audit,VM.Audit\n"),
                             HasSubstr("pveum user token add mcp@pve pve --privsep 1 --output-format json\n"),
                             HasSubstr("pveum acl modify / --tokens mcp@pve!pve --roles MCP-pve\n")));
  EXPECT_THAT(output_ + errors_ + calls(), Not(HasSubstr(kSecret)));
  EXPECT_THAT(pve_.take_requests(), IsEmpty());
}

TEST_F(SetupOnNode, MakesASecondTokenOfTheUserThatIsThere) {
  write_file(top_ / "users.json", R"([{"userid":"root@pam"},{"userid":"mcp@pve"}])");
  const cli::GivenFlags flags{{"--yes", {"true"}}, {"--port", {pve_.port}}, {"--client", {"none"}}};
  EXPECT_EQ(hold(nullptr, flags), 0) << errors_ << output_;
  EXPECT_THAT(calls(),
              AllOf(HasSubstr("pvesh get /access/users/mcp@pve/token --output-format json\n"),
                    HasSubstr("pveum user token add mcp@pve pve "), Not(HasSubstr("pveum user add"))));
}

TEST_F(SetupOnNode, TellsWhatPveumComplainsOfAndTakesBackWhatItDid) {
  program("pveum",
          "test \"$1\" = acl && { echo 'ACL update failed: no quorum' >&2; exit 2; }\ncase \"$3\" in\n"
          "  add) echo '{\"value\":\"" +
              std::string(kSecret) + "\"}' ;;\nesac\nexit 0");
  const cli::GivenFlags flags{{"--yes", {"true"}}, {"--port", {pve_.port}}, {"--client", {"none"}}};
  EXPECT_EQ(hold(nullptr, flags), 1) << output_;
  EXPECT_THAT(errors_, AllOf(HasSubstr("pveum acl exited with 2: ACL update failed: no quorum."),
                             HasSubstr("was taken back. No file was written.")));
  EXPECT_THAT(calls(),
              HasSubstr("pveum user token remove mcp@pve pve\npveum user delete mcp@pve\npveum role delete"));
  EXPECT_THAT(files_below(home()), IsEmpty());
}

TEST_F(SetupOnNode, MakesTheService) {
  const cli::GivenFlags flags{{"--service", {"true"}},
                              {"--yes", {"true"}},
                              {"--port", {pve_.port}},
                              {"--person", {"ann"}},
                              {"--http-url", {"https://pve1.example.com:3000/mcp"}}};
  ASSERT_EQ(hold(nullptr, flags), 0) << errors_ << output_;
  const auto etc = root_ / "etc/mcp-pve";
  const auto units = root_ / "etc/systemd/system";
  EXPECT_THAT(
      text(etc / "config.toml"),
      AllOf(HasSubstr("[http]\nlisten = \"0.0.0.0:3000\"\n"), HasSubstr("token_id = \"mcp@pve!pve\""),
            HasSubstr("url = \"https://pve1.example.com:3000/mcp\""), Not(HasSubstr("token_secret"))));
  EXPECT_EQ(text(etc / "pve.secret"), std::string(kSecret) + "\n");
  EXPECT_EQ(fs::status(etc / "pve.secret").permissions(), fs::perms::owner_read | fs::perms::owner_write);
  EXPECT_THAT(text(units / "mcp-pve.service"), HasSubstr("/test_cli --config /etc/mcp-pve/config.toml\n"));
  EXPECT_EQ(text(units / "mcp-pve.service.d/setup.conf"),
            cli::certificate_lines("/etc/pve/nodes/pve1/pve-ssl.pem", "/etc/pve/nodes/pve1/pve-ssl.key"));
  EXPECT_THAT(text(units / "mcp-pve-certificate.service"), HasSubstr("sh /etc/pve/nodes/pve1/pve-ssl.pem\n"));
  EXPECT_THAT(text(units / "mcp-pve-certificate.timer"), HasSubstr("OnCalendar=daily"));
  EXPECT_THAT(calls(),
              HasSubstr("systemctl daemon-reload\nsystemctl enable mcp-pve.service\nsystemctl enable --now "
                        "mcp-pve-certificate.timer\nsystemctl restart mcp-pve.service\n"));
  EXPECT_THAT(output_, AllOf(HasSubstr("NODE_EXTRA_CA_CERTS"), HasSubstr("/etc/pve/pve-root-ca.pem"),
                             HasSubstr("https://pve1.example.com:3000/mcp"), Not(HasSubstr("--header"))));

  // The bearer token is shown once, and its hash is what the server accepts.
  std::smatch token;
  const std::regex form("Bearer (pve_[A-Za-z0-9_-]{43})");
  ASSERT_TRUE(std::regex_search(output_, token, form)) << output_;
  const auto tokens = auth::parse_tokens(text(etc / "tokens.toml"), "tokens.toml", cli::words());
  ASSERT_TRUE(tokens) << tokens.error();
  ASSERT_NE(tokens->find(token[1].str()), nullptr);
  EXPECT_EQ(tokens->find(token[1].str())->name, "ann");

  const auto before = files_below(root_ / "etc");
  fs::remove(top_ / "calls");
  EXPECT_EQ(hold(nullptr, flags), 0) << errors_ << output_;
  EXPECT_THAT(output_, HasSubstr("nothing was changed"));
  EXPECT_EQ(files_below(root_ / "etc"), before);
  EXPECT_EQ(std::regex_replace(calls(), std::regex("pvesh .*\n"), ""),
            "systemctl is-enabled --quiet mcp-pve.service\nsystemctl is-active --quiet mcp-pve.service\n");

  // What was stopped is started again, though all files are there.
  for (const auto* question : {"is-enabled", "is-active"}) {
    program("systemctl", "test \"$1\" != " + std::string(question));
    fs::remove(top_ / "calls");
    EXPECT_EQ(hold(nullptr, flags), 0) << errors_ << output_;
    EXPECT_EQ(files_below(root_ / "etc"), before);
    EXPECT_THAT(calls(), HasSubstr("systemctl enable --now mcp-pve.service\n")) << question;
  }
}

TEST_F(SetupOnNode, MakesNoSecondBearerTokenOfAName) {
  const auto tokens = root_ / "etc/mcp-pve/tokens.toml";
  const auto hash = std::string(64, 'a');
  const cli::GivenFlags flags{
      {"--service", {"true"}}, {"--yes", {"true"}}, {"--port", {pve_.port}}, {"--person", {"ann"}}};
  const auto by_hand = "[[ token ]]\n  sha256='" + hash + "'\n  name   = 'ann'  # Ann's laptop\n";
  write_file(tokens, by_hand);
  EXPECT_EQ(hold(nullptr, flags), 0) << errors_ << output_;
  EXPECT_THAT(output_, HasSubstr("ann has a bearer token already"));
  EXPECT_EQ(text(tokens), by_hand);
  // What cannot be read, or would not be valid with a token at its end, stays as it is.
  for (const std::string wrong : {"[[token]]\nname = ann\n", "token = []\n", "other = 1\n"}) {
    write_file(tokens, wrong);
    EXPECT_EQ(hold(nullptr, flags), 1) << wrong;
    EXPECT_THAT(errors_, testing::ContainsRegex("Line [123] of .*tokens.toml"));
    EXPECT_EQ(text(tokens), wrong);
  }
}

TEST_F(SetupOnNode, TheServiceSaysWhereTheOldSettingsAreKept) {
  const auto file = root_ / "etc/mcp-pve/config.toml";
  fs::create_directories(file.parent_path());
  write_file(file, "# as the package installs it\n#timeout = 40\n");
  ASSERT_EQ(hold(nullptr, {{"--service", {"true"}},
                           {"--yes", {"true"}},
                           {"--port", {pve_.port}},
                           {"--http-url", {"https://pve1.example.com:3000/mcp"}}}),
            0)
      << errors_ << output_;
  EXPECT_THAT(text(file), AllOf(HasSubstr("#timeout = 40\n"), HasSubstr("listen = ")));
  EXPECT_EQ(text(file.string() + ".bak-mcp-pve"), "# as the package installs it\n#timeout = 40\n");
  EXPECT_THAT(output_, HasSubstr("The old file is kept as " + file.string() + ".bak-mcp-pve"));
}

TEST_F(SetupOnNode, TheServiceKeepsOnlyATokenThatItsUnitFinds) {
  const auto etc = root_ / "etc/mcp-pve";
  const std::string id = "[cluster]\ntoken_id = \"root@pam!demo\"\n";
  const std::string secret = "00000000-0000-4000-8000-000000000000\n";
  const struct {
    std::string settings;
    bool has_file;
    bool kept;
  } rows[] = {
      {id, true, true},
      {id, false, false},
      {id + "token_secret_file = \"/srv/x\"\n", false, false},
      {id + "token_command = [\"pass\", \"pve\"]\n", true, false},
  };
  for (const auto& row : rows) {
    fs::remove_all(etc);
    write_file(etc / "config.toml", row.settings);
    if (row.has_file) write_file(etc / "pve.secret", secret);
    if (row.has_file) ::chmod((etc / "pve.secret").c_str(), 0600);
    EXPECT_EQ(hold(nullptr, {{"--service", {"true"}},
                             {"--yes", {"true"}},
                             {"--port", {pve_.port}},
                             {"--token-from", {"keep"}}}),
              row.kept ? 0 : 2)
        << row.settings << errors_ << output_;
    EXPECT_EQ(errors_.find("--token-from is \"keep\"") != std::string::npos, !row.kept) << row.settings;
  }
}

TEST_F(SetupOnNode, TheServiceRefusesWhatItCannotHave) {
  const cli::GivenFlags flags{{"--service", {"true"}}, {"--yes", {"true"}}, {"--port", {pve_.port}}};
  auto low = flags;
  low["--http"] = {"0.0.0.0:443"};
  EXPECT_EQ(hold(nullptr, low), 2) << output_;
  EXPECT_THAT(errors_, AllOf(HasSubstr("0.0.0.0:443"), HasSubstr("no right to a port below 1024")));
  for (const auto* name : {"my certificate", "50%", "\"quoted\"", "it's", "new\nline", "$HOME", "a\\b"}) {
    write_file(top_ / name, pve_.certificate_pem);
    auto given = flags;
    given["--http-certificate"] = {(top_ / name).string()};
    EXPECT_EQ(hold(nullptr, given), 2) << name;
    EXPECT_THAT(errors_, HasSubstr("cannot stand in a unit of systemd")) << name;
  }
  EXPECT_FALSE(fs::exists(root_ / "etc/systemd"));
}

TEST_F(SetupOnNode, RemovesTheService) {
  const auto before = files_below(root_);
  const cli::GivenFlags flags{{"--service", {"true"}}, {"--yes", {"true"}}, {"--port", {pve_.port}}};
  ASSERT_EQ(hold(nullptr, flags), 0) << errors_ << output_;
  EXPECT_NE(files_below(root_), before);
  EXPECT_EQ(hold(nullptr, {{"--service", {"true"}}, {"--yes", {"true"}}, {"--remove", {"true"}}}), 0)
      << errors_ << output_;
  auto after = files_below(root_);
  EXPECT_EQ(after.erase("etc/mcp-pve/config.toml.bak-mcp-pve"), 1U);
  EXPECT_EQ(after, before);
  EXPECT_THAT(calls(), HasSubstr("systemctl disable --now mcp-pve.service mcp-pve-certificate.timer\n"));
}

TEST_F(SetupOnNode, RemovesNoFileOfTheServiceThatItDidNotMake) {
  const auto etc = root_ / "etc/mcp-pve";
  const auto unit = root_ / "etc/systemd/system/mcp-pve.service";
  const auto hash = std::string(64, 'a');
  write_file(etc / "tokens.toml", "[[token]]\nname = \"bob\"\nsha256 = \"" + hash + "\"\n");
  const cli::GivenFlags flags{
      {"--service", {"true"}}, {"--yes", {"true"}}, {"--port", {pve_.port}}, {"--person", {"ann"}}};
  ASSERT_EQ(hold(nullptr, flags), 0) << errors_ << output_;
  EXPECT_THAT(text(etc / "config.toml"), AllOf(HasSubstr("setup: service etc/systemd/system/mcp-pve-"),
                                               Not(HasSubstr("service etc/mcp-pve/tokens.toml"))));
  EXPECT_EQ(hold(nullptr, {{"--service", {"true"}}, {"--yes", {"true"}}, {"--remove", {"true"}}}), 0)
      << errors_ << output_;
  EXPECT_FALSE(fs::exists(unit));
  EXPECT_THAT(text(etc / "tokens.toml"), HasSubstr("bob"));
  EXPECT_THAT(output_, HasSubstr((etc / "tokens.toml").string() + " stays, because setup did not make it."));

  // Nothing of it is setup's.
  write_file(unit, "[Service]\nExecStart=/opt/mine\n");
  fs::remove(top_ / "calls");
  EXPECT_EQ(hold(nullptr, {{"--service", {"true"}}, {"--yes", {"true"}}, {"--remove", {"true"}}}), 0)
      << errors_ << output_;
  EXPECT_TRUE(fs::exists(unit));
  EXPECT_THAT(output_, AllOf(HasSubstr(unit.string() + " stays"), HasSubstr("nothing was changed")));
  EXPECT_THAT(calls(), Not(HasSubstr("systemctl")));
}

TEST_F(SetupOnNode, TheServiceOfAnotherHostHasACertificateOfItsOwn) {
  fs::remove_all(root_ / "etc/pve");
  write_file(top_ / "secret", "00000000-0000-4000-8000-000000000000\n");
  auto flags = to_pve(pve_);
  flags.merge(cli::GivenFlags{{"--service", {"true"}},
                              {"--yes", {"true"}},
                              {"--token-id", {"root@pam!demo"}},
                              {"--token-secret-file", {(top_ / "secret").string()}},
                              {"--http-url", {"https://gate.example.com:3000/mcp"}}});
  ASSERT_EQ(hold(nullptr, flags), 0) << errors_ << output_;
  const auto etc = root_ / "etc/mcp-pve";
  EXPECT_THAT(text(etc / "certificate.pem"), HasSubstr("BEGIN CERTIFICATE"));
  EXPECT_EQ(fs::status(etc / "key.pem").permissions(), fs::perms::owner_read | fs::perms::owner_write);
  EXPECT_EQ(text(etc / "pve.secret"), "00000000-0000-4000-8000-000000000000\n");
  EXPECT_THAT(output_, AllOf(HasSubstr("/etc/mcp-pve/certificate.pem"), Not(HasSubstr("BEGIN EC")),
                             Not(HasSubstr("BEGIN PRIVATE"))));
}

TEST_F(SetupOnNode, TheServiceNeedsRootAndADryRunChangesNothing) {
  const auto before = files_below(root_);
  const cli::GivenFlags flags{
      {"--service", {"true"}}, {"--yes", {"true"}}, {"--port", {pve_.port}}, {"--dry-run", {"true"}}};
  EXPECT_EQ(hold(nullptr, flags), 0) << errors_;
  EXPECT_EQ(files_below(root_), before);
  EXPECT_THAT(calls(), Not(testing::ContainsRegex("pveum|systemctl")));
  is_root_ = false;
  EXPECT_EQ(hold(nullptr, flags), 2);
  EXPECT_THAT(errors_, HasSubstr("run it as root"));
}

TEST(ServiceUnit, IsHardened) {
  const auto unit = cli::service_unit("/usr/bin/mcp-pve");
  for (const auto* line :
       {"DynamicUser=yes", "StateDirectory=mcp-pve", "StateDirectoryMode=0700", "ProtectSystem=strict",
        "LoadCredential=pve-token-secret:/etc/mcp-pve/pve.secret", "SystemCallFilter=@system-service",
        "MemoryDenyWriteExecute=yes", "NoNewPrivileges=yes",
        "CapabilityBoundingSet=", "RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX",
        "ExecStart=/usr/bin/mcp-pve --config /etc/mcp-pve/config.toml"})
    EXPECT_THAT(unit, HasSubstr("\n" + std::string(line) + "\n"));
}

TEST(ServiceUnit, HidesProgramsInHomesAndTemporaryFolders) {
  for (const auto* program : {"/home/ann/mcp-pve", "/tmp/mcp-pve", "/var/tmp/x/mcp-pve", "/base/mcp-pve"})
    EXPECT_TRUE(cli::is_hidden_from_service(program, "/base")) << program;
  for (const auto* program :
       {"/usr/bin/mcp-pve", "/usr/local/bin/mcp-pve", "/basement/mcp-pve", "/opt/tmp/mcp-pve"})
    EXPECT_FALSE(cli::is_hidden_from_service(program, "/base")) << program;
  EXPECT_FALSE(cli::is_hidden_from_service("/usr/bin/mcp-pve", "/"));
}

TEST(ServiceUnit, IsRatedAtMost15BySystemd) {
  std::string pattern = testing::TempDir() + "unit-XXXXXX";
  const fs::path folder = ::mkdtemp(pattern.data());
  write_file(folder / "mcp-pve.service", cli::service_unit("/bin/true"));
  const auto rated = base::run_program({"systemd-analyze", "security", "--offline=true", "--no-pager",
                                        "--threshold=15", (folder / "mcp-pve.service").string()},
                                       {.output = 65536, .errors = 4096});
  fs::remove_all(folder);
  EXPECT_TRUE(rated.succeeded()) << rated.trouble().value_or("") << rated.output << rated.errors;
  EXPECT_THAT(rated.output, HasSubstr("Overall exposure level for mcp-pve.service"));
}

}  // namespace
