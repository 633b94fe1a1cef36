#include "config/settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>

#include "config/table.h"

namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr std::array<std::string_view, 3> kTiers = {"read-only", "read-execute", "full"};
constexpr std::array<std::string_view, 3> kCategories = {"nodes", "qemu", "lxc"};
constexpr std::array<std::string_view, 2> kUsual = {"nodes", "qemu"};
constexpr std::array<std::string_view, 3> kOutputs = {"text", "json", "structured"};
constexpr std::array<std::string_view, 3> kConfirms = {"irreversible", "changes", "never"};
constexpr std::array<std::string_view, 2> kReleases = {"8.4", "9.2"};
constexpr std::array<std::string_view, 2> kFindings = {"NO_QUORUM", "BACKUP_STALE"};
constexpr std::array<std::string_view, 4> kTools = {"pve_list_nodes", "pve_list_guests", "pve_start_qemu_vm",
                                                    "pve_delete_qemu_vm"};
constexpr std::string_view kSecret = "0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9";
constexpr std::string_view kPrint =
    "aa:bb:cc:dd:ee:ff:00:11:22:33:44:55:66:77:88:99:aa:bb:cc:dd:ee:ff:00:11:22:33:44:55:66:77:88:99";

// A directory of its own for each test, so that no settings file of the user is read.
class Load : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "config-XXXXXX";
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    directory_ = pattern;
    set("XDG_CONFIG_HOME", directory_);
  }
  void TearDown() override { std::filesystem::remove_all(directory_); }

  void set(const std::string& name, std::string_view value) {
    environment_.push_back(name + "=" + std::string(value));
  }
  void flag(std::string name, std::string_view value) {
    flags_.push_back({std::move(name), std::string(value)});
  }
  std::string write(const std::string& name, std::string_view text, mode_t mode = 0600) {
    const auto path = std::filesystem::path(directory_) / name;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path) << text;
    ::chmod(path.c_str(), mode);
    return path;
  }
  std::expected<config::Settings, std::string> load() {
    const std::vector<std::string_view> environment(environment_.begin(), environment_.end());
    return config::load({flags_, environment},
                        {kTiers, kCategories, kUsual, kOutputs, kConfirms, kReleases, kFindings, kTools});
  }
  std::string error() {
    const auto settings = load();
    return settings ? "no error" : settings.error();
  }

  std::string directory_;
  std::vector<std::string> environment_;
  std::vector<config::Flag> flags_;
};

TEST_F(Load, DefaultsAreThoseOfTheContract) {
  const auto settings = load();
  ASSERT_TRUE(settings) << settings.error();
  EXPECT_EQ(settings->tier, "full");
  EXPECT_FALSE(settings->categories);
  EXPECT_TRUE(settings->cluster.verify_ssl);
  EXPECT_EQ(settings->timeout.count(), 40);
  EXPECT_FALSE(settings->debug);
  EXPECT_FALSE(settings->simulate);
  EXPECT_THAT(settings->warnings, IsEmpty());
}

TEST_F(Load, ReadsEveryVariable) {
  set("PVE_BASE_URL", "https://pve:8006");
  set("PVE_TOKEN_ID", "root@pam!mcp");
  set("PVE_TOKEN_SECRET", kSecret);
  set("PVE_ACCESS_TIER", "read-only");
  set("PVE_CATEGORIES", " qemu, lxc ,");
  set("PVE_VERIFY_SSL", "FALSE");
  const auto ca = write("ca", "-----BEGIN CERTIFICATE-----\n");
  set("PVE_CA_FILE", ca);
  set("PVE_FINGERPRINT", kPrint);
  set("PVE_TIMEOUT", "7");
  set("DEBUG", "express:*");
  set("PVE_SIMULATE", "1");
  set("PVE_SIMULATE_GUESTS", "500");
  set("PVE_SIMULATE_VERSION", "8.4");
  set("PVE_SIMULATE_FAULT", "latency=200,drop");
  const auto settings = load();
  ASSERT_TRUE(settings) << settings.error();
  EXPECT_EQ(settings->cluster.base_url, "https://pve:8006");
  EXPECT_EQ(settings->cluster.base_url_source, "PVE_BASE_URL");
  EXPECT_EQ(settings->cluster.token_id, "root@pam!mcp");
  EXPECT_EQ(settings->cluster.token_secret, kSecret);
  EXPECT_EQ(settings->tier, "read-only");
  EXPECT_THAT(*settings->categories, ElementsAre("qemu", "lxc"));
  EXPECT_FALSE(settings->cluster.verify_ssl);
  EXPECT_EQ(settings->cluster.ca_file, ca);
  EXPECT_THAT(settings->cluster.fingerprints, ElementsAre(kPrint));
  EXPECT_EQ(settings->cluster.fingerprint_source, "PVE_FINGERPRINT");
  EXPECT_EQ(settings->timeout.count(), 7);
  EXPECT_TRUE(settings->debug) << "any value but those for off";
  EXPECT_TRUE(settings->simulate);
  EXPECT_EQ(settings->guests, 500U);
  EXPECT_EQ(settings->pve, "8.4");
  EXPECT_THAT(settings->faults, ElementsAre("latency=200", "drop"));
}

