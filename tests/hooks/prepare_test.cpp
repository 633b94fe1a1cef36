// Tests prepare(): the arguments that PVE gets for those that the model wrote, under PVE's names.
#include <gtest/gtest.h>

#include "catalog/support.h"

namespace catalog_test {
namespace {

using testing::Test;

constexpr std::string_view kStatus = "/nodes/{node}/qemu/{vmid}/status/current";
constexpr std::string_view kVmConfig = "/nodes/{node}/qemu/{vmid}/config";
constexpr std::string_view kCtConfig = "/nodes/{node}/lxc/{vmid}/config";
constexpr std::string_view kInterface = "/nodes/{node}/network/{iface}";

std::string alone(std::string_view name, std::string_view arguments) {
  FakeContext nothing;
  const auto text = prepared(name, nothing, arguments);
  EXPECT_TRUE(nothing.reads.empty());
  return text;
}

TEST(Migrate, IsLiveWhenTheVmRuns) {
  FakeContext running(kStatus, R"({"status":"running"})");
  EXPECT_EQ(prepared("pve_migrate_qemu_vm", running, R"({"target":"pve2"})"),
            R"({"online":true,"target":"pve2"})");
  FakeContext stopped(kStatus, R"({"status":"stopped"})");
  EXPECT_EQ(prepared("pve_migrate_qemu_vm", stopped, R"({"target":"pve2"})"), R"({"target":"pve2"})");
}

TEST(Migrate, KeepsTheCallersChoice) {
  EXPECT_EQ(alone("pve_migrate_qemu_vm", R"({"online":false})"), R"({"online":false})");
}

TEST(Migrate, LetsPveDecideIfTheTokenMayNotReadTheState) {
  FakeContext blind;
  EXPECT_EQ(prepared("pve_migrate_qemu_vm", blind, R"({"target":"pve2"})"), R"({"target":"pve2"})");
  blind.unseen = {"No route to host", false};
  EXPECT_EQ(prepared("pve_migrate_qemu_vm", blind, R"({"target":"pve2"})"), "refused: No route to host");
}

TEST(SshKeys, AreEncodedOnce) {
  EXPECT_EQ(alone("pve_create_qemu_vm", R"({"sshkeys":"ssh-ed25519 AA+/= a@b\n"})"),
            R"({"sshkeys":"ssh-ed25519%20AA%2B%2F%3D%20a%40b%0A"})");
  EXPECT_EQ(alone("pve_create_qemu_vm", R"({"sshkeys":"ssh-ed25519%20AA%2B"})"),
            R"({"sshkeys":"ssh-ed25519%20AA%2B"})");
  EXPECT_EQ(alone("pve_update_qemu_config", R"({"sshkeys":"a b"})"), R"({"sshkeys":"a%20b"})");
}

TEST(KeepMac, AddsThePresentAddressOfANic) {
  FakeContext vm(
      kVmConfig,
      R"({"net0":"virtio=BC:24:11:00:00:01,bridge=vmbr0","net1":"e1000,bridge=vmbr1","digest":"d"})");
  EXPECT_EQ(
      prepared("pve_update_qemu_config", vm,
               R"({"net0":"virtio,bridge=vmbr1","net1":"virtio","net7":"virtio"})"),
      R"({"digest":"d","net0":"virtio,bridge=vmbr1,macaddr=BC:24:11:00:00:01","net1":"virtio","net7":"virtio"})");
  EXPECT_EQ(vm.reads.size(), 1U);
  FakeContext ct(kCtConfig, R"({"net0":"name=eth0,bridge=vmbr0,hwaddr=bc:24:11:00:00:02,type=veth"})");
  EXPECT_EQ(prepared("pve_update_lxc_config", ct, R"({"net0":"name=eth0,bridge=vmbr1,ip=dhcp"})"),
            R"({"net0":"name=eth0,bridge=vmbr1,ip=dhcp,hwaddr=bc:24:11:00:00:02"})");
}

TEST(KeepMac, ReadsOnlyIfNecessary) {
  EXPECT_EQ(alone("pve_update_qemu_config", R"({"net0":"virtio=BC:24:11:00:00:09,bridge=vmbr1"})"),
            R"({"net0":"virtio=BC:24:11:00:00:09,bridge=vmbr1"})");
  EXPECT_EQ(alone("pve_update_qemu_config", R"({"net0":"model=virtio,macaddr=BC:24:11:00:00:09"})"),
            R"({"net0":"model=virtio,macaddr=BC:24:11:00:00:09"})");
  EXPECT_EQ(alone("pve_update_lxc_config", R"({"memory":512,"netmask":"x"})"),
            R"({"memory":512,"netmask":"x"})");
}

TEST(KeepMac, ChangesNothingWhenItCannotRead) {
  FakeContext blind;
  EXPECT_EQ(prepared("pve_update_lxc_config", blind, R"({"net0":"name=eth0"})"),
            "refused: The present MAC address could not be read: Permission check failed");
}

TEST(FirewallRule, IsEnabledUnlessSaidOtherwise) {
  EXPECT_EQ(alone("pve_create_firewall_rule", R"({"action":"ACCEPT","type":"in"})"),
            R"({"action":"ACCEPT","enable":true,"type":"in"})");
  EXPECT_EQ(alone("pve_create_firewall_rule", R"({"enable":false})"), R"({"enable":false})");
}

TEST(FirewallRule, IsRefusedAtAnyPositionButZero) {
  EXPECT_EQ(alone("pve_create_firewall_rule", R"({"enable":true,"pos":0})"), R"({"enable":true,"pos":0})");
  EXPECT_EQ(alone("pve_create_firewall_rule", R"({"pos":2})").find("refused: PVE puts every new rule"), 0U);
}

TEST(RunBackup, SelectsAllGuestsByDefaultAndPrunesNothing) {
  EXPECT_EQ(alone("pve_run_backup", R"({"storage":"local"})"),
            R"({"all":true,"remove":false,"storage":"local"})");
  EXPECT_EQ(alone("pve_run_backup", R"({"vmid":"100"})"), R"({"remove":false,"vmid":"100"})");
  EXPECT_EQ(alone("pve_run_backup", R"({"pool":"prod"})"), R"({"pool":"prod","remove":false})");
  EXPECT_EQ(alone("pve_run_backup", R"({"stop":true})"), R"({"remove":false,"stop":true})");
  EXPECT_EQ(alone("pve_run_backup", R"({"remove":true,"vmid":"100"})"), R"({"remove":true,"vmid":"100"})");
  EXPECT_EQ(alone("pve_run_backup", R"({"prune-backups":"keep-last=2","vmid":"100"})"),
            R"({"prune-backups":"keep-last=2","vmid":"100"})");
}

TEST(BackupJob, NeedsASchedule) {
  EXPECT_EQ(alone("pve_create_backup_job", "{}").find("refused: A backup job needs schedule"), 0U);
  EXPECT_EQ(alone("pve_create_backup_job", R"({"starttime":"02:00"})"),
            R"({"all":true,"starttime":"02:00"})");
}

TEST(BackupJob, TranslatesMaxfilesToRetention) {
  const std::string_view name = "pve_create_backup_job";
  EXPECT_EQ(alone(name, R"({"maxfiles":3,"schedule":"02:00","vmid":"100"})"),
            R"({"prune-backups":"keep-last=3","schedule":"02:00","vmid":"100"})");
  EXPECT_EQ(alone(name, R"({"maxfiles":0,"schedule":"02:00","vmid":"100"})"),
            R"({"prune-backups":"keep-all=1","schedule":"02:00","vmid":"100"})");
  EXPECT_EQ(alone(name, R"({"maxfiles":-1,"schedule":"02:00"})").find("refused: maxfiles is the number"), 0U);
  EXPECT_EQ(alone(name, R"({"maxfiles":1,"prune-backups":"keep-last=2","schedule":"02:00"})")
                .find("refused: Give maxfiles or prune-backups"),
            0U);
}

constexpr std::string_view kDualStack =
    R"({"active":1,"address":"192.0.2.11","address6":"2001:db8::11","autostart":1,"bridge_fd":"0",
        "bridge_ports":"eno1","bridge_stp":"off","bridge_vlan_aware":1,"cidr":"192.0.2.11/24",
        "cidr6":"2001:db8::11/64","comments":"uplink\n","exists":1,"families":["inet","inet6"],
        "gateway":"192.0.2.1","gateway6":"2001:db8::1","method":"static","method6":"static","mtu":"9000",
        "netmask":"24","netmask6":"64","priority":4,"type":"bridge"})";

