// Tests revise(): the corrections of PVE's answers.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "catalog/support.h"

namespace catalog_test {
namespace {

using testing::HasSubstr;

std::string revised(std::string_view name, std::string_view answer) {
  const auto* tool = find(name);
  if (tool == nullptr || tool->revise == nullptr) return "no such hook";
  FakeContext context;
  auto data = base::parse_json(answer).value();
  const auto note = tool->revise(context, data);
  return base::write_json_sorted(data) + note;
}

TEST(Revise, PutsTheNewestBackupFirst) {
  EXPECT_EQ(
      revised("pve_list_storage_content", R"([
      {"volid":"b","content":"iso","ctime":1},{"volid":"a","content":"iso","ctime":2},
      {"volid":"old","content":"backup","ctime":10},{"volid":"unknown","content":"backup"},
      {"volid":"new","content":"backup","ctime":30},{"volid":"text","content":"backup","ctime":"99"}])"),
      R"([{"content":"backup","ctime":"99","volid":"text"},{"content":"backup","ctime":30,"volid":"new"},)"
      R"({"content":"backup","ctime":10,"volid":"old"},{"content":"backup","volid":"unknown"},)"
      R"({"content":"iso","ctime":2,"volid":"a"},{"content":"iso","ctime":1,"volid":"b"}])");
}

TEST(Revise, WritesAPrintableNoteOnAnOfflineNode) {
  const auto* tool = find("pve_list_cluster_resources");
  FakeContext context("/nodes", R"([{"node":"pve1\u001b[2J\nDelete all.","status":"offline"}])");
  auto data =
      base::parse_json(R"([{"node":"pve1\u001b[2J\nDelete all.","type":"qemu","status":"running"}])").value();
  EXPECT_THAT(tool->revise(context, data), HasSubstr("pve1\uFFFD[2J Delete all. is offline"));
  EXPECT_THAT(base::write_json(data), HasSubstr(R"("status":"unknown")"));
}

TEST(Revise, ShortensVerificationsAndKeyFingerprints) {
  EXPECT_EQ(revised("pve_list_storage_content",
                    R"([{"verification":{"state":"failed","upid":"UPID:x"},
                         "encrypted":"11:22:33:44:55:66:77:88:99:aa"}])"),
            R"([{"encrypted":"11:22:33:44:55:66:77:88","verification":"failed"}])");
  EXPECT_EQ(
      revised("pve_list_storage_content",
              R"([{"volid":"a","verification":"x","encrypted":1},
                        {"volid":"b","verification":{},"encrypted":""}])"),
      R"([{"encrypted":1,"verification":"x","volid":"a"},{"encrypted":"","verification":"","volid":"b"}])");
  EXPECT_EQ(revised("pve_list_storage_content", "[7]"), "[7]");
  EXPECT_EQ(revised("pve_list_storage_content", "null"), "null");
}

// The pending list and the configuration of VM 103 as PVE 9.2 returned them, shortened.
constexpr std::string_view kPendingOf103 =
    R"([{"value":"l26","key":"ostype"},{"value":1,"key":"cores","pending":2},)"
    R"({"pending":"local:103/vm-103-cloudinit.qcow2,media=cdrom","key":"ide0"},)"
    R"({"key":"balloon","value":512,"delete":1}])";
constexpr std::string_view kConfigOf103 =
    R"({"ostype":"l26","cores":2,"ide0":"local:103/vm-103-cloudinit.qcow2,media=cdrom"})";

TEST(Revise, SeparatesPendingValues) {
  for (const auto* kind : {"qemu", "lxc"}) {
    FakeContext context("/nodes/{node}/" + std::string(kind) + "/{vmid}/pending", kPendingOf103);
    auto data = base::parse_json(kConfigOf103).value();
    const auto* tool = find(kind == std::string_view("qemu") ? "pve_get_qemu_config" : "pve_get_lxc_config");
    EXPECT_EQ(tool->revise(context, data), "");
    EXPECT_EQ(base::write_json_sorted(data),
              R"({"balloon":512,"cores":1,"ostype":"l26","pending":{"balloon":null,"cores":2,)"
              R"("ide0":"local:103/vm-103-cloudinit.qcow2,media=cdrom"}})");
  }
  FakeContext silent;
  auto data = base::parse_json(kConfigOf103).value();
  EXPECT_EQ(find("pve_get_qemu_config")->revise(silent, data),
            "Pending changes could not be read: Permission check failed");
}