TEST_F(Load, OnlyAKnownReleaseIsSimulated) {
  EXPECT_EQ(load()->pve, "") << "the newest";
  for (const auto* wrong : {"8.3", "9", "8.4.14", "v8.4", "9.2,8.4"}) {
    flags_.clear();
    flag("--pve", wrong);
    EXPECT_THAT(error(), HasSubstr("--pve is \"" + std::string(wrong) + "\", but must be one of 8.4, 9.2"));
  }
}

TEST_F(Load, FindingsAreIgnoredByCodeAndObject) {
  EXPECT_THAT(load()->ignore_findings, ElementsAre());
  set("PVE_IGNORE_FINDINGS", "BACKUP_STALE:10*, NO_QUORUM");
  EXPECT_THAT(load()->ignore_findings, ElementsAre("BACKUP_STALE:10*", "NO_QUORUM"));
}

TEST_F(Load, AnUnknownFindingToIgnoreIsRefused) {
  set("PVE_IGNORE_FINDINGS", "NO_QUORUM,BACKUP_STAL:105");
  EXPECT_THAT(error(), HasSubstr("PVE_IGNORE_FINDINGS is \"BACKUP_STAL\", but must be one of NO_QUORUM, "
                                 "BACKUP_STALE; did you mean \"BACKUP_STALE\"?"));
}

TEST_F(Load, ListsOfToolsAreNamesAndPatterns) {
  EXPECT_THAT(load()->tools_allow, IsEmpty());
  EXPECT_THAT(load()->tools_deny, IsEmpty());
  set("PVE_TOOLS_ALLOW", " pve_list_*, ,pve_start_qemu_vm,");
  set("PVE_TOOLS_DENY", "*_guests");
  EXPECT_THAT(load()->tools_allow, ElementsAre("pve_list_*", "pve_start_qemu_vm"));
  EXPECT_THAT(load()->tools_deny, ElementsAre("*_guests"));
  flag("--tools-deny", "pve_delete_*");
  flag("--tools-deny", "pve_start_qemu_vm");
  EXPECT_THAT(load()->tools_deny, ElementsAre("pve_delete_*", "pve_start_qemu_vm"));
}

TEST_F(Load, ListsOfToolsStandInTheFile) {
  write("mcp-pve/config.toml", "tools_allow = ['pve_list_*']\ntools_deny = 'pve_list_nodes,pve_start*'\n");
  EXPECT_THAT(load()->tools_allow, ElementsAre("pve_list_*"));
  EXPECT_THAT(load()->tools_deny, ElementsAre("pve_list_nodes", "pve_start*"));
}

TEST_F(Load, ANameThatMatchesNoToolStopsTheStart) {
  struct Case {
    std::string_view value, sentence;
  };
  for (const auto& [value, sentence] : {
           Case{"pve_list_node",
                "PVE_TOOLS_DENY is \"pve_list_node\", but no tool has this name; the nearest is "
                "pve_list_nodes."},
           Case{"pve_list_*,pve_delete_vm",
                "PVE_TOOLS_DENY is \"pve_delete_vm\", but no tool has this name; the nearest is "
                "pve_delete_qemu_vm."},
           Case{"pve_delte_*",
                "PVE_TOOLS_DENY is \"pve_delte_*\", but no tool has a name that matches it; the "
                "nearest is pve_delete_qemu_vm."},
           Case{"pve_list", "is \"pve_list\", but no tool has this name; the nearest is pve_list_"},
           Case{",", "PVE_TOOLS_DENY is \",\", but must name at least one tool."},
       }) {
    environment_.clear();
    set("XDG_CONFIG_HOME", directory_);
    set("PVE_TOOLS_DENY", value);
    EXPECT_THAT(error(), HasSubstr(sentence));
  }
  environment_.clear();
  flag("--tools-allow", "list_nodes");
  EXPECT_THAT(error(), HasSubstr("--tools-allow is \"list_nodes\", but no tool has this name"));
}

