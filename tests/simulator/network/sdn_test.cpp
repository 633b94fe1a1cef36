#include "simulator/exchanges.h"

namespace simulator {
namespace {

using enum base::Method;

const std::string kSdn = "/cluster/sdn";
const std::string kZones = kSdn + "/zones";
const std::string kVnets = kSdn + "/vnets";
const std::string kSubnets = kVnets + "/vn/subnets";
const std::string kSubnet = kSubnets + "/lab-10.99.1.0-24";

/// A zone, a vnet and a subnet, staged.
void stage(Demo& demo) {
  ASSERT_EQ(demo.post(kZones, {{"zone", "lab"}, {"type", "simple"}, {"ipam", "pve"}, {"mtu", "1400"}}).status,
            200U);
  ASSERT_EQ(demo.post(kVnets, {{"vnet", "vn"}, {"zone", "lab"}, {"alias", "lab net"}}).status, 200U);
  const auto subnet =
      demo.post(kSubnets, {{"subnet", "10.99.1.0/24"},
                           {"type", "subnet"},
                           {"gateway", "10.99.1.1"},
                           {"snat", "1"},
                           {"dhcp-range", "start-address=10.99.1.100,end-address=10.99.1.150"}});
  ASSERT_EQ(subnet.status, 200U) << subnet.text;
}

TEST(SimulatedSdn, WhatIsNewWaits) {
  Demo demo;
  stage(demo);
  expect_exchanges(
      demo,
      {
          {Get, kZones, {}, R"([{"zone":"lab","type":"simple","ipam":"pve","mtu":1400}])"},
          {Get,
           kZones,
           {{"pending", "1"}},
           R"([{"zone":"lab","type":"simple","state":"new","digest":null,"pending":{"ipam":"pve","mtu":1400}}])"},
          {Get, kZones, {{"running", "1"}}, "[]"},
          {Get, kZones + "/lab", {{"running", "1"}}, "", 500, "sdn 'lab' does not exist"},
          {Get, kVnets + "/vn", {{"running", "1"}}, "", 500, "sdn vnet 'vn' does not exist"},
          {Get,
           kVnets + "/vn",
           {{"pending", "1"}},
           R"({"vnet":"vn","type":"vnet","state":"new","pending":{"zone":"lab","alias":"lab net"}})"},
          {Get,
           kSubnet,
           {},
           R"({"id":"lab-10.99.1.0-24","cidr":"10.99.1.0/24","mask":"24","network":"10.99.1.0","zone":"lab",
               "snat":1,"dhcp-range":[{"start-address":"10.99.1.100","end-address":"10.99.1.150"}]})"},
          {Get,
           kSubnets,
           {{"pending", "1"}},
           R"([{"state":"new","dhcp-range":[],"pending":{"gateway":"10.99.1.1","snat":1,
                "dhcp-range":["start-address=10.99.1.100,end-address=10.99.1.150"]}}])"},
          {Get, "/nodes/pve1/sdn/zones", {}, "[]"},
      });
}

TEST(SimulatedSdn, ApplyingRunsItOnTheNodes) {
  Demo demo(1);
  stage(demo);
  const auto upid = demo.put(kSdn).upid();
  EXPECT_EQ(demo.get("/nodes/pve2/sdn/zones").data().at(0).at("status"), "pending");
  EXPECT_EQ(demo.finish(upid), "OK");
  EXPECT_EQ(demo.log(upid).front(), "pve1: reloading network config");
  expect_exchanges(
      demo, {
                {Get, "/nodes/pve2/sdn/zones", {}, R"([{"zone":"lab","status":"available"}])"},
                {Get, "/nodes/pve2/sdn/zones/lab/content", {}, R"([{"vnet":"vn","status":"available"}])"},
                {Get,
                 "/nodes/pve2/sdn/zones/lab/bridges",
                 {},
                 R"([{"name":"vn","ports":[],"vlan_filtering":null}])"},
                {Put, kVnets + "/vn", {{"alias", "changed"}, {"isolate-ports", "1"}}},
                {Get,
                 kVnets + "/vn",
                 {{"pending", "1"}},
                 R"({"state":"changed","alias":"lab net","pending":{"alias":"changed","isolate-ports":1}})"},
                {Post, kSdn + "/rollback"},
                {Get, kVnets + "/vn", {}, R"({"alias":"lab net"})"},
                {Delete, kSubnet},
                {Delete, kVnets + "/vn"},
                {Get, kVnets, {{"pending", "1"}}, R"([{"vnet":"vn","state":"deleted","pending":{}}])"},
                {Delete, kZones + "/lab"},
                {Get, kZones, {}, "[]"},
                {Get, kZones, {{"running", "1"}}, R"([{"zone":"lab"}])"},
            });
}

TEST(SimulatedSdn, AddressesComeFromRunningSubnets) {
  Demo demo;
  stage(demo);
  ASSERT_EQ(demo.put(kSdn).status, 200U);
  const Form address{{"zone", "lab"}, {"ip", "10.99.1.50"}, {"mac", "BC:24:11:00:00:50"}};
  expect_exchanges(
      demo,
      {
          {Post, kVnets + "/vn/ips", address},
          {Post, kVnets + "/vn/ips", address, "", 500, "IP '10.99.1.50' already exist"},
          {Get,
           kSdn + "/ipams/pve/status",
           {},
           R"([{"ip":"10.99.1.1","gateway":1},{"ip":"10.99.1.50","mac":"BC:24:11:00:00:50","zone":"lab"}])"},
          {Delete,
           kSubnet,
           {},
           "",
           500,
           "delete sdn subnet object failed: cannot delete subnet '10.99.1.0/24', not empty"},
          {Delete, kVnets + "/vn/ips", address},
          {Delete, kSubnet},
      });
}

