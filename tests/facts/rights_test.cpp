// Which privileges a call needs, as PVE's schema says it and where its code says more.
#include "facts/rights.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// "/vms/100 VM.Clone + /vms/101 VM.Allocate" for each way.
std::vector<std::string> ways(base::Method method, std::string_view path,
                              const std::map<std::string, std::string, std::less<>>& values = {}) {
  static const facts::Facts facts;
  const auto* endpoint = facts.find(method, path);
  if (endpoint == nullptr) return {"no such endpoint"};
  std::vector<std::string> all;
  for (const auto& way : facts::ways_to_call(*endpoint, [&](std::string_view name) {
         const auto found = values.find(name);
         return found == values.end() ? std::string{} : found->second;
       })) {
    auto& text = all.emplace_back();
    for (const auto& right : way) {
      text += (text.empty() ? "" : " + ") + right.path;
      for (std::size_t i = 0; i < right.privileges.size(); ++i)
        text += (i == 0 || !right.any ? " " : "|") + right.privileges[i];
    }
  }
  return all;
}

using base::Method;

TEST(Rights, OfAPath) {
  EXPECT_THAT(ways(Method::Post, "/nodes/{node}/qemu/{vmid}/status/start", {{"vmid", "100"}}),
              ElementsAre("/vms/100 VM.PowerMgmt"));
  EXPECT_THAT(ways(Method::Post, "/nodes/{node}/qemu/{vmid}/status/start"),
              ElementsAre("/vms/{vmid} VM.PowerMgmt"));
  EXPECT_THAT(ways(Method::Get, "/nodes"), ElementsAre("")) << "open to all";
  EXPECT_THAT(ways(Method::Get, "/cluster/backup-info"), IsEmpty()) << "kept for root@pam";
}

TEST(Rights, TogetherAndInstead) {
  EXPECT_THAT(ways(Method::Post, "/nodes/{node}/qemu/{vmid}/clone", {{"vmid", "100"}, {"newid", "9"}}),
              ElementsAre("/vms/100 VM.Clone + /vms/9 VM.Allocate"));
  EXPECT_THAT(
      ways(Method::Post, "/nodes/{node}/qemu/{vmid}/clone",
           {{"vmid", "100"}, {"newid", "9"}, {"pool", "lab"}}),
      ElementsAre("/vms/100 VM.Clone + /vms/9 VM.Allocate", "/vms/100 VM.Clone + /pool/lab VM.Allocate"));
  EXPECT_THAT(ways(Method::Post, "/access/users", {{"userid", "a@pve"}}),
              ElementsAre("/access/realm/pve Realm.AllocateUser + /access/groups User.Modify"));
  EXPECT_THAT(ways(Method::Get, "/access/users/{userid}"),
              ElementsAre("/access/groups User.Modify|Sys.Audit"));
  EXPECT_THAT(ways(Method::Put, "/access/acl", {{"path", "/vms/7"}}),
              ElementsAre("/vms/7 Permissions.Modify|VM.Allocate"));
}

TEST(Rights, WhereTheCodeChecksMoreThanTheSchema) {
  EXPECT_THAT(ways(Method::Post, "/nodes/{node}/qemu", {{"vmid", "9"}}), ElementsAre("/vms/9 VM.Allocate"));
  EXPECT_THAT(ways(Method::Post, "/nodes/{node}/vzdump", {{"vmid", "1,2"}, {"storage", "nas"}}),
              ElementsAre("/vms/1 VM.Backup + /vms/2 VM.Backup + /storage/nas Datastore.AllocateSpace"));
}

TEST(Rights, OfSettings) {
  EXPECT_EQ(facts::privilege_of_setting("memory"), "VM.Config.Memory");
  EXPECT_EQ(facts::privilege_of_setting("net31"), "VM.Config.Network");
  EXPECT_EQ(facts::privilege_of_setting("smbios1"), "VM.Config.HWType");
  EXPECT_EQ(facts::privilege_of_setting("digest"), "");
}

}  // namespace
