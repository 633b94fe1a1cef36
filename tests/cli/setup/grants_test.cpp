#include "cli/setup/grants.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "catalog/catalog.h"
#include "cli/privileges.h"
#include "cli/setup/setup_pve.h"
#include "tool/tool.h"

namespace {

using cli::AccessState;
using cli::grant_for;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::IsSupersetOf;

std::vector<std::string> lines(const cli::Grant& grant) {
  std::vector<std::string> all;
  for (const auto& part : grant.parts) all.push_back(cli::command_line(part.change));
  return all;
}

std::vector<std::string> lines(const std::vector<cli::AccessChange>& changes) {
  std::vector<std::string> all;
  for (const auto& change : changes) all.push_back(cli::command_line(change));
  return all;
}

cli::NeededPrivileges needed(tool::Tier tier) {
  return cli::needed_privileges(catalog::categories(), {tier, catalog::usual_categories()},
                                test::setup_facts());
}

TEST(NeededPrivileges, OfATokenThatLooksAllowNoChange) {
  const auto look = needed(tool::Tier::ReadOnly);
  EXPECT_THAT(look.names, testing::Contains("VM.Audit"));
  for (const auto& name : look.names) EXPECT_TRUE(name.ends_with(".Audit") || name == "Sys.Syslog") << name;
  for (const auto& each : look.left_out) EXPECT_THAT(each.tools, testing::Not(IsEmpty())) << each.privilege;
}

TEST(NeededPrivileges, OfEachTierAreInTheNext) {
  const auto look = needed(tool::Tier::ReadOnly).names;
  const auto operate = needed(tool::Tier::ReadExecute).names;
  const auto everything = needed(tool::Tier::Full).names;
  EXPECT_THAT(operate, IsSupersetOf(look));
  EXPECT_THAT(everything, IsSupersetOf(operate));
  EXPECT_TRUE(operate.contains("VM.PowerMgmt"));
  EXPECT_FALSE(operate.contains("VM.Allocate"));
  EXPECT_TRUE(everything.contains("VM.Allocate"));
}

TEST(Grants, MakeRoleUserTokenAndPermissions) {
  const auto grant = grant_for("lab", {"VM.Audit", "Sys.Audit"}, {});
  ASSERT_TRUE(grant) << grant.error();
  EXPECT_EQ(grant->token_id, "mcp@pve!lab");
  EXPECT_THAT(lines(*grant), ElementsAre("pveum role add MCP-lab --privs Sys.Audit,VM.Audit",
                                         "pveum user add mcp@pve --comment 'MCP servers (mcp-pve)'",
                                         "pveum user token add mcp@pve lab --privsep 1 --output-format json",
                                         "pveum acl modify / --users mcp@pve --roles MCP-lab",
                                         "pveum acl modify / --tokens 'mcp@pve!lab' --roles MCP-lab"));
}

TEST(Grants, UseWhatIsThere) {
  AccessState state;
  state.roles["PVEAuditor"] = {{"VM.Audit"}, true};
  state.roles["Administrator"] = {{"VM.Audit", "VM.Allocate"}, true};
  state.has_user = true;
  state.tokens = {"other"};
  state.acl = {{"/", "user", "mcp@pve", "PVEAuditor"}};
  const auto grant = grant_for("lab", {"VM.Audit", "VM.FromTheFuture"}, state);
  ASSERT_TRUE(grant) << grant.error();
  EXPECT_THAT(lines(*grant), ElementsAre("pveum user token add mcp@pve lab --privsep 1 --output-format json",
                                         "pveum acl modify / --tokens 'mcp@pve!lab' --roles PVEAuditor"));
  EXPECT_THAT(grant->notes, ElementsAre(HasSubstr("VM.FromTheFuture")));

  state.roles["MCP-lab"] = {{"VM.Allocate"}, false};
  state.roles.erase("PVEAuditor");
  const auto changed = grant_for("lab", {"VM.Audit"}, state);
  ASSERT_TRUE(changed);
  EXPECT_EQ(lines(*changed).front(), "pveum role modify MCP-lab --privs VM.Audit");
  EXPECT_EQ(cli::command_line(*changed->parts.front().undo), "pveum role modify MCP-lab --privs VM.Allocate");
}

TEST(Grants, NeverReplaceAToken) {
  AccessState state;
  state.has_user = true;
  state.tokens = {"lab"};
  const auto refused = grant_for("lab", {"VM.Audit"}, state);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error(), HasSubstr("mcp@pve!lab exists already"));
}

