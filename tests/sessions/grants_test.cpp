// Every advice that grants is carried out on the simulated access control: afterwards the call works, and
// nobody has lost a right.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "base/text.h"
#include "catalog/catalog.h"
#include "engine/toolbox.h"
#include "sessions/world.h"
#include "simulator/cluster.h"
#include "support/scripted_pve.h"
#include "support/simulated.h"

namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

/// Entry of an ACL: "/ user PVEAuditor".
struct Entry {
  std::string path;
  std::string type;
  std::string role;
};

/// Who the server is.
struct Who {
  std::string name;
  bool separated = false;
  std::vector<Entry> entries;
};

class Site {
 public:
  explicit Site(const Who& who) : separated_(who.separated) {
    http_.answer("*", test::simulated(cluster_, clock_));
    must("/access/groups", {{"groupid", "staff"}});
    must("/access/users", {{"userid", "mcp@pve"}, {"groups", "staff"}});
    const auto made = must("/access/users/mcp@pve/token/ai", {{"privsep", who.separated ? "1" : "0"}});
    for (const auto& entry : who.entries) {
      const auto kind = entry.type == "token" ? "tokens" : entry.type + "s";
      const auto whom = entry.type == "token" ? "mcp@pve!ai" : entry.type == "group" ? "staff" : "mcp@pve";
      must("/access/acl", {{"path", entry.path}, {"roles", entry.role}, {kind, whom}}, base::Method::Put);
    }
    const std::string secret(std::string_view(made.at("value").as_string()));
    client_ = std::make_unique<pve::Client>(http_, pve::Credentials{"mcp@pve!ai", secret, ""},
                                            pve::ClientOptions{"simulated", std::chrono::seconds{40}, {}});
    toolbox_ = std::make_unique<engine::Toolbox>(
        catalog::categories(), guard::Policy{},
        engine::Access{*client_, sessions::facts(), clock_, {std::chrono::seconds{60}}});
  }

  sessions::Told call(std::string_view tool, std::string_view arguments) {
    return sessions::call(*toolbox_, tool, base::parse_json(arguments)->as_object());
  }

  /// Runs the commands of an advice as root would, who knows the token: "pveum … && pveum …".
  void run(std::string_view text) {
    const bool for_user =
        !separated_ && text.find("If the API token has no privilege") != std::string_view::npos;
    for (auto at = text.find("pveum "); at != std::string_view::npos; at = text.find("pveum ", at + 1)) {
      if (text.substr(at).starts_with("pveum user ")) continue;
      const auto end = std::min(text.find(" && ", at), text.find(". ", at));
      auto command = text.substr(at, std::min(end, text.size()) - at);
      while (command.ends_with('.')) command.remove_suffix(1);
      run_one(for_user ? of_user(command) : std::string(command));
    }
    clock_.advance(std::chrono::minutes{2});
  }

  /// Privileges of the user and of its token by path.
  std::map<std::string, std::set<std::string>> rights() {
    std::map<std::string, std::set<std::string>> all;
    for (const auto* path : {"/", "/access", "/access/groups", "/nodes", "/nodes/pve1", "/nodes/pve2", "/vms",
                             "/vms/100", "/vms/101", "/vms/102", "/storage", "/storage/local", "/pool"}) {
      for (const auto* who : {"mcp@pve", "mcp@pve!ai"}) {
        const auto data = raw({base::Method::Get, "/access/permissions", {{"path", path}, {"userid", who}}});
        auto& set = all[std::string(who) + " " + path];
        const auto* here = data.as_object().if_contains(path);
        if (here == nullptr) continue;
        for (const auto& right : here->as_object()) set.emplace(std::string_view(right.key()));
      }
    }
    return all;
  }

  std::vector<std::string> commands;

 private:
  base::Json raw(const pve::Call& call) {
    auto answer = root_.call(call, {});
    EXPECT_TRUE(answer) << call.path << ": " << (answer ? "" : answer.error().message);
    return answer ? std::move(answer->data) : base::Json{};
  }
  base::JsonObject must(const std::string& path, pve::Parameters parameters,
                        base::Method method = base::Method::Post) {
    const auto data = raw({method, path, std::move(parameters)});
    return data.is_object() ? data.as_object() : base::JsonObject{};
  }

  static std::string of_user(std::string_view command) {
    constexpr std::string_view kToken = "--tokens 'mcp@pve!ai'";
    std::string text(command);
    if (const auto at = text.find(kToken); at != std::string::npos)
      text.replace(at, kToken.size(), "--users 'mcp@pve'");
    return text;
  }

  void run_one(std::string_view command) {
    std::vector<std::string> words;
    for (const auto word : base::split(command, ' ')) {
      std::string plain(word);
      std::erase(plain, '\'');
      words.push_back(std::move(plain));
    }
    ASSERT_GE(words.size(), 4U) << command;
    commands.emplace_back(command);
    pve::Parameters parameters;
    for (std::size_t i = 4; i + 1 < words.size(); i += 2)
      parameters.emplace_back(words[i].substr(2), words[i + 1]);
    if (words[1] == "role") {
      parameters.emplace_back("roleid", words[3]);
      must("/access/roles", std::move(parameters));
      return;
    }
    parameters.emplace_back("path", words[3]);
    if (words[2] == "delete") parameters.emplace_back("delete", "1");
    must("/access/acl", std::move(parameters), base::Method::Put);
  }

