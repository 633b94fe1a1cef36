#include "pve/held_rights.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace {

/// Sorted, each as "/vms: VM.Audit=1 VM.Config.Disk=0".
std::vector<std::string> lines(std::string_view body) {
  const auto held = pve::read_held_rights(body);
  if (!held) return {"not read"};
  std::vector<std::string> all;
  for (const auto& [path, rights] : held->paths) {
    std::string line = path + ":";
    for (const auto& [privilege, passed_on] : *rights) line += " " + privilege + (passed_on ? "=1" : "=0");
    all.push_back(std::move(line));
  }
  std::ranges::sort(all);
  return all;
}

using Lines = std::vector<std::string>;

TEST(HeldRights, AreReadByPathAndPrivilege) {
  EXPECT_EQ(
      lines(R"({"data":{"/vms":{"VM.Config.Disk":0,"VM.Audit":1},"/":{},"/vms/100":{"VM.Audit":"1"}}})"),
      (Lines{"/:", "/vms/100: VM.Audit=1", "/vms: VM.Audit=1 VM.Config.Disk=0"}));
  EXPECT_EQ(lines("{\"data\":{}}\n"), Lines{});
}

TEST(HeldRights, IgnoreOtherMembersOfTheAnswer) {
  EXPECT_EQ(lines(R"({"more":{"/":{"Sys.Audit":1}},"data":{"/vms":{"VM.Audit":1}},"rest":{"/x":{"A":1}}})"),
            (Lines{"/vms: VM.Audit=1"}));
  EXPECT_EQ(lines(R"({"data":{"/a":[{"A":1}],"/b":1,"/c":{"A":1,"B":{"C":1},"D":[1],"E":null}}})"),
            (Lines{"/c: A=1"}));
}

TEST(HeldRights, RefuseAnInvalidAnswer) {
  for (const auto* body : {"", "null", R"({"data":null})", R"({"data":[{"/":{"A":1}}]})",
                           R"({"data":{"/":{"A":1})", R"({"data":{"/":{"A":1}}} x)", "<html>"})
    EXPECT_EQ(lines(body), Lines{"not read"}) << body;
}

TEST(HeldRights, ManyPathsWithTheSameRightsShareThem) {
  std::string body = R"({"data":{)";
  for (int i = 0; i < 1000; ++i)
    body += (i == 0 ? "\"/vms/" : ",\"/vms/") + std::to_string(100 + i) + R"(":{"VM.Audit":1,"VM.Backup":1})";
  const auto held = pve::read_held_rights(body + "}}");
  ASSERT_TRUE(held);
  EXPECT_EQ(held->paths.size(), 1000U);
  EXPECT_EQ(held->kinds.size(), 1U);
}

}  // namespace
