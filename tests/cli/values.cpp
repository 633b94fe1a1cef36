#include "cli/values.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

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
  EXPECT_THAT(values("", {"vmid"}), HasSubstr("\"vmid\" is not of the form key=value"));
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

TEST(Privileges, WhatATierLacks) {
  const auto permissions = base::parse_json(
      R"({"/":{"Sys.Audit":1,"VM.Audit":1,"Datastore.Audit":1},"/vms/1":{"VM.PowerMgmt":1}})");
  EXPECT_EQ(cli::lacking_privileges(*permissions, "read-only"), "Pool.Audit");
  EXPECT_EQ(cli::lacking_privileges(*permissions, "read-execute"),
            "Pool.Audit, VM.Migrate, VM.Backup, Sys.Modify");
  EXPECT_THAT(cli::lacking_privileges(*permissions, "full"), HasSubstr("VM.Allocate"));
  EXPECT_FALSE(cli::has_no_privileges(*permissions));
  EXPECT_TRUE(cli::has_no_privileges(*base::parse_json(R"({"/vms":{}})")));
  EXPECT_TRUE(cli::has_no_privileges(*base::parse_json("[]")));
  EXPECT_THAT(cli::lacking_privileges(nullptr, "read-only"), HasSubstr("VM.Audit"));
}

TEST(Privileges, VersionsAndBooleansAsPveSendsThem) {
  EXPECT_EQ(cli::leading_number("9.2.11"), 9U);
  EXPECT_EQ(cli::leading_number("10"), 10U);
  EXPECT_EQ(cli::leading_number("x"), 0U);
  for (const auto* on : {"1", "\"1\"", "true"}) EXPECT_TRUE(cli::privsep_is_on(*base::parse_json(on))) << on;
  for (const auto* off : {"0", "\"0\"", "false", "null"})
    EXPECT_FALSE(cli::privsep_is_on(*base::parse_json(off))) << off;
}

}  // namespace