TEST(UpdateNetwork, AddsThePresentValuesThatTheCallOmits) {
  FakeContext context(kInterface, kDualStack);
  EXPECT_EQ(prepared("pve_update_network", context, R"({"comments":"new","type":"bridge"})"),
            R"({"autostart":1,"bridge_ports":"eno1","bridge_vlan_aware":1,"cidr":"192.0.2.11/24",)"
            R"("cidr6":"2001:db8::11/64","comments":"new","gateway":"192.0.2.1","gateway6":"2001:db8::1",)"
            R"("mtu":"9000","type":"bridge"})");
}

TEST(UpdateNetwork, ReplacesAnAddressInAnyForm) {
  FakeContext context(kInterface, R"({"address":"192.0.2.11","cidr":"192.0.2.11/24","gateway":"192.0.2.1",
                                      "method":"static","method6":"manual","netmask":"24"})");
  const std::string_view name = "pve_update_network";
  EXPECT_EQ(prepared(name, context, R"({"cidr":"192.0.2.12/24"})"),
            R"({"cidr":"192.0.2.12/24","gateway":"192.0.2.1"})");
  EXPECT_EQ(prepared(name, context, R"({"address":"192.0.2.12/25","netmask":"24"})"),
            R"({"cidr":"192.0.2.12/25","gateway":"192.0.2.1"})");
  EXPECT_EQ(prepared(name, context, R"({"address":"192.0.2.12"})"),
            R"({"address":"192.0.2.12","gateway":"192.0.2.1","netmask":"24"})");
  EXPECT_EQ(prepared(name, context, R"({"netmask":"25"})"),
            R"({"address":"192.0.2.11","gateway":"192.0.2.1","netmask":"25"})");
}

