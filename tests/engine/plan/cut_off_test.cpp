// Which changes of the firewall could close the nodes to PVE's web interface.
#include "engine/plan/cut_off.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "base/text.h"
#include "engine/row/confirm.h"
#include "support/scripted_pve.h"

namespace {

using base::Method;
using testing::HasSubstr;

constexpr auto kClusterOptions = "/cluster/firewall/options";
constexpr auto kNodeOptions = "/nodes/{node}/firewall/options";
constexpr auto kRules = "/cluster/firewall/rules";
constexpr auto kRule = "/cluster/firewall/rules/{pos}";

class CutOffTest : public testing::Test {
 protected:
  CutOffTest() {
    options(R"({"enable":1,"policy_in":"DROP"})");
    pve_.answer("GET /nodes/pve1/firewall/options", R"({"enable":0})");
    pve_.answer("GET /cluster/firewall/rules", R"([
      {"pos":0,"type":"in","action":"ACCEPT","enable":1,"proto":"tcp","dport":"8006","source":"+management"},
      {"pos":1,"type":"in","action":"ACCEPT","enable":1,"proto":"udp","dport":"53"},
      {"pos":2,"type":"in","action":"DROP","enable":0},
      {"pos":3,"type":"group","action":"webserver","enable":1},
      {"pos":4,"type":"in","action":"ACCEPT","enable":1,"proto":"tcp","dport":"80:443"}])");
  }

  void options(std::string_view json) { pve_.answer("GET /cluster/firewall/options", json); }

  /// The clauses; "" if nothing is cut off.
  std::string cut_off(Method method, std::string_view path, std::string_view arguments) {
    pve::Client client(pve_, {"root@pam!t", "secret", ""}, {"https://pve:8006", std::chrono::seconds(1), {}});
    engine::Cluster cluster({client, facts_, clock_, {}});
    tool::Tool tool;
    tool.name = "pve_test";
    tool.effect = tool::Effect::Destructive;
    tool.call = {method, path};
    tool.about = tool::about(method, path);
    const engine::Row row(tool, "x", facts_);
    const auto given = base::parse_json(arguments).value().as_object();
    const auto clauses = engine::cut_off_by(row, given, cluster, {});
    EXPECT_TRUE(clauses.empty() || engine::can_cut_off(tool));
    return clauses.empty() ? "" : clauses.front();
  }

  test::ScriptedPve pve_;
  facts::Facts facts_;
  base::ManualClock clock_;
};

TEST_F(CutOffTest, OptionsThatCloseTheFirewall) {
  const auto change = [&](std::string_view arguments) {
    return cut_off(Method::Put, kClusterOptions, arguments);
  };
  EXPECT_EQ(change(R"({"enable":true})"), "") << "it is on and refuses already";
  EXPECT_EQ(change(R"({"policy_in":"ACCEPT"})"), "");
  EXPECT_EQ(change(R"({"policy_out":"DROP"})"), "");
  options(R"({"enable":0})");
  EXPECT_THAT(change(R"({"enable":1})"),
              HasSubstr("the input policy would be DROP, so only traffic from the nodes' local network"));
  EXPECT_EQ(change(R"({"enable":1,"policy_in":"ACCEPT"})"), "");
  EXPECT_EQ(change(R"({"policy_in":"REJECT"})"), "") << "it stays off";
  options(R"({"enable":1,"policy_in":"ACCEPT"})");
  EXPECT_THAT(change(R"({"policy_in":"REJECT"})"), HasSubstr("would be REJECT"));
  EXPECT_THAT(change(R"({"delete":"policy_in"})"), HasSubstr("would be DROP")) << "PVE's default";
  EXPECT_EQ(change(R"({"enable":0,"policy_in":"DROP"})"), "");
  pve_.refuse("GET /cluster/firewall/options", 403, "Permission check failed");
  EXPECT_NE(change(R"({"policy_in":"DROP"})"), "") << "it may be on";
}

TEST_F(CutOffTest, TheFirewallOfANode) {
  const auto enable = [&] { return cut_off(Method::Put, kNodeOptions, R"({"node":"pve1","enable":1})"); };
  EXPECT_THAT(enable(), HasSubstr("the firewall of the node would be on"));
  options(R"({"enable":0})");
  EXPECT_EQ(enable(), "") << "that of the cluster is off";
  EXPECT_EQ(cut_off(Method::Put, kNodeOptions, R"({"node":"pve1","enable":0})"), "");
}