TEST_F(Load, TheEarlierNamesOfTheListsAreAliases) {
  set("PVE_TOOL_WHITELIST", "pve_list_nodes");
  set("PVE_TOOL_BLACKLIST", "pve_delete_qemu_vm");
  EXPECT_THAT(load()->tools_allow, ElementsAre("pve_list_nodes"));
  EXPECT_THAT(load()->tools_deny, ElementsAre("pve_delete_qemu_vm"));
  set("PVE_TOOLS_DENY", "pve_delete_qemu_vm ,");
  EXPECT_THAT(load()->tools_deny, ElementsAre("pve_delete_qemu_vm")) << "the same list";
  environment_.back() = "PVE_TOOLS_DENY=pve_start_qemu_vm";
  EXPECT_EQ(error(),
            "PVE_TOOLS_DENY and PVE_TOOL_BLACKLIST are two names of one setting, but have different "
            "values; keep PVE_TOOLS_DENY.");
  flag("--tools-deny", "pve_list_nodes");
  EXPECT_THAT(error(), HasSubstr("two names of one setting")) << "a flag does not say which one is meant";
}

TEST_F(Load, AMisfitInAnAliasIsNamedAsItWasWritten) {
  set("PVE_TOOL_BLACKLIST", "pve_delete_vm");
  EXPECT_THAT(error(), HasSubstr("PVE_TOOL_BLACKLIST is \"pve_delete_vm\""));
}

TEST_F(Load, OtherNamesOfTheListsAreUnderstood) {
  for (const auto& [name, meant] : {std::pair{"PVE_TOOL_ALLOW", "PVE_TOOLS_ALLOW"},
                                    {"PVE_WHITELIST", "PVE_TOOLS_ALLOW"},
                                    {"PVE_ALLOWED_TOOLS", "PVE_TOOLS_ALLOW"},
                                    {"PVE_TOOLS_BLACKLIST", "PVE_TOOLS_DENY"},
                                    {"PVE_TOOLS_DENIED", "PVE_TOOLS_DENY"},
                                    {"PVE_DISABLED_TOOLS", "PVE_TOOLS_DENY"},
                                    {"PVE_STATE_FOLDER", "PVE_STATE_DIR"}}) {
    environment_.clear();
    set(name, "pve_list_nodes");
    EXPECT_THAT(error(), HasSubstr(std::string(name) + " is not a setting; did you mean " + meant + "?"));
  }
}

TEST_F(Load, TheStateFolderIsAnAbsolutePath) {
  EXPECT_EQ(load()->state_dir, "");
  set("PVE_STATE_DIR", "state");
  EXPECT_THAT(error(), HasSubstr("PVE_STATE_DIR is \"state\", but must be the absolute path of a folder."));
  environment_.back() = "PVE_STATE_DIR=/srv/state";
  EXPECT_EQ(load()->state_dir, "/srv/state");
  environment_.back() = "PVE_STATE_DIR=~/state";
  set("HOME", "/home/ann");
  EXPECT_EQ(load()->state_dir, "/home/ann/state");
  environment_.pop_back();
  environment_.pop_back();
  write("mcp-pve/config.toml", "state_dir = 'here'\n");
  EXPECT_EQ(load()->state_dir, directory_ + "/mcp-pve/here") << "relative to the file's folder";
}

TEST_F(Load, EmptyCountsAsUnset) {
  for (const auto* name :
       {"PVE_BASE_URL", "PVE_ACCESS_TIER", "PVE_CATEGORIES", "PVE_VERIFY_SSL", "PVE_FINGERPRINT",
        "PVE_TIMEOUT", "DEBUG", "PVE_CONFIG", "PVE_TOKEN_SECRET_FILE"}) {
    set(name, "");
  }
  const auto settings = load();
  ASSERT_TRUE(settings) << settings.error();
  EXPECT_EQ(settings->tier, "full");
  EXPECT_FALSE(settings->debug);
}

TEST_F(Load, FlagsWinOverEnvironmentOverFile) {
  const auto path = write("mcp-pve/config.toml",
                          "access_tier = 'read-only'\ntimeout = 5\ncategories = ['nodes']\n"
                          "[cluster]\nbase_url = 'file'\n");
  set("PVE_TIMEOUT", "6");
  set("PVE_BASE_URL", "environment");
  flag("--base-url", "flag");
  const auto settings = load();
  ASSERT_TRUE(settings) << settings.error();
  EXPECT_EQ(settings->file, path);
  EXPECT_EQ(settings->tier, "read-only");
  EXPECT_EQ(settings->timeout.count(), 6);
  EXPECT_THAT(*settings->categories, ElementsAre("nodes"));
  EXPECT_EQ(settings->cluster.base_url, "flag");
  EXPECT_EQ(settings->cluster.base_url_source, "--base-url");
}

TEST_F(Load, ListsComeFromRepeatedFlags) {
  flag("--categories", "qemu");
  flag("--categories", "lxc,nodes");
  EXPECT_THAT(*load()->categories, ElementsAre("qemu", "lxc", "nodes"));
  flags_.clear();
  flag("--categories", "all,lxc");
  EXPECT_THAT(*load()->categories, ElementsAre("nodes", "qemu", "lxc"));
}