  bool separated_;
  base::ManualClock clock_;
  simulator::Options options_{.task_speed = 0};
  simulator::Cluster cluster_{options_, sessions::facts(), clock_};
  test::ScriptedPve http_;
  pve::Client root_{
      http_, {options_.token_id, options_.token_secret, ""}, {"simulated", std::chrono::seconds{40}, {}}};
  std::unique_ptr<pve::Client> client_;
  std::unique_ptr<engine::Toolbox> toolbox_;
};

const std::vector<Who> kKnown = {
    {"an auditor", false, {{"/", "user", "PVEAuditor"}}},
    {"an auditor by a group", false, {{"/", "group", "PVEAuditor"}}},
    {"a separated auditor", true, {{"/", "user", "PVEAuditor"}, {"/", "token", "PVEAuditor"}}},
    {"a separated auditor of an administrator",
     true,
     {{"/", "user", "Administrator"}, {"/", "token", "PVEAuditor"}}},
    {"one with roles on several paths",
     false,
     {{"/", "user", "PVEAuditor"},
      {"/vms", "group", "PVEVMUser"},
      {"/vms/101", "user", "PVEVMAdmin"},
      {"/nodes", "user", "PVESysAdmin"}}},
    {"one who is shut out of a guest",
     false,
     {{"/", "user", "PVEAuditor"}, {"/vms/102", "user", "NoAccess"}}},
};

struct Asked {
  std::string_view tool;
  std::string_view arguments;
};

constexpr Asked kCalls[] = {
    {"pve_get_node_syslog", R"({"node":"pve1"})"},
    {"pve_manage_node_service", R"({"node":"pve1","service":"cron","command":"restart"})"},
    {"pve_update_cluster_options", R"({"keyboard":"de"})"},
    {"pve_create_network", R"({"node":"pve1","iface":"vmbr7","type":"bridge"})"},
    {"pve_update_acl", R"({"path":"/vms/101","roles":"PVEAuditor","users":"auditor@pve"})"},
    {"pve_create_qemu_vm", R"({"node":"pve1","vmid":990,"memory":512})"},
    {"pve_create_user", R"({"userid":"new@pve"})"},
    {"pve_update_user", R"({"userid":"auditor@pve","comment":"x"})"},
    {"pve_get_storage_config", R"({"storage":"local"})"},
    {"pve_create_ha_resource", R"({"sid":"vm:102"})"},
    {"pve_start_qemu_vm", R"({"vmid":118})"},
    {"pve_update_qemu_config", R"({"vmid":101,"memory":1024,"onboot":true})"},
    {"pve_update_qemu_config", R"({"vmid":101,"delete":"net1"})"},
    {"pve_create_pool", R"({"poolid":"mine"})"},
    {"pve_run_backup", R"({"vmid":"101","storage":"local"})"},
    {"pve_clone_qemu_vm", R"({"vmid":101,"newid":991,"full":true})"},
};

/// Grants until the call works, at most a few times, each time by what the error says.
void expect_cured(Site& site, const Asked& asked) {
  const auto before = site.rights();
  auto told = site.call(asked.tool, asked.arguments);
  for (int turn = 0; turn < 4 && told.is_error && told.text.find("pveum") != std::string::npos; ++turn) {
    const auto count = site.commands.size();
    site.run(told.text);
    ASSERT_GT(site.commands.size(), count) << "no command in: " << told.text;
    told = site.call(asked.tool, asked.arguments);
  }
  EXPECT_FALSE(told.is_error) << told.text;
  const auto after = site.rights();
  for (const auto& [where, had] : before) {
    for (const auto& right : had) EXPECT_TRUE(after.at(where).contains(right)) << where << " lost " << right;
  }
  const std::set<std::string> once(site.commands.begin(), site.commands.end());
  EXPECT_EQ(once.size(), site.commands.size()) << testing::PrintToString(site.commands);
}

TEST(Grants, CureTheCallAndTakeNothingAway) {
  for (const auto& who : kKnown) {
    for (const auto& asked : kCalls) {
      SCOPED_TRACE(who.name + ": " + std::string(asked.tool) + " " + std::string(asked.arguments));
      Site site(who);
      expect_cured(site, asked);
    }
  }
}

TEST(Grants, OneAfterTheOtherKeepTheirRoles) {
  Site site(kKnown.front());
  for (const auto& asked : kCalls) {
    SCOPED_TRACE(asked.tool);
    expect_cured(site, asked);
  }
}