TEST(SimulatedSdn, ARunningVnetHasAFirewall) {
  Demo demo;
  stage(demo);
  const std::string firewall = kVnets + "/vn/firewall";
  const Form drop{{"type", "forward"}, {"action", "DROP"}, {"enable", "0"}};
  EXPECT_EQ(demo.get(firewall + "/rules").reason,
            "invalid vnet specified at /usr/share/perl5/PVE/API2/Firewall/Helpers.pm line 54.");
  ASSERT_EQ(demo.put(kSdn).status, 200U);
  expect_exchanges(
      demo, {
                {Get, firewall + "/rules", {}, "[]"},
                {Post, firewall + "/rules", drop},
                {Get, firewall + "/rules", {}, R"([{"pos":0,"type":"forward","action":"DROP","enable":0}])"},
                {Post,
                 firewall + "/rules",
                 {{"type", "in"}, {"action", "DROP"}},
                 "",
                 400,
                 "invalid rule type 'in' for rule_env 'vnet'",
                 "type"},
                {Delete, firewall + "/rules/0"},
                {Put, firewall + "/options", {{"enable", "1"}, {"policy_forward", "DROP"}}},
                {Get, firewall + "/options", {}, R"({"enable":1,"policy_forward":"DROP"})"},
            });
}

TEST(SimulatedSdn, RefusesWithPvesWords) {
  Demo demo;
  stage(demo);
  const std::string zone = "create sdn zone object failed: ";
  const std::string nested = "400 Parameter verification failed.";
  expect_exchanges(
      demo,
      {
          {Post,
           kZones,
           {{"zone", "lab"}, {"type", "simple"}},
           "",
           500,
           zone + "sdn zone object ID 'lab' already defined"},
          {Post,
           kZones,
           {{"zone", "lab123456"}, {"type", "simple"}},
           "",
           400,
           "value may only be 8 characters long",
           "zone"},
          {Post,
           kZones,
           {{"zone", "v"}, {"type", "vlan"}},
           "",
           400,
           "value does not match the regex pattern",
           "zone"},
          {Post,
           kZones,
           {{"zone", "vl"}, {"type", "vlan"}},
           "",
           500,
           "missing value for required option 'bridge'"},
          {Post, kZones, {{"zone", "vx"}, {"type", "vxlan"}}, "", 500, zone + nested},
          {Post, kZones, {{"zone", "si"}, {"type", "simple"}, {"ipam", "no"}}, "", 500, zone + nested},
          {Put,
           kZones + "/no",
           {{"mtu", "1300"}},
           "",
           500,
           "update sdn zone object failed: sdn 'no' does not exist"},
          {Delete,
           kZones + "/lab",
           {},
           "",
           500,
           "delete sdn zone object failed: zone lab is used by vnet vn at "
           "/usr/share/perl5/PVE/Network/SDN/Zones/Plugin.pm line 149."},
          {Post,
           kVnets,
           {{"vnet", "v2"}, {"zone", "no"}},
           "",
           500,
           "create sdn vnet object failed: cannot lookup undefined type! at "
           "/usr/share/perl5/PVE/API2/Network/SDN/Vnets.pm line 326."},
          {Delete, kVnets + "/vn", {}, "", 500, "delete sdn vnet object failed: " + nested},
          {Post,
           kVnets + "/no/subnets",
           {{"subnet", "10.0.0.0/24"}, {"type", "subnet"}},
           "",
           500,
           "sdn vnet 'no' does not exist"},
          {Post,
           kSubnets,
           {{"subnet", "10.99.2.0/24"}, {"type", "subnet"}, {"gateway", "10.99.3.1"}},
           "",
           500,
           "create sdn subnet object failed: " + nested},
          {Get, kSdn + "/dns/no", {}, "", 500, "sdn 'no' does not exist"},
          {Post,
           kSdn + "/ipams",
           {{"ipam", "nb"}, {"type", "netbox"}, {"url", "http://127.0.0.1:9/api"}, {"token", "x"}},
           "",
           500,
           "create sdn ipam object failed: Can't connect to netbox api: Invalid response from server: 500 "
           "Can't connect to 127.0.0.1:9 (Connection refused)"},
      });
}

TEST(SimulatedSdn, ALockNeedsItsToken) {
  Demo demo;
  stage(demo);
  expect_exchanges(demo, {{Post,
                           kSdn + "/lock",
                           {},
                           "",
                           500,
                           "could not acquire lock for SDN config: configuration has pending changes at "
                           "/usr/share/perl5/PVE/API2/Network/SDN.pm line 150."},
                          {Post, kSdn + "/rollback"}});
  const auto token = demo.post(kSdn + "/lock").upid();
  const std::string refused = "invalid lock token provided! at /usr/share/perl5/PVE/Network/SDN.pm line 291.";
  expect_exchanges(demo, {{Post,
                           kZones,
                           {{"zone", "lab"}, {"type", "simple"}},
                           "",
                           500,
                           "create sdn zone object failed: " + refused},
                          {Put, kSdn, {}, "", 500, "could not commit SDN config: " + refused},
                          {Delete, kSdn + "/lock", {}, "", 500, "could not release lock: " + refused},
                          {Post, kZones, {{"zone", "lab"}, {"type", "simple"}, {"lock-token", token}}},
                          {Delete, kSdn + "/lock", {{"lock-token", token}}}});
}

}  // namespace
}  // namespace simulator
