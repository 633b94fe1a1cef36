// What this server says about a list from which PVE leaves out what the token may not see, and the grants
// that it advises.
#include "engine/answer/visibility.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "facts/facts.h"
#include "support/scripted_pve.h"

namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr tool::Right kAuditsGuests{{"VM.Audit"}, "/vms"};
constexpr tool::Right kAuditsStorages{{"Datastore.Audit"}, "/storage"};
constexpr tool::ListRights kSeesGuests{{kAuditsGuests}};
constexpr tool::ListRights kAll{{kAuditsGuests, kAuditsStorages}};
constexpr tool::ListRights kLog{{{{"Sys.Syslog"}, "/"}}};
constexpr tool::ListRights kBackups{{{{"Datastore.AllocateSpace"}, "/storage"}, {{"VM.Backup"}, "/vms"}},
                                    {{{"Datastore.Allocate"}, "/storage"}}};
constexpr tool::ListRightsFor kByType[] = {{"type", "vm", &kSeesGuests}, {"type", "none"}};

struct Token {
  /// A token of which PVE tells only the rights.
  explicit Token(std::string_view rights) {
    pve.answer("GET /access/permissions", rights);
    pve.answer("GET /access/roles", R"([{"roleid":"PVEAuditor","privs":"Datastore.Audit,VM.Audit"},
                                        {"roleid":"PVEDatastoreUser","privs":"Datastore.AllocateSpace,Datastore.Audit"}])");
    pve.refuse("GET /access/users/*", 403, "Permission check failed");
  }

  std::string note(const tool::ListRights& rights, const base::JsonObject& arguments = {},
                   bool is_empty = false) {
    const tool::View view{
        .kind = tool::View::Kind::Table, .list_rights = &rights, .list_rights_for = kByType};
    return engine::omission_note(view, arguments, is_empty ? engine::Shape::EmptyList : engine::Shape::List,
                                 cluster, {});
  }
  std::optional<tool::ReadFailure> why_incomplete(const tool::ListRights& rights) {
    return engine::why_incomplete(rights, cluster, {});
  }

  test::ScriptedPve pve;
  facts::Facts facts;
  base::ManualClock clock;
  pve::Client client{pve, {"a@pve!t", "secret", ""}, {"https://pve:8006", std::chrono::seconds(40), {}}};
  engine::Cluster cluster{{client, facts, clock, {}}};
};

TEST(Visibility, ChecksEachPartOfAMixedList) {
  Token guests(R"({"/vms":{"VM.Audit":1}})");
  EXPECT_THAT(
      guests.note(kAll),
      AllOf(HasSubstr("The list may be incomplete: the API token has no Datastore.Audit below /storage,"),
            HasSubstr("pveum acl modify /storage --tokens 'a@pve!t' --roles McpDatastoreAudit")));
  EXPECT_EQ(guests.note(kAll, {{"type", "vm"}}), "");
  EXPECT_EQ(guests.note(kAll, {{"type", "none"}}), "") << "PVE leaves nothing out of this list";
  Token none("{}");
  EXPECT_THAT(none.note(kAll, {}, true), HasSubstr("The list may be incomplete: the API token has no "
                                                   "VM.Audit below /vms and no Datastore.Audit below"));
  Token part(R"({"/vms/100":{"VM.Audit":1},"/storage":{"Datastore.Audit":1}})");
  EXPECT_EQ(part.note(kAll),
            "This is only what the API token may see: it has VM.Audit on only a part of /vms.");
}

TEST(Visibility, IgnoresEntriesBelowIfOnePathAloneCounts) {
  constexpr tool::ListRights kAlone{{{{"Sys.Syslog"}, "/", true}}};
  Token narrower(R"({"/":{"Sys.Syslog":1},"/storage":{"Datastore.Audit":1},"/vms":{"VM.Audit":1}})");
  EXPECT_EQ(narrower.note(kAlone), "");
  Token below(R"({"/":{"VM.Audit":1},"/nodes":{"Sys.Syslog":1}})");
  EXPECT_THAT(
      below.note(kAlone),
      HasSubstr("The list may be incomplete: the API token has no Sys.Syslog on /, and PVE leaves out"));
}

