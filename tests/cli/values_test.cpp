#include "cli/values.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "catalog/catalog.h"
#include "cli/output.h"
#include "cli/privileges.h"

namespace {

using testing::HasSubstr;

std::string values(const std::string& object, std::vector<std::string> pairs) {
  const auto schema = base::parse_json(
      R"({"properties":{"name":{"type":"string"},"vmid":{"type":"integer"},"odd":7,"any":{}}})");
  const auto result = cli::arguments_of(object, pairs, schema->get_object());
  return result ? base::write_json(base::Json(*result)) : "error: " + result.error();
}

TEST(Values, ReadAsJsonWhereTheyLookLikeIt) {
  EXPECT_EQ(values("", {"vmid=100", "on=true", "off=false", "nothing=null"}),
            R"({"vmid":100,"on":true,"off":false,"nothing":null})");
  EXPECT_EQ(values("", {"a=[1,\"x\"]", "b={\"c\":1}", "d=\"5\"", "e=1.5"}),
            R"({"a":[1,"x"],"b":{"c":1},"d":"5","e":1.5})");
  EXPECT_EQ(values("", {"a=pve1", "b=", "c=007", "d=32G", "e=x=y"}),
            R"({"a":"pve1","b":"","c":"007","d":"32G","e":"x=y"})");
}

TEST(Values, StayTextWhereTheToolWantsText) {
  EXPECT_EQ(values("", {"name=100", "name=true"}), R"({"name":"true"})");
  EXPECT_EQ(values("", {"name=\"quoted\""}), R"({"name":"\"quoted\""})");
  EXPECT_EQ(values("", {"odd=1", "any=1"}), R"({"odd":1,"any":1})");
}

TEST(Values, PairsAreSetInTheObject) {
  EXPECT_EQ(values(R"({"vmid":1,"x":2})", {"vmid=3"}), R"({"vmid":3,"x":2})");
  EXPECT_EQ(values(R"({"vmid":1})", {"x=2", R"( {"vmid":3,"y":4})"}), R"({"vmid":3,"x":2,"y":4})");
}

TEST(Values, RefuseWhatIsNone) {
  EXPECT_THAT(values("", {"vmid"}), HasSubstr("\"vmid\" must have the form key=value"));
  EXPECT_THAT(values("", {"=1"}), HasSubstr("key=value"));
  EXPECT_THAT(values("{", {}), HasSubstr("error: --json"));
  EXPECT_THAT(values("[1]", {}), HasSubstr("one JSON object"));
  EXPECT_THAT(values("", {"a=\xFF"}), HasSubstr("UTF-8"));
}

TEST(Output, ATerminalGetsNoControlCharacters) {
  EXPECT_EQ(cli::shown("a\x1b[31mb\nc", true), "a\xEF\xBF\xBD[31mb\nc\n");
  EXPECT_EQ(cli::shown("a\x1b[31mb\n", false), "a\x1b[31mb\n");
  EXPECT_EQ(cli::shown("", false), "\n");
}

std::string lacking(std::string_view permissions, tool::Tier tier) {
  static const facts::Facts facts;
  std::string text;
  const guard::Policy policy{tier, catalog::usual_categories()};
  for (const auto& [privilege, tools] :
       cli::lacking_privileges(*base::parse_json(permissions), catalog::categories(), policy, facts))
    text += (text.empty() ? "" : " ") + privilege;
  return text;
}

// What PVE 9.2 lists as the privileges of PVEAuditor.
constexpr auto kAuditor =
    R"({"/":{"Datastore.Audit":1,"Mapping.Audit":1,"Pool.Audit":1,"SDN.Audit":1,"Sys.Audit":1,"VM.Audit":1,
             "VM.GuestAgent.Audit":1}})";

TEST(Privileges, AreThoseOfTheToolsOfATier) {
  EXPECT_EQ(lacking(kAuditor, tool::Tier::ReadOnly),
            "Datastore.Allocate Datastore.AllocateSpace Sys.Syslog VM.Backup VM.Config.Disk")
      << "the system log, the configuration of a storage, backups and disk images";
  EXPECT_EQ(lacking(kAuditor, tool::Tier::ReadExecute),
            "Datastore.Allocate Datastore.AllocateSpace Sys.Modify Sys.Syslog VM.Backup VM.Config.Disk "
            "VM.Migrate VM.PowerMgmt");
  const auto full = lacking(kAuditor, tool::Tier::Full);
  for (const auto* needed : {"Permissions.Modify", "Pool.Allocate", "Realm.AllocateUser", "SDN.Use",
                             "Sys.Console", "User.Modify", "VM.Allocate", "VM.Clone", "VM.Config.CPU",
                             "VM.Config.Cloudinit", "VM.Config.Network", "VM.Snapshot"})
    EXPECT_THAT(full + " ", HasSubstr(std::string(needed) + " "));
}

TEST(Privileges, NameTheToolsThatNeedThem) {
  static const facts::Facts facts;
  const auto all = cli::lacking_privileges(*base::parse_json(kAuditor), catalog::categories(),
                                           {tool::Tier::ReadOnly, std::vector<std::string>{"nodes"}}, facts);
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all.front().privilege, "Sys.Syslog");
  EXPECT_THAT(all.front().tools, testing::ElementsAre("pve_get_node_syslog"));
}

TEST(Privileges, APrivilegeOnAnyPathIsEnough) {
  EXPECT_THAT(lacking("null", tool::Tier::ReadOnly), HasSubstr("VM.Audit"));
  EXPECT_THAT(lacking(R"({"/vms/1":{"VM.PowerMgmt":1}})", tool::Tier::Full),
              testing::Not(HasSubstr("VM.PowerMgmt")));
  EXPECT_FALSE(cli::has_no_privileges(*base::parse_json(kAuditor)));
  EXPECT_TRUE(cli::has_no_privileges(*base::parse_json(R"({"/vms":{}})")));
  EXPECT_TRUE(cli::has_no_privileges(*base::parse_json("[]")));
}

TEST(Privileges, VersionsAsPveSendsThem) {
  EXPECT_EQ(cli::leading_number("9.2.11"), 9U);
  EXPECT_EQ(cli::leading_number("10"), 10U);
  EXPECT_EQ(cli::leading_number("x"), 0U);
}

}  // namespace
