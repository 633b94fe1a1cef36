#include "simulator/network/network_file.h"

#include "simulator/refusals.h"
#include "simulator/shape.h"

namespace simulator {
namespace {

using enum base::Method;

constexpr const char* kPath = "/nodes/pve1/network";
const std::string kBridge = std::string(kPath) + "/vmbr0";

TEST(SimulatedNetwork, ListsByType) {
  Demo demo;
  const auto all = demo.get(kPath);
  ASSERT_EQ(all.status, 200U);
  EXPECT_EQ(row_with(all.data(), "iface", "lo"), nullptr);
  EXPECT_FALSE(all.body.as_object().contains("changes"));
  for (const char* type : {"bridge", "any_bridge", "any_local_bridge"}) {
    for (const auto& row : rows(demo.get(kPath, {{"type", type}}))) EXPECT_EQ(row.at("type"), "bridge");
  }
  EXPECT_TRUE(demo.get(kPath, {{"type", "bond"}}).data().as_array().empty());
}

TEST(SimulatedNetwork, StagesAppliesAndReverts) {
  Demo demo(1);
  ASSERT_EQ(
      demo.post(kPath,
                {{"iface", "vmbr9"}, {"type", "bridge"}, {"cidr", "198.51.100.1/24"}, {"autostart", "1"}})
          .status,
      200U);
  auto list = demo.get(kPath);
  const auto* row = row_with(list.data(), "iface", "vmbr9");
  ASSERT_NE(row, nullptr);
  EXPECT_EQ(row->at("address"), "198.51.100.1");
  EXPECT_EQ(row->at("netmask"), "24");
  EXPECT_FALSE(row->contains("active"));
  const std::string changes(list.body.at("changes").as_string());
  EXPECT_EQ(changes.find("--- /etc/network/interfaces\t"), 0U) << changes;
  EXPECT_NE(changes.find("\n+iface vmbr9 inet static\n"), std::string::npos) << changes;
  EXPECT_NE(changes.find("\n+\taddress 198.51.100.1/24\n"), std::string::npos) << changes;
  EXPECT_EQ(changes.find("\n-"), std::string::npos) << changes;

  EXPECT_EQ(demo.del(kPath).status, 200U);
  EXPECT_EQ(demo.get(std::string(kPath) + "/vmbr9").error("iface"), "interface does not exist");
  EXPECT_FALSE(demo.get(kPath).body.as_object().contains("changes"));

  ASSERT_EQ(demo.post(kPath, {{"iface", "vmbr9"}, {"type", "bridge"}}).status, 200U);
  const auto upid = demo.put(kPath).upid();
  EXPECT_NE(upid.find(":srvreload:networking:"), std::string::npos) << upid;
  EXPECT_EQ(demo.finish(upid), "OK");
  EXPECT_FALSE(demo.get(kPath).body.as_object().contains("changes"));
  EXPECT_EQ(demo.get(std::string(kPath) + "/vmbr9").data().at("active"), 1);
}

std::string text_of_log(Demo& demo, const std::string& upid) {
  std::string text;
  for (const auto& line : rows(demo.get("/nodes/pve1/tasks/" + upid + "/log")))
    text += std::string(line.at("t").as_string()) + "\n";
  return text;
}

TEST(SimulatedNetwork, ApplyingReloadsAlsoWhenNothingIsStaged) {
  Demo demo;
  for (const bool staged : {true, false}) {
    if (staged) {
      ASSERT_EQ(demo.post(kPath, {{"iface", "vmbr9"}, {"type", "bridge"}}).status, 200U);
    }
    const auto upid = demo.put(kPath).upid();
    EXPECT_EQ(demo.finish(upid), "OK");
    EXPECT_EQ(text_of_log(demo, upid), "TASK OK\n");
  }
  expect_same_shape(demo.put(kPath).data(), recorded("network.jsonl", "PUT", "/nodes/*/network"), {});
}

TEST(SimulatedNetwork, ChangesDuringAReloadStayStaged) {
  Demo demo;
  ASSERT_EQ(demo.post(kPath, {{"iface", "vmbr8"}, {"type", "bridge"}}).status, 200U);
  const auto upid = demo.put(kPath).upid();
  EXPECT_FALSE(demo.get(kPath).body.as_object().contains("changes"));
  ASSERT_EQ(demo.post(kPath, {{"iface", "vmbr9"}, {"type", "bridge"}}).status, 200U);
  EXPECT_EQ(demo.finish(upid), "OK");
  const std::string changes(demo.get(kPath).body.at("changes").as_string());
  EXPECT_NE(changes.find("\n+iface vmbr9 "), std::string::npos) << changes;
  EXPECT_EQ(changes.find("\n+iface vmbr8 "), std::string::npos) << changes;
}

TEST(SimulatedNetwork, RevertingDropsOnlyTheStagedChanges) {
  Demo demo;
  const auto before = demo.get(kPath).body;
  ASSERT_EQ(demo.del(kBridge).status, 200U);
  for (int time = 0; time < 2; ++time) {
    const auto reverted = demo.del(kPath);
    EXPECT_EQ(reverted.status, 200U);
    EXPECT_TRUE(reverted.data().is_null());
    EXPECT_EQ(demo.get(kPath).body, before);
  }
  demo.as_auditor();
  for (const auto& refused : {demo.put(kPath), demo.del(kPath)}) {
    EXPECT_EQ(refused.status, 403U);
    EXPECT_EQ(refused.reason, "Permission check failed (/nodes/pve1, Sys.Modify)");
  }
}

TEST(SimulatedNetwork, AnUpdateThatNamesNoAddressMakesTheInterfaceManual) {
  Demo demo;
  const char* const six = "2001:db8::11/64";
  ASSERT_EQ(
      demo.put(kBridge,
               {{"type", "bridge"}, {"cidr", "192.0.2.11/24"}, {"gateway", "192.0.2.1"}, {"cidr6", six}})
          .status,
      200U);
  auto both = demo.get(kBridge).data();
  EXPECT_EQ(both.at("families"), (base::JsonArray{"inet", "inet6"}));
  EXPECT_EQ(both.at("method6"), "static");
  EXPECT_EQ(both.at("cidr6"), six);

  ASSERT_EQ(demo.put(kBridge, {{"type", "bridge"}, {"comments", "only a comment"}}).status, 200U);
  const auto after = demo.get(kBridge).data().as_object();
  EXPECT_EQ(after.at("method"), "manual");
  EXPECT_EQ(after.at("method6"), "manual");
  EXPECT_EQ(after.at("families"), (base::JsonArray{"inet"}));
  EXPECT_FALSE(after.contains("cidr6"));
  EXPECT_FALSE(after.contains("address6"));
  EXPECT_EQ(after.at("cidr"), "192.0.2.11/24") << "the line stays, in a stanza that is no longer static";
  EXPECT_EQ(after.at("comments"), "only a comment\n");
  EXPECT_EQ(after.at("bridge_ports"), "nic0") << "options that the call does not name stay";
}

TEST(SimulatedNetwork, DeletesOptions) {
  Demo demo;
  ASSERT_EQ(demo.put(kBridge, {{"type", "bridge"}, {"delete", "cidr,gateway,comments"}}).status, 200U);
  const auto after = demo.get(kBridge).data().as_object();
  for (const char* key : {"cidr", "address", "netmask", "gateway", "comments"})
    EXPECT_FALSE(after.contains(key)) << key;
}

TEST(SimulatedNetwork, VlanAndBondGetDefaults) {
  Demo demo;
  ASSERT_EQ(demo.post(kPath, {{"iface", "nic1.40"}, {"type", "vlan"}}).status, 200U);
  const auto vlan = demo.get(std::string(kPath) + "/nic1.40").data();
  EXPECT_EQ(vlan.at("vlan-raw-device"), "nic1");
  EXPECT_EQ(vlan.at("vlan-id"), "40");
  ASSERT_EQ(demo.del(std::string(kPath) + "/vmbr1").status, 200U);
  ASSERT_EQ(
      demo.post(kPath, {{"iface", "bond0"}, {"type", "bond"}, {"slaves", "nic1"}, {"bond_mode", "802.3ad"}})
          .status,
      200U);
  const auto bond = demo.get(std::string(kPath) + "/bond0").data();
  EXPECT_EQ(bond.at("bond_mode"), "802.3ad");
  EXPECT_EQ(bond.at("bond_miimon"), "100");
  EXPECT_EQ(demo.get(std::string(kPath) + "/nic1").data().at("autostart"), 1);
}

TEST(SimulatedNetwork, RefusesWithPvesWords) {
  Demo demo;
  const Form nine{{"iface", "vmbr9"}, {"type", "bridge"}};
  const auto with = [&](Form more) {
    more.insert(more.begin(), nine.begin(), nine.end());
    return more;
  };
  expect_refused(
      demo,
      {
          {Get, std::string(kPath) + "/vmbr9", {}, 400, "interface does not exist", "iface"},
          {Put,
           std::string(kPath) + "/vmbr9",
           {{"type", "bridge"}},
           400,
           "interface does not exist",
           "iface"},
          {Delete, std::string(kPath) + "/vmbr9", {}, 400, "interface does not exist", "iface"},
          {Post, kPath, {{"iface", "vmbr0"}, {"type", "bridge"}}, 400, "interface already exists", "iface"},
          {Post,
           kPath,
           {{"iface", "vm-br"}, {"type", "bridge"}},
           400,
           "invalid format - invalid network interface name 'vm-br'\n",
           "iface"},
          {Post, kPath, with({{"gateway", "192.0.2.254"}}), 400,
           "Default gateway already exists on interface 'vmbr0'.", "gateway"},
          {Post, kPath, with({{"bridge_ports", "nic0"}}), 400, "nic0 is already used on interface 'vmbr0'.",
           "bridge_ports"},
          {Post, kPath, with({{"bridge_ports", "nic7"}}), 500,
           "bridge 'vmbr9' - unable to find bridge port 'nic7'"},
          {Post, kPath, with({{"bridge_ports", "vmbr0"}}), 500,
           "iface vmbr0 - ip address can't be set on interface if bridged in vmbr9"},
          {Post, kPath, with({{"mtu", "9000"}, {"bridge_ports", "nic1.5"}}), 500,
           "interface 'nic1.5' - mtu 1500 is lower than 'vmbr9' - mtu 9000"},
          {Post,
           kPath,
           {{"iface", "vlan7"}, {"type", "vlan"}, {"vlan-raw-device", "nic9"}},
           500,
           "vlan 'vlan7' - unable to find parent 'nic9'"},
          {Post,
           kPath,
           {{"iface", "bond1"}, {"type", "bond"}, {"slaves", "nic9"}},
           500,
           "bond 'bond1' - wrong interface type on slave 'nic9' ('' != 'eth or bond')"},
          {Post,
           kPath,
           {{"iface", "vmbr8"}, {"type", "OVSBridge"}},
           500,
           "Open VSwitch is not installed (need package 'openvswitch-switch')"},
          {Post,
           kPath,
           {{"iface", "vmbr8"}, {"type", "bridge"}, {"cidr", "192.0.2.300/24"}},
           400,
           "invalid format - value does not look like a valid IPv4 CIDR network\n",
           "cidr"},
          {Post,
           kPath,
           {{"iface", "vmbr8"}, {"type", "bridge"}, {"address", "192.0.2.3"}},
           400,
           "missing property - 'address' requires this property",
           "netmask"},
          {Post,
           kPath,
           {{"iface", "vmbr8"},
            {"type", "bridge"},
            {"cidr", "192.0.2.3/24"},
            {"address", "192.0.2.3"},
            {"netmask", "255.255.255.0"}},
           400,
           "address conflicts with cidr",
           "address"},
          {Post,
           kPath,
           {{"iface", "vmbr8"}, {"type", "tunnel"}},
           400,
           "value 'tunnel' does not have a value in the enumeration 'bridge, bond, eth, alias, vlan, fabric, "
           "OVSBridge, OVSBond, OVSPort, OVSIntPort, vnet, unknown'",
           "type"},
          {Delete,
           std::string(kPath) + "/nic0",
           {},
           500,
           "bridge 'vmbr0' - unable to find bridge port 'nic0'"},
      });
}

TEST(SimulatedNetwork, BridgesRequireAPrivilege) {
  Demo demo;
  demo.as_operator();
  const auto list = demo.get(kPath);
  ASSERT_EQ(list.status, 200U);
  EXPECT_EQ(row_with(list.data(), "iface", "vmbr0"), nullptr);
  EXPECT_NE(row_with(list.data(), "iface", "nic0"), nullptr);
  demo.as_auditor();
  EXPECT_EQ(demo.post(kPath, {{"iface", "vmbr0"}, {"type", "bridge"}}).reason,
            "Permission check failed (/nodes/pve1, Sys.Modify)");
}

TEST(SimulatedNetwork, HasTheRecordedShape) {
  Demo demo;
  // The recorded node was a container. On real hardware PVE says that the card exists.
  const Allowed allowed{.missing = {}, .extra = {"[].exists", "exists"}, .type = {}};
  // Comments and VLAN awareness were not set on the recorded node.
  const Allowed list{.missing = {},
                     .extra = {"[](eth).exists", "[](bridge).comments", "[](bridge).bridge_vlan_aware",
                               "[](bridge).bridge_vids"},
                     .type = {}};
  // The second bridge has no address.
  base::JsonArray addressed;
  for (const auto& row : rows(demo.get(kPath))) {
    if (row.at("iface") != "vmbr1") addressed.push_back(row);
  }
  expect_same_shape(addressed, recorded("network.jsonl", "GET", "/nodes/*/network"), list, "type");
  expect_same_shape(demo.get(std::string(kPath) + "/nic0").data(),
                    recorded("network.jsonl", "GET", "/nodes/*/network/eno1"), allowed);
}

TEST(NetworkFile, TheDifferenceIsAPatch) {
  const auto diff = file_diff("a\nb\nc\nd\ne\nf\ng\nh\n", "a\nb\nc\nX\ne\nf\ng\nh\ni\n", 0);
  EXPECT_EQ(diff,
            "--- /etc/network/interfaces\t1970-01-01 00:00:00.000000000 +0000\n"
            "+++ /etc/network/interfaces.new\t1970-01-01 00:00:00.000000000 +0000\n"
            "@@ -1,8 +1,9 @@\n a\n b\n c\n-d\n+X\n e\n f\n g\n h\n+i\n");
  EXPECT_EQ(file_diff("a\n", "a\n", 0), "");
}

TEST(NetworkFile, ReadsNetmasks) {
  EXPECT_EQ(mask_bits("255.255.255.0"), 24);
  EXPECT_EQ(mask_bits("0.0.0.0"), 0);
  EXPECT_EQ(mask_bits("255.0.255.0"), -1);
  EXPECT_EQ(mask_bits("24"), -1);
}

}  // namespace
}  // namespace simulator