TEST_F(Load, AddressesMayBeSeveral) {
  flag("--base-url", " https://pve1:8006, pve2 ");
  EXPECT_EQ(load()->cluster.base_url, "https://pve1:8006, pve2");
  flag("--base-url", "pve3");
  EXPECT_EQ(load()->cluster.base_url, "https://pve1:8006, pve2 ,pve3");
  flags_.clear();
  write("mcp-pve/config.toml", "[cluster]\nbase_url = ['pve1', 'pve2']\n");
  EXPECT_EQ(load()->cluster.base_url, "pve1,pve2");
}

TEST_F(Load, AliasesYieldToTheirPrimaryNames) {
  set("PROXMOX_VE_ENDPOINT", "https://alias:8006/");
  set("PROXMOX_VE_API_TOKEN", "u@pve!t1=" + std::string(kSecret));
  auto settings = load();
  ASSERT_TRUE(settings) << settings.error();
  EXPECT_EQ(settings->cluster.base_url, "https://alias:8006/");
  EXPECT_EQ(settings->cluster.token_id, "u@pve!t1");
  EXPECT_EQ(settings->cluster.token_secret, kSecret);

  set("PVE_BASE_URL", "primary");
  set("PVE_TOKEN_ID", "root@pam!mcp");
  settings = load();
  ASSERT_TRUE(settings) << settings.error();
  EXPECT_EQ(settings->cluster.base_url, "primary");
  EXPECT_EQ(settings->cluster.token_id, "root@pam!mcp");
  EXPECT_THAT(settings->cluster.token_secret, IsEmpty()) << "never the secret of another token";
}

TEST_F(Load, TheWholeTokenWinsOverTheFile) {
  write("mcp-pve/config.toml", "[cluster]\ntoken_id = 'a@pam!file'\ntoken_secret = 'from-file'\n");
  set("PROXMOX_VE_API_TOKEN", "u@pve!t1=" + std::string(kSecret));
  const auto settings = load();
  ASSERT_TRUE(settings) << settings.error();
  EXPECT_EQ(settings->cluster.token_id, "u@pve!t1");
  EXPECT_EQ(settings->cluster.token_secret, kSecret);
}

TEST_F(Load, SecretAndItsFileExcludeEachOtherInOneLayer) {
  set("PVE_TOKEN_SECRET", kSecret);
  set("PVE_TOKEN_SECRET_FILE", write("secret", std::string(kSecret) + "\n"));
  EXPECT_THAT(error(), AllOf(HasSubstr("PVE_TOKEN_SECRET and PVE_TOKEN_SECRET_FILE"), HasSubstr("both")));
}

TEST_F(Load, ASecretFileOfAHigherLayerWins) {
  const auto path = write("secret", std::string(kSecret) + "\n");
  set("PVE_TOKEN_SECRET", "other");
  flag("--token-secret-file", path);
  const auto settings = load();
  ASSERT_TRUE(settings) << settings.error();
  EXPECT_EQ(settings->cluster.token_secret_file, path);
  EXPECT_THAT(settings->cluster.token_secret, IsEmpty());
  EXPECT_THAT(settings->warnings, IsEmpty());
}

TEST_F(Load, RefusesASecretThatOthersCanReadOrWrite) {
  const auto path = directory_ + "/secret";
  const std::vector<std::pair<mode_t, std::string>> cases = {{0644, "read"},  {0640, "read"},
                                                             {0604, "read"},  {0620, "write"},
                                                             {0602, "write"}, {0666, "read and write"}};
  for (const auto& [mode, verb] : cases) {
    set("PVE_TOKEN_SECRET_FILE", write("secret", kSecret, mode));
    EXPECT_EQ(error(), "PVE_TOKEN_SECRET_FILE is \"" + path + "\", but other users can " + verb +
                           " the file; run \"chmod 600 " + path + "\".");
    environment_.pop_back();
  }
  const auto settings = write("mcp-pve/config.toml", "[cluster]\ntoken_secret = 'abc'\n", 0640);
  EXPECT_EQ(error(), "cluster.token_secret in " + settings +
                         " is a secret, but other users can read the file; run \"chmod 600 " + settings +
                         "\".");
  write("mcp-pve/config.toml", "timeout = 3\n[cluster]\ntoken_secret = ''\n", 0644);
  EXPECT_TRUE(load()) << "no secret, nothing to hide";
}