constexpr const char* kTokenGone = "pveum user token remove mcp@pve lab";
constexpr const char* kUserGone = "pveum user delete mcp@pve";
constexpr const char* kPermissionGone = "pveum acl delete / --users mcp@pve --roles MCP-lab";
constexpr const char* kRoleGone = "pveum role delete MCP-lab";

/// What setup leaves behind in PVE.
AccessState made_by_setup() {
  AccessState state;
  state.has_user = true;
  state.user_comment = "MCP servers (mcp-pve)";
  state.tokens = {"lab"};
  state.roles["MCP-lab"] = {{"VM.Audit"}, false};
  state.acl = {{"/", "user", "mcp@pve", "MCP-lab"}, {"/", "token", "mcp@pve!lab", "MCP-lab"}};
  return state;
}

TEST(Grants, AreRemovedWithTheirToken) {
  const cli::Made made{"mcp@pve!lab", "MCP-lab", "MCP-lab"};
  const struct {
    const char* what;
    cli::Made made;
    void (*change)(AccessState& state);
    std::vector<std::string> lines;
  } rows[] = {
      {"all", made, [](AccessState&) {}, {kTokenGone, kUserGone, kRoleGone}},
      {"another token",
       made,
       [](AccessState& state) { state.tokens.insert("other"); },
       {kTokenGone, kPermissionGone, kRoleGone}},
      {"another comment",
       made,
       [](AccessState& state) { state.user_comment = "Ann's"; },
       {kTokenGone, kPermissionGone, kRoleGone}},
      {"another permission of the user",
       made,
       [](AccessState& state) { state.acl.push_back({"/vms", "user", "mcp@pve", "PVEAuditor"}); },
       {kTokenGone, kPermissionGone, kRoleGone}},
      {"another one with the role",
       made,
       [](AccessState& state) { state.acl.push_back({"/", "user", "ann@pve", "MCP-lab"}); },
       {kTokenGone, kUserGone}},
      {"another token that needs the permission",
       made,
       [](AccessState& state) {
         state.tokens.insert("other");
         state.acl.push_back({"/", "token", "mcp@pve!other", "MCP-lab"});
       },
       {kTokenGone}},
      {"a role that was there", {"mcp@pve!lab", "", "MCP-lab"}, [](AccessState&) {}, {kTokenGone, kUserGone}},
      {"no token any more", made, [](AccessState& state) { state.tokens = {}; }, {kUserGone, kRoleGone}},
      {"nothing", {}, [](AccessState&) {}, {}},
      {"a token of another user", {"root@pam!lab", "MCP-lab", "MCP-lab"}, [](AccessState&) {}, {}},
  };
  for (const auto& row : rows) {
    auto state = made_by_setup();
    row.change(state);
    EXPECT_EQ(lines(cli::removal_of(row.made, state)), row.lines) << row.what;
  }
  EXPECT_THAT(cli::removal_lines("root@pam!lab"), IsEmpty());
}

TEST(Grants, KnowWhatTheyMake) {
  AccessState state;
  EXPECT_EQ(grant_for("lab", {"VM.Audit"}, state)->made, (cli::Made{"mcp@pve!lab", "MCP-lab", "MCP-lab"}));
  state.roles["PVEAuditor"] = {{"VM.Audit"}, true};
  EXPECT_EQ(grant_for("lab", {"VM.Audit"}, state)->made, (cli::Made{"mcp@pve!lab", "", "PVEAuditor"}));
  state.has_user = true;
  state.acl = {{"/", "user", "mcp@pve", "PVEAuditor"}};
  EXPECT_EQ(grant_for("lab", {"VM.Audit"}, state)->made, (cli::Made{"mcp@pve!lab", "", ""}));
}

}  // namespace
