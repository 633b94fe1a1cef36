// Directories: paths that only list the names below them.
#include "simulator/support.h"

namespace simulator {
namespace {

std::string names(const Got& got, std::string_view key) {
  std::string all;
  if (!got.data().is_array()) return got.text;
  for (const auto& row : got.data().get_array()) {
    all += (all.empty() ? "" : " ") + std::string(row.at(key).as_string());
  }
  return all;
}

TEST(Directories, AreListedAsARealPveDoes) {
  Demo demo;
  EXPECT_EQ(names(demo.get("/access"), "subdir"),
            "users groups roles acl domains openid tfa ticket password");
  EXPECT_EQ(names(demo.get("/cluster/ha"), "id"), "status resources groups rules");
  EXPECT_EQ(names(demo.get("/nodes/pve1/apt"), "id"), "changelog repositories update versions");
  EXPECT_EQ(names(demo.get("/nodes/pve1/scan"), "method"), "cifs iscsi lvm nfs pbs zfs");
  EXPECT_EQ(names(demo.get("/nodes/pve1/disks"), "name"),
            "list initgpt smart lvm lvmthin directory wipedisk zfs");
  EXPECT_EQ(names(demo.get("/nodes/pve1"), "name"),
            "aplinfo apt capabilities ceph certificates config disks dns firewall hardware hosts journal lxc "
            "migrateall netstat network qemu query-oci-repo-tags query-url-metadata replication report rrd "
            "rrddata scan sdn services spiceshell startall status stopall storage subscription suspendall "
            "syslog tasks termproxy time version vncshell vzdump wakeonlan");
}

TEST(Directories, HaveOnlyTheNamesOfTheVersion) {
  Demo new_one(0, 30, {9, 2});
  Demo old_one(0, 30, {8, 2});
  EXPECT_EQ(names(new_one.get("/cluster/ha/status"), "name"), "current manager_status disarm-ha arm-ha");
  EXPECT_EQ(names(old_one.get("/cluster/ha/status"), "name"), "current manager_status");
  EXPECT_EQ(names(old_one.get("/nodes/pve1"), "name").find("query-oci-repo-tags"), std::string::npos);
}

}  // namespace
}  // namespace simulator
