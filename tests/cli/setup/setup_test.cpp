// mcp-pve setup: the conversation, what it writes, what it sends.
#include "cli/setup/setup.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <tuple>

#include "cli/setup/setup_pve.h"

namespace {

namespace fs = std::filesystem;
using test::admin_answers;
using test::files_below;
using test::ScriptedPerson;
using test::SetupPve;
using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

using SetupCommand = test::SetupTest;

constexpr const char* kRoot = "00000000-0000-4000-8000-000000000000";

TEST_F(SetupCommand, MakesATokenWithOneLoginAndWritesEverything) {
  SetupPve pve;
  fs::create_directories(home() / ".cursor");
  const std::string claude = "{\n  \"theme\": \"dark\"\n}\n";
  test::write_file(home() / ".claude.json", claude);
  ScriptedPerson person(admin_answers(pve));
  ASSERT_EQ(hold(&person, {}), 0) << errors_ << person.screen;

  const auto secret = text(settings("pve.secret"));
  EXPECT_EQ(secret.size(), 37U);
  EXPECT_EQ(fs::status(settings("pve.secret")).permissions(), fs::perms::owner_read | fs::perms::owner_write);
  EXPECT_EQ(fs::status(settings().parent_path()).permissions(), fs::perms::owner_all);
  EXPECT_EQ(text(settings()),
            "# Settings of the MCP server mcp-pve; mcp-pve --help lists all.\naccess_tier = \"read-only\"\n"
            "protect = \"tag:prod\"\n\n[cluster]\nbase_url = \"https://127.0.0.1:" +
                pve.port + "\"\ntoken_id = \"mcp@pve!pve\"\ntoken_secret_file = \"" +
                settings("pve.secret").string() + "\"\nfingerprint = \"" + pve.fingerprint +
                "\"\n\n# made by mcp-pve setup: token mcp@pve!pve\n# made by mcp-pve setup: role MCP-pve\n"
                "# made by mcp-pve setup: permission MCP-pve\n# made by mcp-pve setup: file " +
                settings("pve.secret").string() +
                "\n# made by mcp-pve setup: keys access_tier cluster.base_url cluster.fingerprint "
                "cluster.token_id cluster.token_secret_file protect\n");
  EXPECT_THAT(text(home() / ".claude.json"), AllOf(HasSubstr("\"theme\": \"dark\""), HasSubstr("\"pve\"")));
  EXPECT_EQ(text(home() / ".claude.json.bak-mcp-pve"), claude);
  EXPECT_THAT(text(home() / ".cursor/mcp.json"), HasSubstr("\"pve\""));

  EXPECT_THAT(pve.take_changes(),
              ElementsAre("POST /api2/json/access/ticket", "POST /api2/json/access/ticket",
                          "POST /api2/json/access/roles", "POST /api2/json/access/users",
                          "POST /api2/json/access/users/mcp%40pve/token/pve", "PUT /api2/json/access/acl",
                          "PUT /api2/json/access/acl"));
  EXPECT_THAT(person.screen,
              AllOf(HasSubstr("SHA-256      " + pve.fingerprint), HasSubstr("`pvenode cert info`"),
                    HasSubstr("pveum user token add mcp@pve pve --privsep 1"),
                    HasSubstr("+protect = \"tag:prod\""), HasSubstr("Restart your client, and ask: ")));
  ASSERT_EQ(ran_.size(), 2U);
  EXPECT_THAT(ran_[0], ElementsAre("doctor", "--config", settings().string()));
  EXPECT_EQ(ran_[1].front(), "call");
  // None of what is secret is shown, or stored in another file.
  for (const auto& word : {secret.substr(0, 36), std::string("demo-admin"), pve.code()}) {
    EXPECT_THAT(person.screen + output_ + errors_, Not(HasSubstr(word)));
    for (const auto& [name, content] : files_below(home())) {
      if (name == ".config/mcp-pve/pve.secret") continue;
      EXPECT_THAT(content, Not(HasSubstr(word))) << name;
    }
  }
}

TEST_F(SetupCommand, ChangesNothingWhenItRunsTwice) {
  SetupPve pve;
  fs::create_directories(home() / ".cursor");
  ScriptedPerson first(admin_answers(pve));
  ASSERT_EQ(hold(&first, {}), 0) << errors_ << first.screen;
  const auto before = files_below(home());
  pve.take_requests();
  ScriptedPerson second({});
  EXPECT_EQ(hold(&second, {}), 0) << errors_ << second.screen;
  EXPECT_THAT(second.screen, HasSubstr("Everything is set up like this already; nothing was changed."));
  EXPECT_EQ(files_below(home()), before);
  EXPECT_THAT(pve.take_changes(), IsEmpty());
  EXPECT_THAT(second.screen, Not(HasSubstr("Do this?")));
}

TEST_F(SetupCommand, ADryRunWritesNothingAndSendsNoChange) {
  SetupPve pve;
  fs::create_directories(home() / ".cursor");
  auto flags = to_pve(pve);
  flags["--dry-run"] = {"true"};
  flags["--yes"] = {"true"};
  flags["--login"] = {"root@pam"};
  EXPECT_EQ(hold(nullptr, flags), 0) << errors_;
  EXPECT_THAT(files_below(home()), IsEmpty());
  EXPECT_FALSE(fs::exists(settings().parent_path()));
  EXPECT_THAT(pve.take_changes(), IsEmpty());
  EXPECT_THAT(ran_, IsEmpty());
  EXPECT_THAT(output_, AllOf(HasSubstr("pveum role add MCP-pve --privs "), HasSubstr("+access_tier = "),
                             HasSubstr(".cursor/mcp.json"), HasSubstr("because of --dry-run")));
}

TEST_F(SetupCommand, AnInterruptionAtAnyQuestionLeavesEverythingAsItWas) {
  SetupPve pve;
  fs::create_directories(home() / ".cursor");
  test::write_file(home() / ".claude.json", "{}\n");
  const auto before = files_below(home());
  bool last = false;
  int at = 0;
  for (; !last; ++at) {
    ScriptedPerson person(admin_answers(pve));
    person.leaves_at = at;
    EXPECT_EQ(hold(&person, {}), 1) << person.screen;
    EXPECT_THAT(errors_, HasSubstr("Nothing was changed"));
    for (const auto& change : pve.take_changes()) EXPECT_EQ(change, "POST /api2/json/access/ticket");
    pve.pass_a_code();
    EXPECT_EQ(files_below(home()), before) << person.screen;
    last = person.screen.find("Do this?") != std::string::npos;
  }
  EXPECT_GE(at, 12);
}

TEST_F(SetupCommand, AWrongAnswerIsAskedAgain) {
  SetupPve pve;
  ScriptedPerson person({{"Name of this", "9lives"},
                         {"Name of this", "pve-lab"},
                         {"PVE's name", ""},
                         {"PVE's name", "http://pve"},
                         {"PVE's name", "127.0.0.1"},
                         {"Port", "0"},
                         {"Port", "1"},
                         {"Port", pve.port},
                         {"Trust this", "maybe"},
                         {"Trust this", "y"},
                         {"may the assistant", "fly"},
                         {"may the assistant", "2"},
                         {"Toolsets", "tapes"},
                         {"Toolsets", "nodes,qemu"},
                         {"API token shall", "existing"},
                         {"Id of the", "root@pam"},
                         {"Id of the", "root@pam!demo"},
                         {"Secret", "two words"},
                         {"Secret", "00000000-0000-4000-8000-00000000000f"},
                         {"Secret", kRoot},
                         {"Only these", "colour:red"},
                         {"Only these", "tag:web"},
                         {"Confirm", "always"},
                         {"Confirm", "changes"},
                         {"Who approves", "nobody"},
                         {"Who approves", "human"},
                         {"which clients", "netscape"},
                         {"which clients", "none"},
                         {"Do this?", "y"}});
  EXPECT_EQ(hold(&person, {}), 0) << errors_ << person.screen;
  for (const auto* text :
       {"--name is \"9lives\"", "An answer is needed, as in --host pve.example.com.", "PVE needs https",
        "--port is \"0\"", "shows no certificate", "\"maybe\" is neither y nor n", "--access is \"fly\"",
        "tapes", "--token-id is \"root@pam\"", "The secret must be one word",
        "PVE does not accept the API token", "--scope: ", "--confirm is", "--approval is",
        "--client is \"netscape\"", "This protects only against clients without a shell"})
    EXPECT_THAT(person.screen, HasSubstr(text));
  EXPECT_EQ(text(settings("pve-lab.secret")), std::string(kRoot) + "\n");
  EXPECT_THAT(text(settings("pve-lab.toml")),
              AllOf(HasSubstr("access_tier = \"read-execute\"\n"), HasSubstr("categories = \"nodes,qemu\"\n"),
                    HasSubstr("scope = \"tag:web\"\n"), HasSubstr("confirm = \"changes\"\n"),
                    HasSubstr("approval = \"human\"\n"), HasSubstr("token_id = \"root@pam!demo\"\n")));
  EXPECT_FALSE(fs::exists(settings()));
  EXPECT_THAT(person.screen, HasSubstr("For any other client, paste this"));
  EXPECT_THAT(person.screen, Not(HasSubstr(kRoot)));
}

TEST_F(SetupCommand, ARefusedLoginIsNotTriedAgain) {
  SetupPve pve;
  const std::vector<std::tuple<std::string, std::string, std::size_t>> rows = {
      {"Password", "wrong-password", 1U}, {"second factor", "000000", 2U}};
  for (const auto& [part, wrong, logins] : rows) {
    auto answers = admin_answers(pve);
    for (auto& answer : answers) {
      if (answer.first == part) answer.second = wrong;
    }
    ScriptedPerson person(answers);
    EXPECT_EQ(hold(&person, {}), 1);
    EXPECT_THAT(errors_,
                AllOf(HasSubstr("The login of admin@pve failed: authentication failure."),
                      HasSubstr("Nothing is tried again by itself, because"), Not(HasSubstr(wrong))));
    EXPECT_EQ(pve.take_changes().size(), logins);
    EXPECT_THAT(files_below(home()), IsEmpty());
  }
}

TEST_F(SetupCommand, FlagsAnswerEveryQuestion) {
  SetupPve pve;
  test::write_file(top_ / "password", "demo\n");
  auto flags = to_pve(pve);
  flags.merge(cli::GivenFlags{{"--yes", {"true"}},
                              {"--name", {"pve-lab"}},
                              {"--access", {"everything"}},
                              {"--login", {"root@pam"}},
                              {"--password-file", {(top_ / "password").string()}},
                              {"--token-name", {"laptop"}},
                              {"--client", {"cursor", "claude-code"}}});
  EXPECT_EQ(hold(nullptr, flags), 0) << errors_ << output_;
  EXPECT_THAT(text(settings("pve-lab.toml")), HasSubstr("token_id = \"mcp@pve!laptop\""));
  EXPECT_THAT(text(home() / ".cursor/mcp.json"),
              AllOf(HasSubstr("\"pve-lab\""), HasSubstr(settings("pve-lab.toml").string())));
  EXPECT_THAT(text(home() / ".claude.json"), HasSubstr("\"pve-lab\""));
  EXPECT_THAT(output_, HasSubstr("MCP-laptop"));

  // The same name again: a token is never replaced.
  flags["--name"] = {"other"};
  pve.take_requests();
  EXPECT_EQ(hold(nullptr, flags), 1);
  EXPECT_THAT(errors_, AllOf(HasSubstr("mcp@pve!laptop exists already"), HasSubstr("--token-name")));
  EXPECT_THAT(pve.take_changes(), ElementsAre("POST /api2/json/access/ticket"));
}

TEST_F(SetupCommand, WithoutATerminalAMissingAnswerNamesItsFlag) {
  SetupPve pve;
  const auto missing = [&](const cli::GivenFlags& flags) {
    EXPECT_EQ(hold(nullptr, flags), 2) << output_;
    EXPECT_THAT(files_below(home()), IsEmpty());
    return errors_;
  };
  EXPECT_THAT(missing({}), AllOf(HasSubstr("--name is missing"), HasSubstr("--yes")));
  EXPECT_THAT(missing({{"--yes", {"true"}}}), HasSubstr("--host is missing"));
  auto flags = to_pve(pve);
  flags["--yes"] = {"true"};
  EXPECT_THAT(missing(flags), HasSubstr("--token-from is missing"));
  auto unpinned = flags;
  unpinned.erase("--fingerprint");
  EXPECT_THAT(missing(unpinned), HasSubstr("--fingerprint is missing"));
  auto login = flags;
  login["--login"] = {"root@pam"};
  EXPECT_THAT(missing(login), HasSubstr("--password-file is missing"));
  auto existing = flags;
  existing["--token-id"] = {"root@pam!demo"};
  EXPECT_THAT(missing(existing), HasSubstr("--token-secret-file is missing"));
  existing["--port"] = {"seventy"};
  EXPECT_THAT(missing(existing), HasSubstr("--port is \"seventy\""));
}

TEST_F(SetupCommand, AnotherCertificateThanTheExpectedOneEndsIt) {
  SetupPve pve;
  auto flags = to_pve(pve);
  flags["--yes"] = {"true"};
  flags["--fingerprint"] = {std::string(64, 'a')};
  EXPECT_EQ(hold(nullptr, flags), 1);
  EXPECT_THAT(errors_, HasSubstr("does not have the fingerprint that --fingerprint expects"));
  EXPECT_THAT(pve.take_requests(), IsEmpty());
}

TEST_F(SetupCommand, KeepsThePersonsOwnLinesAndAnExistingToken) {
  SetupPve pve;
  const auto cluster = "\n[cluster]\n# the lab\nbase_url = \"https://127.0.0.1:" + pve.port +
                       "\"\ntoken_id = \"root@pam!demo\"\ntoken_secret = \"" + kRoot + "\"\n";
  const std::string own = "# mine\noutput = \"json\"  # for jq\n";
  test::write_file(settings(), own + cluster);
  ScriptedPerson person({{"Trust this", "y"}, {"may the assistant", "operate"}, {"Do this?", "y"}});
  EXPECT_EQ(hold(&person, {}), 0) << errors_ << person.screen;
  EXPECT_EQ(text(settings()), own + "access_tier = \"read-execute\"\n" + cluster + "fingerprint = \"" +
                                  pve.fingerprint +
                                  "\"\n\n# made by mcp-pve setup: keys access_tier cluster.fingerprint\n");
  EXPECT_THAT(person.screen, Not(HasSubstr(kRoot)));
  EXPECT_EQ(text(settings("config.toml.bak-mcp-pve")), own + cluster);
}

TEST_F(SetupCommand, TakesSeveralNodesOfWhichEachShowsItsCertificate) {
  SetupPve pve;
  SetupPve other;
  test::write_file(top_ / "secret", std::string(kRoot) + "\n");
  fs::permissions(top_ / "secret", fs::perms::owner_read);
  const auto hosts = "127.0.0.1:" + pve.port + ",localhost:" + pve.port + ", 127.0.0.1:" + other.port;
  const cli::GivenFlags flags{{"--yes", {"true"}},
                              {"--host", {hosts}},
                              {"--fingerprint", {pve.fingerprint, other.fingerprint}},
                              {"--token-id", {"root@pam!demo"}},
                              {"--token-secret-file", {(top_ / "secret").string()}},
                              {"--client", {"none"}}};
  EXPECT_EQ(hold(nullptr, flags), 0) << errors_ << output_;
  EXPECT_THAT(text(settings()),
              AllOf(HasSubstr("base_url = \"https://127.0.0.1:" + pve.port +
                              ",https://localhost:" + pve.port + ",https://127.0.0.1:" + other.port + "\"\n"),
                    HasSubstr("fingerprint = \"" + pve.fingerprint + "," + other.fingerprint + "\"\n"),
                    HasSubstr("token_secret_file = \"" + (top_ / "secret").string() + "\"\n")));
}

TEST_F(SetupCommand, TellsHowAKeptTokenGetsOtherRights) {
  SetupPve pve;
  ScriptedPerson first(admin_answers(pve));
  ASSERT_EQ(hold(&first, {}), 0) << errors_ << first.screen;
  ScriptedPerson second({{"may the assistant", "operate"}, {"Never change", "none"}, {"Do this?", "y"}});
  EXPECT_EQ(hold(&second, {}), 0) << errors_ << second.screen;
  EXPECT_THAT(second.screen, testing::ContainsRegex("pveum role modify MCP-pve --privs .*VM.PowerMgmt"));
  EXPECT_THAT(text(settings()),
              AllOf(HasSubstr("access_tier = \"read-execute\""), Not(HasSubstr("protect"))));
}

TEST_F(SetupCommand, SaysThatAnEarlierTokenStays) {
  SetupPve pve;
  ScriptedPerson first(admin_answers(pve));
  ASSERT_EQ(hold(&first, {}), 0) << errors_ << first.screen;
  EXPECT_THAT(first.screen, Not(HasSubstr("stays in PVE")));
  pve.pass_a_code();
  ScriptedPerson second(admin_answers(pve));
  ASSERT_EQ(hold(&second, {{"--token-name", {"other"}}}), 0) << errors_ << second.screen;
  EXPECT_THAT(second.screen, AllOf(HasSubstr("mcp@pve!pve, which setup made before, stays in PVE"),
                                   HasSubstr("\n  pveum user token remove mcp@pve pve\n")));
  EXPECT_THAT(text(settings()), AllOf(HasSubstr("made by mcp-pve setup: token mcp@pve!other\n"),
                                      HasSubstr("made by mcp-pve setup: file ")));
}

TEST_F(SetupCommand, RefusesASecretsFileThatOthersCanRead) {
  SetupPve pve;
  test::write_file(settings("pve.secret"), std::string(kRoot) + "\n");
  ::chmod(settings("pve.secret").c_str(), 0644);
  const auto before = files_below(home());
  ScriptedPerson person(admin_answers(pve));
  EXPECT_EQ(hold(&person, {}), 1) << person.screen;
  EXPECT_THAT(errors_, AllOf(HasSubstr("run \"chmod 600 " + settings("pve.secret").string() + "\"."),
                             HasSubstr("Nothing was changed.")));
  EXPECT_EQ(files_below(home()), before);
  EXPECT_THAT(pve.take_changes(), IsEmpty());

  auto flags = to_pve(pve);
  flags.merge(cli::GivenFlags{{"--yes", {"true"}},
                              {"--token-id", {"root@pam!demo"}},
                              {"--token-secret-file", {settings("pve.secret").string()}}});
  EXPECT_EQ(hold(nullptr, flags), 1);
  EXPECT_THAT(errors_, HasSubstr("chmod 600"));
  EXPECT_EQ(files_below(home()), before);
}

TEST_F(SetupCommand, GivesTheClientsOwnCommandWhereItsFileCannotBeChanged) {
  SetupPve pve;
  fs::create_directories(home() / ".claude.json");
  test::write_file(home() / ".gemini/settings.json", "{ broken");
  ScriptedPerson person(admin_answers(pve));
  EXPECT_EQ(hold(&person, {}), 0) << errors_ << person.screen;
  EXPECT_THAT(
      person.screen,
      AllOf(HasSubstr(".claude.json cannot be read: "), HasSubstr("or run: claude mcp add"),
            HasSubstr(".gemini/settings.json was not changed: "), HasSubstr("or run: gemini mcp add")));
  EXPECT_EQ(text(home() / ".gemini/settings.json"), "{ broken");
}

TEST_F(SetupCommand, RefusesANameWhoseFileIsThatOfPve) {
  for (const auto* name : {"config", "Config"}) {
    EXPECT_EQ(hold(nullptr, {{"--yes", {"true"}}, {"--name", {name}}}), 2) << name;
    EXPECT_THAT(errors_, HasSubstr("config.toml is the settings file of the server pve")) << name;
  }
}

TEST_F(SetupCommand, DoesNotSendToTheClientWhatTheDoctorRefuses) {
  SetupPve pve;
  code_ = 3;
  ScriptedPerson person(admin_answers(pve));
  EXPECT_EQ(hold(&person, {}), 3) << errors_;
  EXPECT_THAT(person.screen, AllOf(Not(HasSubstr("Restart your client")),
                                   HasSubstr("mcp-pve doctor --config " + settings().string())));
  EXPECT_EQ(ran_.size(), 1U);
}

TEST_F(SetupCommand, RemovalUndoesIt) {
  SetupPve pve;
  fs::create_directories(home() / ".cursor");
  test::write_file(home() / ".claude.json", "{\"theme\": \"dark\"}");
  const auto before = files_below(home());
  ScriptedPerson person(admin_answers(pve));
  ASSERT_EQ(hold(&person, {}), 0) << errors_ << person.screen;
  pve.take_requests();
  pve.pass_a_code();

  const cli::GivenFlags dry{{"--remove", {"true"}}, {"--yes", {"true"}}, {"--dry-run", {"true"}}};
  const auto present = files_below(home());
  EXPECT_EQ(hold(nullptr, dry), 0) << errors_;
  EXPECT_THAT(output_, AllOf(HasSubstr("pveum user token remove mcp@pve pve"), HasSubstr("--dry-run")));
  EXPECT_EQ(files_below(home()), present);
  EXPECT_THAT(pve.take_requests(), IsEmpty());

  ScriptedPerson remover({{"in PVE too", "y"},
                          {"User who", "admin@pve"},
                          {"Password", "demo-admin"},
                          {"second factor", pve.code()},
                          {"Do this?", "y"}});
  EXPECT_EQ(hold(&remover, {{"--remove", {"true"}}}), 0) << errors_ << remover.screen;
  auto after = files_below(home());
  std::erase_if(after, [](const auto& file) { return file.first.find(".bak-mcp-pve") != std::string::npos; });
  EXPECT_EQ(after, before);
  EXPECT_THAT(
      pve.take_changes(),
      ElementsAre("POST /api2/json/access/ticket", "POST /api2/json/access/ticket",
                  "DELETE /api2/json/access/users/mcp%40pve/token/pve",
                  "DELETE /api2/json/access/users/mcp%40pve", "DELETE /api2/json/access/roles/MCP-pve"));
  ScriptedPerson again({});
  EXPECT_EQ(hold(&again, {{"--remove", {"true"}}}), 0);
  EXPECT_THAT(again.screen, HasSubstr("There is no server pve here"));
}

}  // namespace