TEST_F(Load, TakesTheSecretFromSystemdWhereNothingElseSetsOne) {
  const auto path = write("credentials/pve-token-secret", std::string(kSecret) + "\n", 0400);
  set("CREDENTIALS_DIRECTORY", directory_ + "/credentials");
  auto settings = load();
  ASSERT_TRUE(settings) << settings.error();
  EXPECT_EQ(settings->cluster.token_secret_file, path);
  EXPECT_EQ(settings->cluster.token_secret_source, "$CREDENTIALS_DIRECTORY/pve-token-secret");

  write("mcp-pve/config.toml", "[cluster]\ntoken_secret = 'from-file'\n");
  EXPECT_THAT(load()->cluster.token_secret_file, IsEmpty());
  std::filesystem::remove(directory_ + "/mcp-pve/config.toml");
  for (const auto& [name, value] : {std::pair{"PVE_TOKEN_SECRET", std::string(kSecret)},
                                    std::pair{"PVE_TOKEN_SECRET_FILE", write("own", kSecret)},
                                    std::pair{"PROXMOX_VE_API_TOKEN", "u@pve!t1=" + std::string(kSecret)}}) {
    set(name, value);
    settings = load();
    ASSERT_TRUE(settings) << settings.error();
    EXPECT_EQ(settings->cluster.token_secret_source, name);
    EXPECT_NE(settings->cluster.token_secret_file, path);
    environment_.pop_back();
  }
}

TEST_F(Load, TakesACommandAsAnArrayOrAsWords) {
  set("PVE_TOKEN_COMMAND", "pass show 'my pve'");
  EXPECT_THAT(load()->cluster.token_command, ElementsAre("pass", "show", "my pve"));
  EXPECT_EQ(load()->cluster.token_secret_source, "PVE_TOKEN_COMMAND");
  EXPECT_TRUE(load()->warnings.empty());
  set("CREDENTIALS_DIRECTORY", directory_);
  write("pve-token-secret", kSecret);
  EXPECT_THAT(load()->cluster.token_secret_file, IsEmpty());
  set("PVE_TOKEN_SECRET_FILE", write("own", kSecret));
  EXPECT_THAT(error(), AllOf(HasSubstr("PVE_TOKEN_SECRET_FILE and PVE_TOKEN_COMMAND are both set")));
  environment_.resize(1);

  write("mcp-pve/config.toml", "[cluster]\ntoken_command = ['/opt/my tools/pass', \"it's\"]\n");
  EXPECT_THAT(load()->cluster.token_command, ElementsAre("/opt/my tools/pass", "it's"));
  write("mcp-pve/config.toml", "[cluster]\ntoken_command = ['/opt/my tools/pass']\n");
  EXPECT_THAT(load()->cluster.token_command, ElementsAre("/opt/my tools/pass"));
  write("mcp-pve/config.toml", "[cluster]\ntoken_command = 'pass show pve'\ntoken_secret = 'abc'\n");
  EXPECT_THAT(error(), HasSubstr("are both set; keep one of them"));
  flag("--token-command", "pass show other");
  EXPECT_THAT(load()->cluster.token_command, ElementsAre("pass", "show", "other"));
  EXPECT_THAT(load()->cluster.token_secret, IsEmpty());
}

TEST_F(Load, ShowsNothingOfACommandThatItRefuses) {
  for (const auto* value : {"'hunter2", "'' hunter2", "hunter2 \x01"}) {
    set("PVE_TOKEN_COMMAND", value);
    EXPECT_THAT(error(), AllOf(HasSubstr("PVE_TOKEN_COMMAND "), HasSubstr("(its value is not shown)."),
                               Not(HasSubstr("hunter2"))));
    environment_.pop_back();
  }
}

TEST_F(Load, ACredentialIsAbsentOrASecret) {
  set("CREDENTIALS_DIRECTORY", directory_ + "/credentials");
  EXPECT_THAT(load()->cluster.token_secret_file, IsEmpty());
  write("credentials/other", "x");
  EXPECT_THAT(load()->cluster.token_secret_file, IsEmpty());
  write("credentials/pve-token-secret", "two words");
  EXPECT_THAT(error(), AllOf(HasSubstr("$CREDENTIALS_DIRECTORY/pve-token-secret is \"" + directory_),
                             HasSubstr("the token's secret and nothing else"), Not(HasSubstr("two words"))));
}

