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

TEST(Grants, AreRemovedWithTheirToken) {
  AccessState state;
  state.has_user = true;
  state.tokens = {"lab"};
  state.roles["MCP-lab"] = {{"VM.Audit"}, false};
  state.acl = {{"/", "user", "mcp@pve", "MCP-lab"}};
  EXPECT_THAT(lines(cli::removal_of("mcp@pve!lab", state)),
              ElementsAre("pveum user token remove mcp@pve lab", "pveum user delete mcp@pve",
                          "pveum role delete MCP-lab"));
  state.tokens.insert("other");
  EXPECT_THAT(lines(cli::removal_of("mcp@pve!lab", state)),
              ElementsAre("pveum user token remove mcp@pve lab",
                          "pveum acl delete / --users mcp@pve --roles MCP-lab", "pveum role delete MCP-lab"));
  EXPECT_THAT(cli::removal_of("root@pam!lab", state), IsEmpty());
  EXPECT_THAT(cli::removal_lines("root@pam!lab"), IsEmpty());
}

}  // namespace