TEST(Visibility, SaysThatAnObjectMayLackMembers) {
  constexpr tool::ListRights kOptions{{{{"Sys.Audit"}, "/", true}}};
  const tool::View view{.list_rights = &kOptions};
  Token none("{}");
  EXPECT_THAT(
      engine::omission_note(view, {}, engine::Shape::Object, none.cluster, {}),
      AllOf(
          HasSubstr("The answer may be incomplete: the API token has no Sys.Audit on /, and PVE leaves out"),
          HasSubstr("pveum acl modify / --tokens 'a@pve!t' --roles McpSysAudit")));
}

TEST(Visibility, AcceptsOneOfTwoSetsOfRights) {
  constexpr tool::ListRights kRule{{{{"Sys.Audit"}, "/access"}}, {{{"Permissions.Modify"}, "/"}}};
  EXPECT_EQ(Token(R"({"/access":{"Sys.Audit":1}})").note(kRule), "");
  EXPECT_EQ(Token(R"({"/":{"Permissions.Modify":1}})").note(kRule), "");
  EXPECT_EQ(Token(R"({"/pool/a":{"Permissions.Modify":1}})").note(kRule),
            "This is only what the API token may see: it has Permissions.Modify on only a part of /.");
  EXPECT_THAT(Token("{}").note(kRule, {}, true),
              AllOf(HasSubstr("The list may be incomplete: the API token has no Sys.Audit below /access"),
                    HasSubstr("pveum acl modify /access --tokens 'a@pve!t' --roles McpSysAudit")));
}

TEST(Visibility, AdvisesTheSmallestRoles) {
  const auto why = Token(R"({"/vms":{"VM.Audit":1,"Datastore.Audit":1},"/storage":{"Datastore.Audit":1}})")
                       .why_incomplete(kBackups);
  ASSERT_TRUE(why);
  EXPECT_TRUE(why->forbidden);
  EXPECT_EQ(why->sentence,
            "the API token has no Datastore.AllocateSpace below /storage and no VM.Backup below /vms");
  EXPECT_THAT(
      why->grants,
      ElementsAre("pveum role add McpDatastoreAudit --privs Datastore.Audit",
                  "pveum role add McpVMBackup --privs VM.Backup",
                  "pveum acl modify /storage --tokens 'a@pve!t' --roles McpDatastoreAudit,PVEDatastoreUser",
                  "pveum acl modify /vms --tokens 'a@pve!t' --roles McpVMBackup,PVEAuditor"))
      << "the commands keep the roles that the token has there";
  EXPECT_THAT(why->caution, HasSubstr("deleting"));
  EXPECT_THAT(Token("{}").why_incomplete(kLog)->grants,
              ElementsAre("pveum role add McpSysSyslog --privs Sys.Syslog",
                          "pveum acl modify / --tokens 'a@pve!t' --roles McpSysSyslog"));
  EXPECT_THAT(Token("{}").why_incomplete(kLog)->caution, Not(HasSubstr("delete")));
}

TEST(Visibility, ReportsAListAsIncompleteOnlyIfATokenLacksRights) {
  EXPECT_FALSE(
      Token(R"({"/vms":{"VM.Backup":1},"/storage":{"Datastore.AllocateSpace":1}})").why_incomplete(kBackups));
  EXPECT_FALSE(Token(R"({"/storage":{"Datastore.Allocate":1}})").why_incomplete(kBackups));
  const auto part = Token(R"({"/vms/9":{"VM.Backup":1},"/storage":{"Datastore.AllocateSpace":1}})")
                        .why_incomplete(kBackups);
  ASSERT_TRUE(part);
  EXPECT_EQ(part->sentence, "the API token has VM.Backup on only a part of /vms");
}

TEST(Visibility, TellsUnknownRightsFromMissingOnes) {
  Token mute("null");
  EXPECT_EQ(mute.note(kAll), "");
  const auto why = mute.why_incomplete(kBackups);
  ASSERT_TRUE(why) << "PVE does not say whether the list is complete";
  EXPECT_FALSE(why->forbidden);
  EXPECT_THAT(why->grants, IsEmpty());
}

}  // namespace