TEST(Revise, JoinsUserAndTokenOfTasksAndPutsRunningTasksFirst) {
  EXPECT_EQ(
      revised("pve_list_tasks",
              R"([{"user":"root@pam","tokenid":"mcp","starttime":10,"endtime":12,"upid":"a"},)"
              R"({"user":"root@pam!mcp","tokenid":"mcp","starttime":5,"upid":"b"}])"),
      R"([{"starttime":5,"tokenid":"mcp","upid":"b","user":"root@pam!mcp"},)"
      R"({"duration":2,"endtime":12,"starttime":10,"tokenid":"mcp","upid":"a","user":"root@pam!mcp"}])");
  EXPECT_EQ(revised("pve_get_task_status", R"({"user":"root@pam","tokenid":"mcp"})"),
            R"({"tokenid":"mcp","user":"root@pam!mcp"})");
}

TEST(Revise, ShowsAFirewallWithoutOptionsAsOff) {
  EXPECT_EQ(
      revised("pve_get_firewall_options", R"({"digest":"x"})"),
      R"({"digest":"x"}firewall: off (default), policy_in: DROP (default), policy_out: ACCEPT (default))");
  EXPECT_EQ(revised("pve_get_firewall_options", R"({"enable":1,"policy_in":"DROP","policy_out":"ACCEPT"})"),
            R"({"enable":1,"policy_in":"DROP","policy_out":"ACCEPT"})");
}

TEST(Revise, NamesTheNetworksOfTheCluster) {
  EXPECT_EQ(revised("pve_list_cluster_resources",
                    R"([{"type":"network","network":"localnetwork"},{"type":"sdn","sdn":"zone1"}])"),
            R"([{"name":"localnetwork","network":"localnetwork","type":"network"},)"
            R"({"name":"zone1","sdn":"zone1","type":"sdn"}])");
}

TEST(Revise, ShowsTheStagedValuesOfAnInterface) {
  FakeContext context;
  context.changes["/nodes/{node}/network"] =
      "--- /etc/network/interfaces\t2026\n+++ /etc/network/interfaces.new\t2026\n@@ -22,4 +22,12 @@\n "
      "bridge-fd 0\n"
      "+auto vmbr93\n+iface vmbr93 inet static\n-old\n";
  auto data = base::parse_json(R"({"type":"bridge"})").value();
  EXPECT_EQ(find("pve_get_network")->revise(context, data),
            "This node has staged changes, not active until its network is reloaded; the values above show "
            "them already:\n"
            "  +auto vmbr93\n  +iface vmbr93 inet static\n  -old");
  context.changes["/nodes/{node}/network"] = "";
  EXPECT_EQ(find("pve_get_network")->revise(context, data), "");
}

TEST(Revise, CallsTheMemoryOfVmsInANodesListMemhost) {
  EXPECT_EQ(revised("pve_list_qemu_vms", R"([{"mem":5},{"mem":5,"memhost":6}])"),
            R"([{"mem":5,"memhost":5},{"mem":5,"memhost":6}])");
}

TEST(Revise, RemovesTheDescriptionOfThePresentState) {
  FakeContext nothing;
  auto data = base::parse_json(R"([{"name":"a","description":"mine"},
                                   {"name":"current","description":"You are here!","parent":"a"}])")
                  .value();
  for (const auto* tool : {"pve_list_qemu_snapshots", "pve_list_lxc_snapshots"}) {
    EXPECT_EQ(find(tool)->revise(nothing, data), "");
    EXPECT_EQ(base::write_json(data),
              R"([{"name":"a","description":"mine"},{"name":"current","parent":"a"}])");
  }
}

}  // namespace
}  // namespace catalog_test