TEST(Grants, BringNoOtherPrivilege) {
  Site site(kKnown.front());
  const auto before = site.rights();
  expect_cured(site, {"pve_get_node_syslog", R"({"node":"pve1"})"});
  auto after = site.rights();
  for (const auto* who : {"mcp@pve /nodes/pve1", "mcp@pve!ai /nodes/pve1"})
    EXPECT_EQ(after.at(who).erase("Sys.Syslog"), 1U);
  EXPECT_EQ(before, after);
  EXPECT_THAT(site.commands, testing::ElementsAre("pveum role add McpSysSyslog --privs Sys.Syslog",
                                                  "pveum acl modify /nodes/pve1 --users 'mcp@pve' --roles "
                                                  "McpSysSyslog,PVEAuditor"));
}

TEST(Grants, UseARoleThatIsThereAndBringsNothingElse) {
  Site site(kKnown.front());
  site.run("pveum role add McpSysSyslog --privs Sys.Modify");
  site.commands.clear();
  expect_cured(site, {"pve_get_node_syslog", R"({"node":"pve1"})"});
  EXPECT_EQ(site.commands.front(), "pveum role add McpSysSyslog2 --privs Sys.Syslog")
      << "somebody else's role";
  site.commands.clear();
  expect_cured(site, {"pve_get_node_syslog", R"({"node":"pve2"})"});
  EXPECT_EQ(site.commands.size(), 1U) << "the role is already there";
}

TEST(Grants, AreForWhomTheTokenLacksThem) {
  Site user(kKnown[0]);
  EXPECT_THAT(user.call("pve_get_node_syslog", R"({"node":"pve1"})").text,
              AllOf(HasSubstr("--users 'mcp@pve'"), Not(HasSubstr("--tokens"))))
      << "a token without privilege separation needs none";
  Site both(kKnown[2]);
  EXPECT_THAT(both.call("pve_get_node_syslog", R"({"node":"pve1"})").text,
              AllOf(HasSubstr("--users 'mcp@pve'"), HasSubstr("--tokens 'mcp@pve!ai'")));
  Site token(kKnown[3]);
  EXPECT_THAT(token.call("pve_get_node_syslog", R"({"node":"pve1"})").text,
              AllOf(HasSubstr("--tokens 'mcp@pve!ai'"), Not(HasSubstr("--users"))));
}

TEST(Grants, OfWhoCannotSeeTheListNameWhatItHolds) {
  Site site({"an operator", false, {{"/vms", "user", "PVEVMUser"}}});
  const auto told = site.call("pve_delete_qemu_vm", R"({"vmid":102})");
  EXPECT_THAT(told.text, AllOf(HasSubstr("--tokens 'mcp@pve!ai' --roles McpVMAllocate,PVEVMUser"),
                               HasSubstr("If the API token has no privilege separation"),
                               HasSubstr("run the commands with --users 'mcp@pve' instead of"),
                               HasSubstr("pveum user permissions 'mcp@pve'")));
  for (const auto& asked : {Asked{"pve_update_qemu_config", R"({"vmid":101,"memory":1024})"},
                            Asked{"pve_create_qemu_vm", R"({"node":"pve1","vmid":990})"}}) {
    SCOPED_TRACE(asked.tool);
    expect_cured(site, asked);
  }
}

// What the user holds is not to be seen then, and an entry for it on a deeper path would replace it.
TEST(Grants, OfASeparatedTokenThatCannotSeeTheListLeaveItsUserAlone) {
  const std::vector<Who> blind = {
      {"a separated operator of an administrator",
       true,
       {{"/", "user", "Administrator"}, {"/vms", "token", "PVEVMUser"}}},
      {"a separated operator of one with roles on several paths",
       true,
       {{"/", "user", "PVEAdmin"}, {"/vms/101", "user", "PVEVMAdmin"}, {"/vms", "token", "PVEVMUser"}}},
  };
  for (const auto& who : blind) {
    for (const auto& asked : {Asked{"pve_update_qemu_config", R"({"vmid":101,"memory":1024})"},
                              Asked{"pve_update_qemu_config", R"({"vmid":101,"delete":"net1"})"},
                              Asked{"pve_create_qemu_snapshot", R"({"vmid":101,"snapname":"first"})"},
                              Asked{"pve_create_qemu_vm", R"({"node":"pve1","vmid":990})"}}) {
      SCOPED_TRACE(who.name + ": " + std::string(asked.tool) + " " + std::string(asked.arguments));
      Site site(who);
      expect_cured(site, asked);
      EXPECT_FALSE(site.commands.empty());
    }
  }
}

TEST(Grants, MakeAListWhole) {
  for (const auto& who : kKnown) {
    for (const auto& asked : {Asked{"pve_list_storage_content", R"({"node":"pve1","storage":"local"})"},
                              Asked{"pve_get_cluster_log", "{}"}}) {
      SCOPED_TRACE(who.name + ": " + std::string(asked.tool));
      Site site(who);
      const auto before = site.rights();
      const auto told = site.call(asked.tool, asked.arguments);
      if (told.text.find("pveum") == std::string::npos) continue;
      site.run(told.text);
      EXPECT_THAT(site.call(asked.tool, asked.arguments).text, Not(HasSubstr("does not mean")));
      const auto after = site.rights();
      for (const auto& [where, had] : before) {
        for (const auto& right : had)
          EXPECT_TRUE(after.at(where).contains(right)) << where << " lost " << right;
      }
    }
  }
}

}  // namespace