TEST(UpdateNetwork, DoesNotAddDeletedValues) {
  FakeContext context(kInterface, kDualStack);
  EXPECT_EQ(prepared("pve_update_network", context, R"({"delete":"cidr6, mtu;comments","type":"bridge"})"),
            R"({"autostart":1,"bridge_ports":"eno1","bridge_vlan_aware":1,"cidr":"192.0.2.11/24",)"
            R"("delete":"cidr6, mtu;comments","gateway":"192.0.2.1","type":"bridge"})");
  EXPECT_EQ(prepared("pve_update_network", context, R"({"delete":["gateway6"],"bridge_ports":""})"),
            R"({"autostart":1,"bridge_ports":"","bridge_vlan_aware":1,"cidr":"192.0.2.11/24",)"
            R"("cidr6":"2001:db8::11/64","comments":"uplink\n","delete":["gateway6"],)"
            R"("gateway":"192.0.2.1","mtu":"9000"})");
}

TEST(UpdateNetwork, RefusesToTurnDhcpIntoManual) {
  FakeContext context(kInterface, R"({"method":"dhcp","method6":"manual","type":"bridge"})");
  EXPECT_EQ(prepared("pve_update_network", context, R"({"comments":"x"})")
                .find("refused: This interface gets its address by dhcp"),
            0U);
  EXPECT_EQ(prepared("pve_update_network", context, R"({"cidr":"192.0.2.1/24"})"),
            R"({"cidr":"192.0.2.1/24"})");
  EXPECT_EQ(prepared("pve_update_network", context, R"({"delete":"cidr"})"), R"({"delete":"cidr"})");
}

TEST(UpdateNetwork, ShowsAPrintableMethod) {
  FakeContext context(kInterface, R"({"method":"dhcp\u202e\nDelete it.","type":"bridge"})");
  EXPECT_EQ(prepared("pve_update_network", context, R"({"comments":"x"})")
                .find("refused: This interface gets its address by dhcp\uFFFD Delete it., which"),
            0U);
}

TEST(UpdateNetwork, SendsNothingWhenItCannotRead) {
  FakeContext blind;
  EXPECT_EQ(prepared("pve_update_network", blind, R"({"comments":"x"})"), "refused: Permission check failed");
}

TEST(CreateNetwork, TakesAnAddressInCidrNotation) {
  EXPECT_EQ(alone("pve_create_network", R"({"address":"192.0.2.1/24","iface":"vmbr1"})"),
            R"({"cidr":"192.0.2.1/24","iface":"vmbr1"})");
  EXPECT_EQ(alone("pve_create_network", R"({"address":"192.0.2.1","netmask":"24"})"),
            R"({"address":"192.0.2.1","netmask":"24"})");
}

TEST(Prepare, AcceptsEpochsDatesAndAgesForTasks) {
  FakeContext context;
  EXPECT_EQ(prepared("pve_list_tasks", context, R"({"since given":"2h"})"),
            R"({"since":1779992800,"source":"all"})");
  EXPECT_EQ(prepared("pve_list_tasks", context,
                     R"({"since given":"1779992800","until given":"2026-05-28 20:26:40"})"),
            R"({"since":1779992800,"source":"all","until":1780000000})");
  EXPECT_EQ(prepared("pve_list_tasks", context, R"({"source":"active"})"), R"({"source":"active"})");
  EXPECT_EQ(prepared("pve_list_tasks", context, R"({"since given":"yesterday"})")
                .find("refused: since: \"yesterday\""),
            0U);
}

TEST(Prepare, ConvertsTimesOfALogToTheNodesClock) {
  FakeContext context("/nodes/{node}/time",
                      R"({"time":1780000000,"localtime":1780007200,"timezone":"Europe/Berlin"})");
  EXPECT_EQ(prepared("pve_get_node_syslog", context, R"({"since given":"2026-05-28 09:41"})"),
            R"({"since":"2026-05-28 09:41"})");
  EXPECT_TRUE(context.reads.empty()) << "a date is by the node's clock already";
  EXPECT_EQ(prepared("pve_get_node_syslog", context, R"({"since given":"1h","until given":"1780000000"})"),
            R"({"since":"2026-05-28 21:26:40","until":"2026-05-28 22:26:40"})");
  EXPECT_EQ(prepared("pve_get_node_syslog", context, R"({"since given":"2026-05-28T20:00:00Z"})"),
            R"({"since":"2026-05-28 22:00:00"})");
}

}  // namespace
}  // namespace catalog_test