TEST_F(Load, AVariableNearASettingStopsTheStart) {
  const std::vector<std::pair<std::string, std::string>> slips = {
      {"PVE_ACCES_TIER", "PVE_ACCESS_TIER"},
      {"PVE_ACCESS_TEIR", "PVE_ACCESS_TIER"},
      {"pve_access_tier", "PVE_ACCESS_TIER"},
      {"PVE_TIER", "PVE_ACCESS_TIER"},
      {"PVE_TIER_ACCESS", "PVE_ACCESS_TIER"},
      {"PVE_MCP_ACCESS_TIER", "PVE_ACCESS_TIER"},
      {"PVE_READ_ONLY", "PVE_ACCESS_TIER"},
      {"PVE_CATEGORY", "PVE_CATEGORIES"},
      {"PVE_TOOLS", "PVE_CATEGORIES"},
      {"PVE_BASE_ULR", "PVE_BASE_URL"},
      {"PVE_URL", "PVE_BASE_URL"},
      {"PVE_HOST", "PVE_BASE_URL"},
      {"PVE_TOKENID", "PVE_TOKEN_ID"},
      {"PVE_SECRET", "PVE_TOKEN_SECRET"},
      {"PVE_SECRET_FILE", "PVE_TOKEN_SECRET_FILE"},
      {"PVE_API_TOKEN", "PROXMOX_VE_API_TOKEN"},
      {"PVE_SSL", "PVE_VERIFY_SSL"},
      {"PVE_GUESTS", "PVE_SIMULATE_GUESTS"},
      {"PVE_DEBUG", "DEBUG"},
  };
  for (const auto& [name, meant] : slips) {
    environment_ = {"XDG_CONFIG_HOME=" + directory_, name + "=" + std::string(kSecret)};
    EXPECT_EQ(error(), name + " is not a setting; did you mean " + meant +
                           "? If another program uses it, unset it for mcp-pve.");
    environment_ = {"XDG_CONFIG_HOME=" + directory_, name + "="};
    EXPECT_EQ(error(), "no error") << name << ": an empty variable counts as unset";
  }
}

TEST_F(Load, UnknownPveVariablesAreNamedOnce) {
  set("PVE_SOMETHING_ELSE_ENTIRELY", "x");
  EXPECT_THAT(load()->warnings,
              ElementsAre("PVE_SOMETHING_ELSE_ENTIRELY is not a setting and has no effect."));
  set("PVE_USER", "root@pam");
  set("PVEX", "x");
  set("MCP_PVE", "x");
  EXPECT_THAT(load()->warnings,
              ElementsAre("PVE_SOMETHING_ELSE_ENTIRELY, PVE_USER are not settings and have no effect."));
}

TEST_F(Load, EverySettingIsKnownByItsName) {
  for (const auto& row : config::table()) {
    for (const auto name : {row.variable, row.alias}) {
      if (name.empty()) continue;
      environment_ = {"XDG_CONFIG_HOME=" + directory_, std::string(name) + "=?"};
      EXPECT_THAT(error(), Not(HasSubstr("not a setting"))) << name;
    }
  }
}

TEST_F(Load, SaysWhereTierAndVerificationComeFrom) {
  EXPECT_THAT(load()->tier_source, IsEmpty());
  set("PVE_ACCESS_TIER", "full");
  EXPECT_EQ(load()->tier_source, "PVE_ACCESS_TIER");
  environment_.pop_back();
  const auto path = write("mcp-pve/config.toml", "access_tier = 'full'\n[cluster]\nverify_ssl = false\n");
  EXPECT_EQ(load()->tier_source, "access_tier in " + path);
  EXPECT_EQ(load()->cluster.verify_ssl_source, "cluster.verify_ssl in " + path);
}

TEST_F(Load, ATildeIsTheHome) {
  set("HOME", directory_);
  const auto path = write(".config/secret", kSecret);
  set("PVE_TOKEN_SECRET_FILE", "~/.config/secret");
  EXPECT_EQ(load()->cluster.token_secret_file, path);
  write("own.toml", "[cluster]\ntoken_secret_file = '~/.config/secret'\n");
  environment_.pop_back();
  set("PVE_CONFIG", "~/own.toml");
  EXPECT_EQ(load()->cluster.token_secret_file, path);
  EXPECT_EQ(load()->file, directory_ + "/own.toml");
  flag("--token-secret-file", "~/.config/secret");
  EXPECT_EQ(load()->cluster.token_secret_file, path) << "--flag=~/x is not the shell's either";
}

TEST_F(Load, RelativePathsInTheFileBeginInItsFolder) {
  const auto secret = write("mcp-pve/secret", kSecret);
  write("mcp-pve/config.toml", "[cluster]\ntoken_secret_file = 'secret'\n");
  EXPECT_EQ(load()->cluster.token_secret_file, secret);
  write("mcp-pve/config.toml", "[cluster]\ntoken_secret_file = '" + secret + "'\n");
  EXPECT_EQ(load()->cluster.token_secret_file, secret);
  set("PVE_TOKEN_SECRET_FILE", "secret");
  EXPECT_THAT(error(), HasSubstr("PVE_TOKEN_SECRET_FILE is \"secret\", but there is no such file"));
}

TEST_F(Load, DebugAcceptsTheWordsForOff) {
  for (const auto* off : {"0", "false", "FALSE", "no", "off", " "}) {
    environment_ = {"XDG_CONFIG_HOME=" + directory_, std::string("DEBUG=") + off};
    EXPECT_FALSE(load()->debug) << off;
  }
  for (const auto* on : {"1", "true", "express:*"}) {
    environment_ = {"XDG_CONFIG_HOME=" + directory_, std::string("DEBUG=") + on};
    EXPECT_TRUE(load()->debug) << on;
  }
}