TEST_F(CutOffTest, NewRulesThatRefuse) {
  const auto add = [&](std::string_view arguments) { return cut_off(Method::Post, kRules, arguments); };
  EXPECT_THAT(add(R"({"type":"in","action":"DROP","enable":1})"), HasSubstr("would come before the others"));
  EXPECT_NE(add(R"({"type":"in","action":"REJECT","enable":1,"proto":"tcp","dport":"22,8000:9000"})"), "");
  EXPECT_NE(add(R"({"type":"group","action":"strict","enable":1})"), "") << "its rules may refuse";
  for (const auto* const any : {"ip", "0", "all", "tcp", "TCP", "6", "unheard-of"})
    EXPECT_NE(add(fmt::format(R"({{"type":"in","action":"DROP","enable":1,"proto":"{}"}})", any)), "") << any;
  for (const auto* const other : {"17", "icmp", "ipv6-icmp", "sctp"})
    EXPECT_EQ(add(fmt::format(R"({{"type":"in","action":"DROP","enable":1,"proto":"{}"}})", other)), "")
        << other;
  for (const auto* const harmless :
       {R"({"type":"in","action":"ACCEPT","enable":1})", R"({"type":"in","action":"DROP","enable":0})",
        R"({"type":"in","action":"DROP"})", R"({"type":"out","action":"DROP","enable":1})",
        R"({"type":"in","action":"DROP","enable":1,"proto":"udp"})",
        R"({"type":"in","action":"DROP","enable":1,"proto":"tcp","dport":"23:8005"})"})
    EXPECT_EQ(add(harmless), "") << harmless;
  options(R"({"enable":0})");
  EXPECT_EQ(add(R"({"type":"in","action":"DROP","enable":1})"), "") << "the firewall is off";
}

TEST_F(CutOffTest, RulesThatAreChangedOrGone) {
  const auto gone = [&](int pos) {
    return cut_off(Method::Delete, kRule, "{\"pos\":" + std::to_string(pos) + "}");
  };
  EXPECT_THAT(gone(0), HasSubstr("would be gone"));
  EXPECT_EQ(gone(1), "");
  EXPECT_EQ(gone(2), "");
  EXPECT_NE(gone(3), "");
  EXPECT_EQ(gone(4), "");
  EXPECT_THAT(gone(9), HasSubstr("cannot be read"));
  const auto change = [&](std::string_view arguments) { return cut_off(Method::Put, kRule, arguments); };
  EXPECT_THAT(change(R"({"pos":0,"source":"10.0.0.1"})"), HasSubstr("would change"));
  EXPECT_THAT(change(R"({"pos":2,"enable":1})"), HasSubstr("may refuse"));
  EXPECT_THAT(change(R"({"pos":4,"action":"DROP","dport":"443,8006"})"), HasSubstr("may refuse"));
  EXPECT_THAT(change(R"({"pos":4,"action":"DROP","delete":"dport"})"), HasSubstr("may refuse"));
  EXPECT_EQ(change(R"({"pos":1,"comment":"x"})"), "");
}

TEST_F(CutOffTest, TheAddressesThatManageTheNodes) {
  constexpr auto kEntry = "/cluster/firewall/ipset/{name}/{cidr}";
  EXPECT_NE(cut_off(Method::Delete, kEntry, R"({"name":"management","cidr":"10.0.0.0/8"})"), "");
  EXPECT_EQ(cut_off(Method::Delete, kEntry, R"({"name":"guests","cidr":"10.0.0.0/8"})"), "");
}

TEST_F(CutOffTest, TheFirewallOfAGuestOrNetworkIsNotThatOfTheNodes) {
  EXPECT_EQ(cut_off(Method::Put, "/nodes/{node}/qemu/{vmid}/firewall/options", R"({"enable":1})"), "");
  EXPECT_EQ(cut_off(Method::Put, "/cluster/sdn/vnets/{vnet}/firewall/options", R"({"enable":1})"), "");
  EXPECT_TRUE(pve_.asked().empty());
}

}  // namespace
