#include "change/permissions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string_view>

namespace {

using testing::ElementsAre;
using testing::IsEmpty;

base::Json json(std::string_view text) {
  auto parsed = base::parse_json(text);
  EXPECT_TRUE(parsed.has_value()) << text;
  return parsed ? *parsed : base::Json();
}

const base::Json& roles() {
  static const auto kRoles = json(R"([{"roleid":"NoAccess","privs":""},
    {"roleid":"Auditor","privs":"Sys.Audit,VM.Audit"},{"roleid":"User","privs":"VM.Audit,VM.PowerMgmt"}])");
  return kRoles;
}

TEST(Permissions, ComeFromTheNearestEntries) {
  const auto acl = json(R"([
    {"path":"/","type":"user","ugid":"a@pve","roleid":"Auditor","propagate":1},
    {"path":"/vms/100","type":"user","ugid":"a@pve","roleid":"User","propagate":1},
    {"path":"/vms/101","type":"user","ugid":"a@pve","roleid":"NoAccess","propagate":1}])");
  const change::Holding user{"a@pve", "", {}, true};
  EXPECT_THAT(change::privileges(acl, roles(), user, "/nodes/pve1"), ElementsAre("Sys.Audit", "VM.Audit"));
  EXPECT_THAT(change::privileges(acl, roles(), user, "/vms/100"), ElementsAre("VM.Audit", "VM.PowerMgmt"));
  EXPECT_THAT(change::privileges(acl, roles(), user, "/vms/101"), IsEmpty());
  EXPECT_FALSE(change::has_nothing(acl, roles(), user));
}

TEST(Permissions, ComeFromGroupsIfTheUserHasNoEntry) {
  const auto acl = json(R"([
    {"path":"/","type":"group","ugid":"ops","roleid":"Auditor","propagate":1},
    {"path":"/vms","type":"user","ugid":"a@pve","roleid":"User","propagate":0}])");
  const change::Holding user{"a@pve", "", {"ops"}, true};
  EXPECT_THAT(change::privileges(acl, roles(), user, "/"), ElementsAre("Sys.Audit", "VM.Audit"));
  EXPECT_THAT(change::privileges(acl, roles(), user, "/vms"), ElementsAre("VM.Audit", "VM.PowerMgmt"));
  EXPECT_THAT(change::privileges(acl, roles(), user, "/vms/100"), ElementsAre("Sys.Audit", "VM.Audit"))
      << "an entry that does not reach what is below replaces nothing there";
}

TEST(Permissions, OfASeparatedTokenAreSharedWithItsUser) {
  const auto acl = json(R"([
    {"path":"/","type":"user","ugid":"a@pve","roleid":"Auditor","propagate":1},
    {"path":"/","type":"token","ugid":"a@pve!t","roleid":"User","propagate":1}])");
  EXPECT_THAT(change::privileges(acl, roles(), {"a@pve", "a@pve!t", {}, true}, "/"), ElementsAre("VM.Audit"));
  EXPECT_THAT(change::privileges(acl, roles(), {"a@pve", "a@pve!t", {}, false}, "/"),
              ElementsAre("Sys.Audit", "VM.Audit"));
  EXPECT_THAT(change::privileges(acl, roles(), {"root@pam", "root@pam!t", {}, true}, "/"), IsEmpty());
  EXPECT_TRUE(change::has_nothing(acl, roles(), {"root@pam", "root@pam!t", {}, true}));
  EXPECT_FALSE(change::has_nothing(acl, roles(), {"root@pam", "root@pam!t", {}, false}));
  EXPECT_TRUE(change::has_nothing(acl, roles(), {"b@pve", "b@pve!t", {}, false}));
}

}  // namespace