struct Refusal {
  const char* name;
  std::string value;
  std::vector<std::string> said;
};

TEST_F(Load, RefusesValuesWithTheirNameAndTheValidOnes) {
  const std::vector<Refusal> refusals = {
      {"PVE_ACCESS_TIER", "admin", {"PVE_ACCESS_TIER is \"admin\"", "read-only, read-execute, full"}},
      {"PVE_ACCESS_TIER", "read-onl", {"did you mean \"read-only\"?"}},
      {"PVE_ACCESS_TIER", "FULL", {"\"FULL\""}},
      {"PVE_ACCESS_TIER", " ", {"PVE_ACCESS_TIER"}},
      {"PVE_CATEGORIES", "nodes,vms", {"PVE_CATEGORIES is \"vms\"", "nodes, qemu, lxc"}},
      {"PVE_CATEGORIES",
       "  ",
       {"PVE_CATEGORIES is \"  \"", "at least one of all, everything, nodes, qemu, lxc"}},
      {"PVE_CATEGORIES", ",", {"at least one"}},
      {"PVE_VERIFY_SSL", "flase", {"PVE_VERIFY_SSL is \"flase\"", "true or false"}},
      {"PVE_TIMEOUT", "0", {"PVE_TIMEOUT is \"0\"", "1 to 3600"}},
      {"PVE_TIMEOUT", "40s", {"\"40s\""}},
      {"PVE_TIMEOUT", "-1", {"\"-1\""}},
      {"PVE_TIMEOUT", "99999999999999", {"1 to 3600"}},
      {"PVE_TOKEN_ID", "root@pam", {"PVE_TOKEN_ID is \"root@pam\"", "user@realm!name"}},
      {"PVE_TOKEN_ID", "root@pam!x", {"PVE_TOKEN_ID is \"root@pam!x\"", "two characters"}},
      {"PVE_TOKEN_ID",
       "root@pam\\!mcp",
       {"the backslash comes from the shell: write root@pam!mcp in single quotes"}},
      {"PVE_TOKEN_ID",
       "root@pam!mcp=odd",
       {"the part after = is the API token's secret", "PVE_TOKEN_SECRET"}},
      {"PROXMOX_VE_API_TOKEN", "root@pam!x=odd", {"PROXMOX_VE_API_TOKEN", "two characters"}},
      {"PVE_TOKEN_ID", "root!mcp", {"user@realm!name"}},
      {"PVE_TOKEN_ID", "ro ot@pam!mcp", {"user@realm!name"}},
      {"PVE_TOKEN_ID", "root@pam!mcp\r\nX: y", {"user@realm!name"}},
      {"PVE_FINGERPRINT", ",", {"at least one"}},
      {"PVE_TOKEN_SECRET_FILE", "/nonexistent/secret", {"/nonexistent/secret", "no such file"}},
      {"PVE_CONFIG", "/nonexistent/config.toml", {"PVE_CONFIG is", "no such file"}},
      {"PVE_SIMULATE_GUESTS", "many", {"PVE_SIMULATE_GUESTS is \"many\""}},
  };
  for (const auto& refusal : refusals) {
    environment_ = {"XDG_CONFIG_HOME=" + directory_, std::string(refusal.name) + "=" + refusal.value};
    const auto sentence = error();
    for (const auto& part : refusal.said) EXPECT_THAT(sentence, HasSubstr(part)) << refusal.name;
    EXPECT_TRUE(sentence.ends_with('.') || sentence.ends_with('?')) << sentence;
    EXPECT_THAT(sentence, Not(HasSubstr("\n")));
  }
}

TEST_F(Load, NeverShowsASecret) {
  const std::string id_and_secret = "root@pam!mcp=" + std::string(kSecret);
  const std::vector<std::pair<std::string, std::string>> slips = {
      {"PVE_TOKEN_ID", std::string(kSecret)},
      {"PVE_TOKEN_ID", id_and_secret},
      {"PVE_TOKEN_ID", "PVEAPIToken=root@pam!mcp=odd-" + std::string(kSecret)},
      {"PVE_TOKEN_SECRET", "two words " + std::string(kSecret)},
      {"PVE_TOKEN_SECRET", std::string(kSecret) + "\x01"},
      {"PROXMOX_VE_API_TOKEN", "root@pam=" + std::string(kSecret)},
      {"PVE_ACCESS_TIER", std::string(kSecret)},
      {"PVE_TOKEN_SECRET_FILE", std::string(kSecret)},
  };
  for (const auto& [name, value] : slips) {
    environment_ = {"XDG_CONFIG_HOME=" + directory_, name + "=" + value};
    const auto sentence = error();
    EXPECT_THAT(sentence, HasSubstr(name));
    EXPECT_THAT(sentence, Not(HasSubstr(kSecret)));
    EXPECT_THAT(sentence, Not(HasSubstr("a4b5c6d7e8f9")));
  }
}

