#include "engine/bounds/touched.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "base/json.h"
#include "facts/facts.h"
#include "tool/tool.h"

namespace {

using base::Method;
using Guests = std::set<std::int64_t>;

const facts::Facts& all_facts() {
  static const facts::Facts facts;
  return facts;
}

engine::Touched touched(Method method, std::string_view path, std::string_view arguments) {
  tool::Tool tool;
  tool.name = "pve_test";
  tool.effect = tool::Effect::Destructive;
  tool.call = {method, path};
  tool.about = tool::about(method, path);
  const engine::Row row(tool, "x", all_facts());
  return engine::touched_by(row, base::parse_json(arguments).value().as_object());
}

struct Case {
  Method method;
  const char* path;
  const char* arguments;
  Guests guests;
  Guests sources{};
};

constexpr auto kVmConfig = "/nodes/{node}/qemu/{vmid}/config";
constexpr auto kTask = "/nodes/{node}/tasks/{upid}";
constexpr auto kContent = "/nodes/{node}/storage/{storage}/content/{volume}";

TEST(Touched, FindsGuestsInEveryFormOfArgument) {
  const std::vector<Case> cases = {
      {Method::Delete, "/nodes/{node}/qemu/{vmid}", R"({"node":"a","vmid":100})", {100}},
      {Method::Put, kVmConfig, R"({"vmid":100,"scsi1":"local-lvm:vm-200-disk-0,size=8G"})", {100, 200}},
      {Method::Put, kVmConfig, R"({"vmid":100,"scsi1":"local-lvm:32,discard=on"})", {100}},
      {Method::Put, kVmConfig, R"({"vmid":100,"scsi1":"nas:200/vm-200-disk-0.qcow2"})", {100, 200}},
      {Method::Put,
       kVmConfig,
       R"({"vmid":100,"scsi1":"local:0,import-from=nas:300/vm-300-disk-0.raw"})",
       {100},
       {300}},
      {Method::Put,
       kVmConfig,
       R"({"vmid":100,"scsi1":"local-lvm:vm-200-disk-0,import-from=nas:300/vm-300-disk-0.raw"})",
       {100, 200},
       {300}},
      {Method::Put,
       kVmConfig,
       R"({"vmid":100,"net0":"virtio=BC:24:11:00:00:01,bridge=vmbr0,tag=200"})",
       {100}},
      {Method::Put, kVmConfig, R"({"vmid":100,"description":"was vm-200-disk-0"})", {100}},
      {Method::Post, "/nodes/{node}/qemu/{vmid}/clone", R"({"vmid":100,"newid":500})", {500}, {100}},
      {Method::Post,
       "/nodes/{node}/qemu",
       R"({"vmid":500,"archive":"nas:backup/vzdump-qemu-100-2026_05_01-00_00_00.vma.zst"})",
       {500},
       {100}},
      {Method::Post,
       "/nodes/{node}/lxc",
       R"({"vmid":500,"restore":true,"ostemplate":"pbs:backup/ct/200/2026-05-01T00:00:00Z"})",
       {500},
       {200}},
      {Method::Post,
       "/nodes/{node}/qemu/{vmid}/move_disk",
       R"({"vmid":100,"disk":"scsi1","target-vmid":200})",
       {100, 200}},
      {Method::Delete,
       kContent,
       R"({"storage":"nas","volume":"nas:backup/vzdump-lxc-200-2026_05_01-00_00_00.tar.zst"})",
       {200}},
      {Method::Delete,
       kContent,
       R"({"storage":"zfs","volume":"zfs:base-100-disk-0/vm-101-disk-0"})",
       {100, 101}},
      {Method::Delete, kContent, R"({"storage":"zfs","volume":"zfs:subvol-200-disk-1"})", {200}},
      {Method::Delete, kContent, R"({"storage":"local","volume":"local:iso/debian-13.iso"})", {}},
      {Method::Put, "/pools", R"({"poolid":"lab","vms":"100,101 102"})", {100, 101, 102}},
      {Method::Delete, "/cluster/ha/resources/{sid}", R"({"sid":"ct:200"})", {200}},
      {Method::Post, "/cluster/ha/resources", R"({"sid":"100"})", {100}},
      {Method::Post, "/cluster/ha/rules", R"({"rule":"a","resources":"vm:100,ct:200"})", {100, 200}},
      {Method::Put, "/access/acl", R"({"path":"/vms/100","roles":"PVEAdmin"})", {100}},
      {Method::Put, "/access/acl", R"({"path":"/vms","roles":"PVEAdmin"})", {}},
      {Method::Delete, "/cluster/replication/{id}", R"({"id":"100-0"})", {100}},
      {Method::Post, "/nodes/{node}/vzdump", R"({"vmid":"100,101","remove":false})", {}, {100, 101}},
      {Method::Post, "/nodes/{node}/vzdump", R"({"vmid":"100","prune-backups":"keep-all=1"})", {}, {100}},
      {Method::Post, "/nodes/{node}/vzdump", R"({"vmid":"100","remove":true})", {100}},
      {Method::Post, "/nodes/{node}/vzdump", R"({"vmid":"100","prune-backups":"keep-last=1"})", {100}},
      {Method::Post, "/nodes/{node}/vzdump", R"({"vmid":"100,101","mode":"stop"})", {100, 101}},
      {Method::Post, "/cluster/backup", R"({"vmid":"100","mode":"stop","remove":false})", {100}},
      {Method::Post, "/cluster/backup", R"({"vmid":"100"})", {100}},
      {Method::Post, "/cluster/backup", R"({"vmid":"100","remove":0})", {}, {100}},
      {Method::Put, "/cluster/backup/{id}", R"({"id":"22450000-bb68","enabled":0})", {}},
      {Method::Delete, kTask, R"({"upid":"UPID:pve1:1:2:3:vzdump:100:root@pam:"})", {100}},
      {Method::Delete, kTask, R"({"upid":"UPID:pve1:1:2:3:move_volume:100:root@pam:"})", {100}},
      {Method::Delete, kTask, R"({"upid":"UPID:pve1:1:2:3:prunebackups:100@nas:root@pam:"})", {100}},
      {Method::Delete, kTask, R"({"upid":"UPID:pve1:1:2:3:aptupdate::root@pam:"})", {}},
      {Method::Delete, kContent, R"({"volume":"nas:backup/vzdump-openvz-200-2012_05_01.tar"})", {200}},
      {Method::Put, "/nodes/{node}/firewall/options", R"({"node":"pve1","enable":true})", {}},
  };
  for (const auto& each : cases) {
    const auto found = touched(each.method, each.path, each.arguments);
    EXPECT_EQ(found.guests, each.guests) << each.path << " " << each.arguments;
    EXPECT_EQ(found.sources, each.sources) << each.path << " " << each.arguments;
    EXPECT_FALSE(found.many);
  }
}

TEST(Touched, SaysThatPveChoosesTheGuestsOfABulkCall) {
  EXPECT_TRUE(touched(Method::Post, "/nodes/{node}/stopall", R"({"node":"pve1"})").many);
  EXPECT_TRUE(touched(Method::Post, "/nodes/{node}/vzdump", R"({"all":true,"mode":"suspend"})").many);
  EXPECT_TRUE(touched(Method::Post, "/nodes/{node}/vzdump", R"({"pool":"lab","mode":"stop"})").many);
  EXPECT_FALSE(touched(Method::Post, "/nodes/{node}/vzdump", R"({"all":true,"remove":false})").many)
      << "it changes no guest";
  EXPECT_TRUE(touched(Method::Post, "/nodes/{node}/vzdump", R"({"all":true,"remove":true})").many)
      << "it can prune the backups of every guest";
  for (const auto* const chosen : {R"({"all":true,"mode":"stop"})", R"({"all":true,"node":"pve1"})",
                                   R"({"pool":"lab","mode":"suspend"})", R"({"pool":"lab"})"})
    EXPECT_TRUE(touched(Method::Post, "/cluster/backup", chosen).many) << chosen;
  EXPECT_FALSE(touched(Method::Post, "/cluster/backup", R"({"all":true,"remove":false})").many);
  EXPECT_EQ(touched(Method::Post, "/cluster/backup", R"({"pool":"lab"})").pool, "lab");
  constexpr auto prune = "/nodes/{node}/storage/{storage}/prunebackups";
  EXPECT_TRUE(touched(Method::Delete, prune, R"({"storage":"nas"})").many);
  EXPECT_FALSE(touched(Method::Delete, prune, R"({"storage":"nas","vmid":100})").many);
  EXPECT_TRUE(touched(Method::Post, "/nodes/{node}/vzdump", R"({"stop":true})").many);
  for (const auto* const type : {"vzdump", "stopall", "bulk-migrate"})
    EXPECT_TRUE(touched(Method::Delete, kTask,
                        R"({"upid":"UPID:pve1:1:2:3:)" + std::string(type) + R"(::root@pam:"})")
                    .many)
        << type;
}

TEST(Touched, FindsStoragesAndUsers) {
  using Names = std::set<std::string>;
  EXPECT_EQ(touched(Method::Put, "/storage/{storage}", R"({"storage":"nas"})").storages, Names{"nas"});
  EXPECT_EQ(touched(Method::Delete, kContent, R"({"storage":"nas","volume":"nas:iso/a.iso"})").storages,
            Names{"nas"});
  EXPECT_EQ(
      touched(Method::Post, "/nodes/{node}/vzdump", R"({"storage":"nas","prune-backups":"keep-last=1"})")
          .storages,
      Names{"nas"});
  EXPECT_EQ(touched(Method::Post, "/nodes/{node}/vzdump", R"({"storage":"nas","remove":false})").storages,
            Names{});
  EXPECT_EQ(touched(Method::Post, "/nodes/{node}/vzdump", R"({"storage":"nas","remove":true})").storages,
            Names{"nas"})
      << "PVE prunes by the retention of the storage";
  EXPECT_EQ(touched(Method::Post, "/cluster/backup", R"({"prune-backups":"keep-last=1"})").storages,
            Names{"local"});
  for (const auto* const path : {"/access/users/{userid}", "/access/users/{userid}/token/{tokenid}"})
    EXPECT_EQ(touched(Method::Delete, path, R"({"userid":"ann@pve","tokenid":"a"})").users, Names{"ann@pve"})
        << path;
}

TEST(Touched, FindsTheUsersWhoseRightsChange) {
  using Names = std::set<std::string>;
  const auto acl = touched(Method::Put, "/access/acl",
                           R"({"path":"/","users":"ann@pve,bob@pve","tokens":"cy@pve!ops","groups":"ops"})");
  EXPECT_EQ(acl.users, (Names{"ann@pve", "bob@pve", "cy@pve"}));
  EXPECT_EQ(acl.groups, Names{"ops"});
  EXPECT_EQ(touched(Method::Delete, "/access/groups/{groupid}", R"({"groupid":"ops"})").groups, Names{"ops"});
  EXPECT_EQ(touched(Method::Post, "/access/domains/{realm}/sync", R"({"realm":"corp"})").realm, "corp");
  EXPECT_EQ(touched(Method::Put, "/access/domains/{realm}", R"({"realm":"corp"})").realm, "");
}

TEST(Touched, FindsAPathOfTheHostInThePlaceOfAVolume) {
  for (const auto* const value :
       {"/dev/mapper/pve-vm--100--disk--0", "file=/dev/sdb,size=8G", "local:0,import-from=/dev/sdb"})
    EXPECT_NE(touched(Method::Put, kVmConfig, R"({"vmid":100,"scsi1":")" + std::string(value) + "\"}").path,
              "")
        << value;
  for (const auto* const arguments :
       {R"({"vmid":100,"scsi1":"local-lvm:32"})", R"({"vmid":100,"cipassword":"/a"})",
        R"({"vmid":100,"description":"/dev/sdb"})"})
    EXPECT_EQ(touched(Method::Put, kVmConfig, arguments).path, "") << arguments;
  EXPECT_EQ(
      touched(Method::Put, "/nodes/{node}/lxc/{vmid}/config", R"({"vmid":200,"mp0":"local-lvm:8,mp=/srv"})")
          .path,
      "");
}

/// touched_by() knows every parameter of PVE that takes a guest's number.
TEST(Touched, KnowsEveryParameterWithAGuestsNumber) {
  std::size_t seen = 0;
  for (const auto& listed : all_facts().list()) {
    const auto* endpoint = all_facts().find(listed.method, listed.path);
    if (endpoint == nullptr || listed.method == Method::Get) continue;
    for (const auto& parameter : endpoint->parameters) {
      if (!parameter.format.starts_with("pve-vmid") || parameter.indexed) continue;
      const auto value = parameter.type == facts::Type::Array ? std::string("[4711]") : std::string("4711");
      const auto found =
          touched(listed.method, listed.path, "{\"" + std::string(parameter.name) + "\":" + value + "}");
      EXPECT_EQ(found.guests.count(4711) + found.sources.count(4711), 1U)
          << base::name(listed.method) << " " << listed.path << " " << parameter.name;
      ++seen;
    }
  }
  EXPECT_GT(seen, 100U);
}

}  // namespace