TEST_F(Load, RefusesBadFiles) {
  const std::vector<std::pair<std::string, std::vector<std::string>>> files = {
      {"access_teir = 'full'\n", {"access_teir", "line 1", "access_tier", "did you mean \"access_tier\"?"}},
      {"[cluster]\nurl = 'x'\n", {"cluster.url", "line 2", "did you mean \"cluster.base_url\"?"}},
      {"url = 'x'\n", {"did you mean \"cluster.base_url\"?"}},
      {"[cluster]\nhost = 'x'\n", {"did you mean \"cluster.base_url\"?"}},
      {"tier = 'full'\n", {"did you mean \"access_tier\"?"}},
      {"base_url = 'x'\n",
       {"\"base_url\" in line 1", "is in the wrong place; base_url belongs below [cluster]."}},
      {"[cluster]\naccess_tier = 'full'\n", {"access_tier belongs above the first [section]."}},
      {"[http]\ntimeout = 3\n", {"timeout belongs above the first [section]."}},
      {"tokens = 'x'\n", {"tokens belongs below [http]."}},
      {"guests = 3\n", {"guests belongs below [simulator]."}},
      {"quite_another = 3\n", {"is not a setting; valid are cluster.base_url, "}},
      {"categories = []\n", {"categories in ", "empty list"}},
      {"categories = [['nodes']]\n", {"line 1", "string"}},
      {"timeout = 1.5\n", {"line 1", "integer"}},
      {"[cluster]\ntoken_secret = 12345-678\n", {"line 2", "not valid TOML: strings need quotes"}},
      {"[cluster]\ntoken_id = 'x'\n[http]\n[cluster]\n",
       {"line 4", "not valid TOML: this table or key is in the file twice"}},
      {"[/cluster]\n", {"line 1", "a table needs a name"}},
      {"categories = [1, }]\n", {"line 1", "a bracket is closed that was not opened"}},
      {"\u00e4 = 1\n", {"line 1", "letters beyond ASCII need quotes"}},
      {"a" + std::string(100'000, '.') + "b = 1\n", {"line 1", "a key nests too deeply"}},
      {"[cluster]\nverify_ssl = 'perhaps'\n", {"cluster.verify_ssl in ", "true or false"}},
      {"config = 'x'\n", {"config"}},
      {std::string("a\0b = 'x'\n", 10), {"config.toml, this is not a text file."}},
      {"a\xFF = 'x'\n", {"config.toml, this is not a text file."}},
  };
  for (const auto& [text, parts] : files) {
    write("mcp-pve/config.toml", text);
    const auto sentence = error();
    for (const auto& part : parts) EXPECT_THAT(sentence, HasSubstr(part)) << text;
    EXPECT_THAT(sentence, Not(HasSubstr("12345-678")));
    EXPECT_THAT(sentence, HasSubstr("config.toml"));
  }
}

TEST_F(Load, AUserHasAtLeastTenSecondsToAnswer) {
  EXPECT_EQ(config::Settings{}.ask_timeout.count(), 120);
  for (const auto* const bad : {"9", "601", "0", "2m"}) {
    flags_.clear();
    flag("--ask-timeout", bad);
    EXPECT_THAT(error(), AllOf(HasSubstr("--ask-timeout"), HasSubstr("10 to 600"))) << bad;
  }
}

TEST_F(Load, RefusesAValueThatIsGivenTwice) {
  flag("--timeout", "3");
  flag("--timeout", "4");
  EXPECT_THAT(error(), AllOf(HasSubstr("--timeout"), HasSubstr("2 times")));
}

TEST(Missing, NamesTheFirstOneAndNothingWithTheSimulator) {
  config::Settings settings;
  EXPECT_THAT(*config::missing(settings), HasSubstr("PVE_BASE_URL"));
  settings.cluster.base_url = "pve";
  EXPECT_THAT(*config::missing(settings), HasSubstr("PVE_TOKEN_ID"));
  settings.cluster.token_id = "root@pam!mcp";
  EXPECT_THAT(*config::missing(settings), HasSubstr("PVE_TOKEN_SECRET"));
  settings.cluster.token_secret_file = "/run/secret";
  EXPECT_FALSE(config::missing(settings));
  settings.cluster = {};
  settings.simulate = true;
  EXPECT_FALSE(config::missing(settings));
}

TEST(Complaint, MasksPasswordsInUrls) {
  const auto sentence = config::complaint("PVE_BASE_URL", "https://root:hunter2@pve:8006/x", "must not");
  EXPECT_THAT(sentence, AllOf(HasSubstr("@pve:8006/x"), Not(HasSubstr("hunter2"))));
}

}  // namespace
